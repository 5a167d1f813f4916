"""The option admit_traffic of vpcep_service: checks whether the backend admits endpoints, and adds a rule.

The check comes before the service is created or changed. The rule is added afterwards, so no rule remains without a
service. Before a deletion, the rule is removed first, because a later run could not find it.
"""

from __future__ import annotations

import re
from typing import Any

from .._api.network import is_not_published
from .._core.errors import ApiError, InputError, OutcomeUnknown, VpcepError
from .._core.types import Object, objects_in
from .._schema import traffic
from .._schema.fields import DELETING, ENSURE, IGNORE, RESERVED_RANGE, UUID_PATTERN
from .._schema.normalize import require_members
from .runtime import Runtime
from .traffic_findings import Finding, balancer_finding, groups_finding, port_finding

TRIES = 3
CONFLICT = 409
BALANCER = "LB"
NO_HELP = (
    "Another rule would not help, since rules that deny prevail at the same priority: change these first, or give them "
    "a greater number as priority."
)


class Traffic:
    """What one task does about the traffic to the backend of its service."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        self.mode = options.get("admit_traffic") or IGNORE
        self.wanted_group = options.get("security_group")
        self.runtime = runtime
        self.api = runtime.network
        self.seen: Any = None  # the backend that was looked at
        self.adds = False  # whether what is missing there is to be added
        self.targets: list[traffic.Target] = []
        self.finding = Finding(traffic.ADMITTED, [])
        self.missing: list[Object] = []  # rules to add, or in a report only to name
        self.removed: list[Object] = []  # rules to remove
        self.result: Object = {}  # ``traffic`` of the result
        if self.wanted_group and self.mode == IGNORE:
            runtime.warn("security_group has no effect with admit_traffic: ignore.")

    # Before anything is changed

    def look(self, backend: Object) -> None:
        """Judges the traffic to a backend (port_id, ports, server_type). Raises VpcepError if ensure cannot do it."""
        targets = traffic.targets_of(backend.get("ports") or [])
        seen = backend.get("port_id"), backend.get("server_type"), targets
        if self.mode == IGNORE or self.seen == seen:
            return
        self.seen, self.targets, self.missing = seen, targets, []
        port_id, is_balancer = str(backend.get("port_id")).lower(), backend.get("server_type") == BALANCER
        is_known = bool(targets and backend.get("port_id"))  # else check mode has a backend that is yet to be made
        self.adds = self.mode == ENSURE and not is_balancer and is_known
        try:
            if not is_known:
                raise VpcepError("Port or server ports of the backend are not known.")
            self.finding = (balancer_finding if is_balancer else port_finding)(self.runtime, port_id, targets)
        except VpcepError as error:
            if self.adds:
                raise
            self.finding = Finding(traffic.CANNOT_TELL, [str(error)])
        if self.finding.state != traffic.ADMITTED and self.adds:
            self.prepare(port_id)
        elif self.finding.state != traffic.ADMITTED and is_known:
            self.report(is_balancer)
        self.result = self.shown()

    def report(self, is_balancer: bool) -> None:
        advice = "A load balancer is never changed by this task."
        if not is_balancer:
            groups = self.finding.groups
            named = [one for one in groups if one == self.wanted_group or len(groups) == 1]
            self.missing = traffic.wanted_rules(named[0] if named else None, self.targets, self.api.has_v3())
            advice = f"Missing: {' and '.join(map(rule_text, self.missing))}."
            if not self.would_help(self.missing):
                self.missing, advice = [], NO_HELP
            elif self.mode != ENSURE:
                advice += " Set admit_traffic to ensure to add it."
        elif self.wanted_group:
            self.runtime.warn("security_group has no effect on a load balancer.")
        self.runtime.warn(" ".join([*self.finding.reasons, advice]))

    def prepare(self, port_id: str) -> None:
        """Decides on the rules to add. Raises VpcepError if none can be added, or none would help."""
        found = self.finding
        if not found.groups:
            raise VpcepError(" ".join(["admit_traffic: no rule can be added.", *found.reasons]))
        if not found.rules:
            found = self.confirmed(port_id)
        if found.state == traffic.ADMITTED:
            return
        missing = self.rules_to_add(self.choose(port_id), self.api.has_v3())
        if not self.would_help(missing):
            raise VpcepError(" ".join(["admit_traffic: no rule was added.", *found.reasons, NO_HELP]))
        self.missing = missing

    def would_help(self, missing: list[Object]) -> bool:
        return traffic.judge(traffic.group_rules([*self.finding.rules, *missing]), self.targets)[0] == traffic.ADMITTED

    def confirmed(self, port_id: str) -> Finding:
        """The finding from GETs of the groups, if no rule was listed. Raises VpcepError if a group cannot be seen."""
        rules = []
        for group_id in self.finding.groups:
            try:
                group = self.api.get_group(group_id)
            except ApiError as error:
                if is_not_published(error):
                    continue  # v1 cannot show it
                if error.status != 404:
                    raise
                group = {}
            if not group.get("id"):
                raise VpcepError(" ".join(["admit_traffic: no rule was added.", *self.finding.reasons]))
            rules += objects_in(group, "security_group_rules")
        self.finding = groups_finding(port_id, self.finding.groups, rules, self.targets)
        return self.finding

    def rules_to_add(self, group_id: str, multiport: bool) -> list[Object]:
        """The missing rules. multiport (v3): one rule for all ports of a protocol; else one for each range of ports."""
        refused = self.finding.refused
        protocols = {protocol for protocol, _port in refused}
        targets = [one for one in self.targets if one[0] in protocols] if multiport else refused
        return traffic.wanted_rules(group_id, targets, multiport)

    def choose(self, port_id: str) -> str:
        """The group that gets the rule. Raises VpcepError if it is not clear."""
        groups, wanted = self.finding.groups, self.wanted_group
        if not wanted and len(groups) == 1:
            return groups[0]
        named = {one: one for one in groups}
        if not wanted or not re.fullmatch(UUID_PATTERN, wanted):
            named = self.names(groups)
        chosen = [one for one in groups if wanted and wanted in (one, named[one])]
        if wanted:
            chosen = chosen or [one for one in groups if one.lower() == wanted.lower()]
        if len(chosen) == 1:
            return chosen[0]
        listed = ", ".join(one if named[one] == one else f"{named[one]} ({one})" for one in groups)
        problem = f"{len(chosen) or 'none'} of them have the name or ID {wanted!r}" if wanted else "one gets the rule"
        hidden = " Names are shown with the right vpc:securityGroups:get." if listed == ", ".join(groups) else ""
        raise InputError(
            f"admit_traffic: the security groups of port {port_id} are {listed}, and {problem}. Set security_group to "
            f"the name or ID of one of them.{hidden}"
        )

    def names(self, groups: list[str]) -> dict[str, str]:
        """The names of groups by their IDs; the ID where no name is shown. Raises VpcepError if a name is needed."""
        names = {one: one for one in groups}
        try:
            listed = self.api.list_groups(groups)
        except ApiError as error:
            if not self.wanted_group:
                return names
            if not is_not_published(error):
                raise
            raise InputError(
                "security_group: this region does not show the names of security groups. Set it to an ID: "
                f"{', '.join(groups)}."
            ) from error
        return {**names, **{str(one.get("id")): str(one.get("name") or one.get("id")) for one in listed}}

    def carry_out(self) -> bool:
        """Adds what is missing. Returns whether anything is added, in check mode whether it would be."""
        if not self.adds or not self.missing:
            return False
        group_id, added = self.missing[0]["security_group_id"], self.missing
        if not self.runtime.check_mode:
            added = self.add(group_id)
        self.finding, self.missing = self.finding._replace(state=traffic.ADMITTED, reasons=[]), []
        self.result = dict(self.shown(), added_rules=added)
        return bool(added)

    def add(self, group_id: str) -> list[Object]:
        """The rules that were added; none if another run did it. Raises ApiError."""
        for attempt in range(1, TRIES + 1):
            added, doubts = self.api.create_rules(lambda v3: self.create(self.rules_to_add(group_id, v3), v3))
            if not doubts:
                return added
            rules = self.api.list_rules(self.finding.groups)
            state, refused = traffic.judge(traffic.group_rules(rules), self.targets)
            unanswered = any(isinstance(error, OutcomeUnknown) for error in doubts)
            if state == traffic.ADMITTED:
                return [rule for rule in rules if traffic.is_own(rule)] if unanswered else added
            if attempt == TRIES or not unanswered:
                raise doubts[-1]
            self.finding = self.finding._replace(rules=rules, refused=refused)
        raise AssertionError("unreachable: the last try returns or raises")

    def create(self, rules: list[Object], v3: bool) -> tuple[list[Object], list[ApiError]]:
        """Sends the requests. Returns the new rules, and the answers after which others have to be looked at."""
        added, doubts = [], []
        for rule in rules:
            try:
                added.append(self.api.create_rule(rule, v3))
            except ApiError as error:  # 409: it exists already, or there is no room for it
                if error.status != CONFLICT and not isinstance(error, OutcomeUnknown):
                    raise
                doubts.append(error)
        return added, doubts

    def look_before_removal(self, found: Object) -> None:
        """Finds the rules to remove with a service: those that ensure added, in groups that no other service uses."""
        if self.mode != ENSURE or found.get("server_type") == BALANCER or not found.get("port_id"):
            return
        port_id = str(found["port_id"])
        self.finding = port_finding(self.runtime, port_id, traffic.targets_of(found.get("ports") or []))
        own = require_members([rule for rule in self.finding.rules if traffic.is_own(rule)], "id")
        groups = {str(rule.get("security_group_id")) for rule in own}
        users = {group_id: self.users(group_id, port_id, found) for group_id in sorted(groups)}
        self.removed = [rule for rule in own if not users[str(rule.get("security_group_id"))]]
        kept = [f"The rule that admits endpoints stays: {reason}." for reason in users.values() if reason]
        for reason in self.finding.reasons if not self.finding.rules else ():
            kept.append(f"A rule that admits endpoints may be left. {reason}")
            self.runtime.warn(kept[-1])
        self.result = dict(self.shown(), reasons=kept, removed_rules=self.removed)

    def users(self, group_id: str, port_id: str, found: Object) -> str:
        """Why the rules of a group are still needed; empty if they are not."""
        listed = self.api.list_ports(security_groups=group_id)
        ports = [one.get("id") for one in listed if group_id in (one.get("security_groups") or [group_id])]
        if port_id not in ports:
            return f"the cloud does not show all ports of security group {group_id}"
        others = [
            str(one.get("id"))
            for one in self.runtime.api.list_services()
            if one.get("id") != found["id"] and one.get("status") != DELETING and one.get("port_id") in ports
        ]
        return f"security group {group_id} also has the port of endpoint service {', '.join(others)}" if others else ""

    def remove(self) -> None:
        """Removes the rules, once. Raises ApiError."""
        for rule in self.removed:
            self.api.delete_rule(str(rule["id"]))
        self.removed = []

    def shown(self) -> Object:
        return {
            "state": self.finding.state,
            "security_groups": self.finding.groups,
            "reasons": self.finding.reasons,
            "missing_rules": self.missing,
            "added_rules": [],
            "removed_rules": [],
        }

    def shown_in(self, report: Object) -> Object:
        """A task's report with what was found and done."""
        if not self.result:
            return report
        sides = {"before": self.result["removed_rules"], "after": self.result["added_rules"]}
        rules = {side: {"security_group_rules": [rule_text(one) for one in found]} for side, found in sides.items()}
        diff = {side: {**report["diff"][side], **(rules[side] if sides[side] else {})} for side in sides}
        return {**report, "traffic": self.result, "diff": diff}


def rule_text(rule: Object) -> str:
    """A rule for messages and diffs."""
    place = f"security group {rule['security_group_id']}" if rule.get("security_group_id") else "one of its groups"
    return f"inbound {str(rule.get('protocol')).upper()} {traffic.rule_ports(rule)} from {RESERVED_RANGE} in {place}"
