"""An accept policy: which of the connections that wait at a service are accepted, rejected, or left waiting.

Pure functions. Runs share no lock, so the order of connections decides which ones are within a limit: first those that
are accepted, then the oldest. What is within a limit stays within it when other connections are accepted, deleted or
rejected by the policy, or arrive later. So the decisions of a run that has seen an older list are no others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .fields import ACCEPTED, EVERY_ACCOUNT, ID_PATTERN, ID_RULE, REJECTED, SERVICE, WAITING
from .normalize import normalize
from .validation import check_counts, problems_of, refuse

REJECT = "reject"
LISTS = {REJECT: REJECTED, "accept": ACCEPTED}
"""The lists of rules in a policy, by precedence, and the status that their rules lead to."""
OTHERWISE = "otherwise"


class Rule(NamedTuple):
    """One rule of a policy."""

    name: str  # its place in the policy
    account: str  # an ID, or * for every account
    status: str | None  # what it leads to; None leaves the connection waiting
    limit: int | None = None  # accepted connections of each account


class Decision(NamedTuple):
    """What happens to a connection."""

    status: str | None  # the one that it gets; None if it stays as it is
    decided_by: str | None  # the rule that its status follows from, if one does
    limited: bool = False  # whether it is accepted within a limit, so that the others of its account matter


def check_policy(policy: Mapping[str, Any], cloud: str) -> None:
    """Raises InputError for accounts, limits and tags that cannot be."""
    problems = []
    for name, _status, rule in given_rules(policy):
        place = f"policy.{name}"
        check_counts({f"{place}.limit": rule.get("limit")}, (f"{place}.limit",))
        account = str(rule["domain_id"])
        if account != EVERY_ACCOUNT and not re.fullmatch(ID_PATTERN, account):
            problems.append(f"{place}.domain_id: {account!r} is neither * nor the ID of an account: {ID_RULE}.")
        if rule.get("tags") is not None:
            problems += problems_of(f"{place}.tags", SERVICE["tags"], cloud, rule["tags"])
    refuse(problems)


def given_rules(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The rules of the option, by precedence: place in the policy, new status, rule."""
    for name, status in LISTS.items():
        for index, rule in enumerate(policy.get(name) or []):
            yield f"{name}[{index}]", status, rule


def without_effect(policy: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule that never counts: for a service with its tags, another one fits its account first."""
    found = []
    for name, _status, given in given_rules(policy):
        rules = rules_for(policy, normalize("tags", given.get("tags") or {}))
        first = rule_of(rules, account_of(given["domain_id"]))
        if first.name != name:
            found.append(f"policy.{name} has no effect, as policy.{first.name} comes before it.")
    return found


def needs_tags(policy: Mapping[str, Any]) -> bool:
    return any(rule.get("tags") for _name, _status, rule in given_rules(policy))


def rules_for(policy: Mapping[str, Any], tags: Mapping[str, str]) -> list[Rule]:
    """The rules for a service with these *tags*, by precedence. The last one fits every account."""
    rules = [
        Rule(name, account_of(rule["domain_id"]), status, rule.get("limit"))
        for name, status, rule in given_rules(policy)
        if normalize("tags", rule.get("tags") or {}).items() <= tags.items()
    ]
    rest = REJECTED if policy.get(OTHERWISE) == REJECT else None
    return [*rules, Rule(OTHERWISE, EVERY_ACCOUNT, rest)]


def decisions(rules: list[Rule], connections: Iterable[Mapping[str, Any]]) -> dict[str, Decision]:
    """The decision on each of *connections* (of one service) by its ID, oldest first.

    Only undecided ones get a new status. Each needs an ``id`` and a ``status``; a ``domain_id`` where it matters.
    """
    connections = sorted(connections, key=age)
    taken = accepted_by_account(connections)
    found = {}
    for one in connections:
        account = account_of(one.get("domain_id"))
        rule = rule_of(rules, account)
        within = Decision(rule.status, rule.name, rule.limit is not None)
        beyond = Decision(rules[-1].status, f"{rule.name}.limit")
        if one["status"] not in WAITING:
            possible = [within] if rule.limit is None else [within, beyond]
            name = next((made.decided_by for made in possible if made.status == one["status"]), None)
            found[one["id"]] = Decision(None, name)
        elif rule.limit is not None and taken[account] >= rule.limit:
            found[one["id"]] = beyond
        else:
            found[one["id"]] = within
            taken[account] += 1
    return found


def exceeded(rules: list[Rule], connections: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each account with more accepted connections than its limit. The policy rejects none of them."""
    accepted = accepted_by_account(connections)
    limits = {account: rule_of(rules, account) for account in accepted}
    return [
        f"Account {account} has {accepted[account]} accepted endpoints, and {rule.name} allows {rule.limit}. A policy "
        "rejects no endpoint that is accepted; vpcep_connection does, by ID."
        for account, rule in limits.items()
        if rule.limit is not None and accepted[account] > rule.limit
    ]


def account_of(domain_id: Any) -> str:
    """The ID of an account, for comparison."""
    return str(domain_id).lower()


def rule_of(rules: list[Rule], account: str) -> Rule:
    return next(rule for rule in rules if rule.account in (EVERY_ACCOUNT, account))


def accepted_by_account(connections: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(account_of(one.get("domain_id")) for one in connections if one["status"] == ACCEPTED)


def age(connection: Mapping[str, Any]) -> tuple[str, int, str]:
    """The key of the order in which connections count. It is the same for all runs, and total."""
    marker = connection.get("marker_id")
    created = str(connection.get("created_at") or "")[: len("2018-01-30T07:42:01")]
    return created, marker if isinstance(marker, int) else 0, str(connection["id"])
