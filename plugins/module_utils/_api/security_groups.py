# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls for security groups and network ACLs of VPC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from .._core.errors import NotFound
from .._core.types import Object, object_in
from .network_service import NetworkService, T

RULES = "security-group-rules"
RULE = "security_group_rule"
LIST_V3, CREATE_V3 = "listSecurityGroupRulesV3", "createSecurityGroupRuleV3"


class SecurityGroupsApi(NetworkService):
    """Security groups in v3, and in v1 where a region lacks an operation of v3; network ACLs in v3 only."""

    def list_rules(self, group_ids: Sequence[str]) -> list[Object]:
        """The rules of some groups, of both directions: few groups have none at all, so that an empty list tells."""
        operation, member = "list security group rules", f"{RULE}s"
        by_groups = {"security_group_id": list(group_ids)}

        def older() -> list[Object]:
            by_group = [{"security_group_id": group_id} for group_id in group_ids]
            return [rule for one in by_group for rule in self.all_pages(RULES, operation, member, one)]

        newer = partial(self.all_pages, f"vpc/{RULES}", operation, member, by_groups, version="v3")
        found = self.or_else(LIST_V3, newer, older)
        return [rule for rule in found if rule.get("security_group_id") in group_ids]

    def has_v3(self) -> bool:
        """Whether rules of v3 can be created, as far as this process knows."""
        return not any(map(self.lacks, (LIST_V3, CREATE_V3)))

    def create_rules(self, create: Callable[[bool], T]) -> T:
        """Creates rules by calling create_rule(). create: takes whether v3 is used, for all its calls."""
        return self.or_else(CREATE_V3, lambda: create(True), lambda: create(False))

    def create_rule(self, rule: Object, v3: bool) -> Object:
        """Adds one rule. The cloud then clears the inbound connections of all instances in the group."""
        path, version = (f"vpc/{RULES}", "v3") if v3 else (RULES, "v1")
        operation = f"add a rule to security group {rule['security_group_id']}"
        answer = self.call("POST", path, operation, kind="create", version=version, json={RULE: rule}, addressed=False)
        return object_in(answer, RULE)

    def delete_rule(self, rule_id: str) -> None:
        """Removes one rule, with the same effect on connections; one that is gone is no error."""

        def delete(path: str, version: str) -> None:
            operation = f"delete security group rule {rule_id}"
            with suppress(NotFound):
                self.call("DELETE", f"{path}/{rule_id}", operation, kind="repeat", version=version)

        self.or_else("deleteSecurityGroupRuleV3", lambda: delete(f"vpc/{RULES}", "v3"), lambda: delete(RULES, "v1"))

    def list_groups(self, group_ids: Sequence[str]) -> list[Object]:
        """Some groups with their names, in v3 only."""
        filters = {"id": list(group_ids)}
        return self.all_pages("vpc/security-groups", "list security groups", "security_groups", filters, version="v3")

    def get_group(self, group_id: str) -> Object:
        """One group with its rules, in v3 only."""
        return self.one(f"vpc/security-groups/{group_id}", "get security group", "security_group", version="v3")

    def list_acls(self) -> list[Object]:
        """The network ACLs of the project with their subnets, but without rules."""
        return self.all_pages("vpc/firewalls", "list network ACLs", "firewalls", {}, version="v3")

    def get_acl(self, acl_id: str) -> Object:
        """One network ACL with its rules."""
        return self.one(f"vpc/firewalls/{acl_id}", "get network ACL", "firewall", version="v3")
