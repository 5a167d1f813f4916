# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module vpcep_audit_info: findings about the services and endpoints of one or two logins. It sends GETs only."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .._core.errors import ApiError, VpcepError
from .._core.texts import one_line
from .._core.types import Object
from .._schema.argument_specs import SEVERITIES
from .._schema.normalize import name_of
from .audit_checks import CHECKS
from .audit_estate import Seen, Side
from .audit_reports import FORMATS
from .audit_rules import NETWORK, RULES, Setting, settings_of
from .runtime import Runtime

FORBIDDEN = 403


def audit(options: Object, runtime: Runtime) -> Object:
    """Applies the rules. Raises VpcepError; a rule whose requests are forbidden is in ``not_applied`` instead."""
    settings = settings_of(options.get("rules"))
    sides = sides_of(options, runtime)
    findings: list[Object] = []
    not_applied: list[Object] = []
    for rule_id, setting in settings.items():
        for side in sides if setting.enabled else ():
            try:
                seen = list(CHECKS[rule_id](side, setting.rule.parameters))
            except VpcepError as error:
                side.mark(error)
                if not may_skip(rule_id, error):
                    raise
                not_applied.append({"rule": rule_id, "side": side.name, "reason": one_line(str(error))})
            else:
                findings += [finding(rule_id, setting, side, one) for one in seen if not is_ignored(setting, one)]
    findings.sort(key=order)
    counts = Counter(one["severity"] for one in findings)
    result: Object = {
        "changed": False,
        "findings": findings,
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "not_applied": not_applied,
        "rules": [described(rule_id, setting) for rule_id, setting in settings.items()],
    }
    result["reports"] = {name: FORMATS[name](result) for name in FORMATS if name in (options.get("formats") or ())}
    return result


def sides_of(options: Object, runtime: Runtime) -> list[Side]:
    """The logins to audit. A second login to the same project is ignored."""
    sides: list[Side] = []
    own = Side("own", runtime, sides).project_id
    if options.get("other_auth") is not None:
        other = Side("other", runtime.beside(options["other_auth"]), sides)
        try:
            is_same = other.project_id == own
        except VpcepError as error:
            other.mark(error)
            raise
        if is_same:
            sides.remove(other)
    return sides


def may_skip(rule_id: str, error: VpcepError) -> bool:
    """Whether the audit continues without a rule: its requests are forbidden, or go to a network service."""
    return bool(NETWORK & {*RULES[rule_id].reads}) or (isinstance(error, ApiError) and error.status == FORBIDDEN)


def is_ignored(setting: Setting, seen: Seen) -> bool:
    return bool(setting.ignored & {str(seen.item.get("id")), name_of(seen.item)})


def finding(rule_id: str, setting: Setting, side: Side, seen: Seen) -> Object:
    """One finding. Each text from the cloud is one printable line."""
    rule = setting.rule
    return {
        "id": rule_id,
        "severity": rule.severity,
        "title": rule.title,
        "object": {
            "kind": seen.kind,
            "id": text(seen.item.get("id")),
            "name": text(name_of(seen.item)),
            "side": side.name,
            "project_id": text(seen.item.get("project_id") or side.project_id),
        },
        "seen": text(seen.text),
        "values": [text(value) for value in seen.values],
        "why": rule.why,
        "todo": rule.todo,
        "requests": rule.requests,
    }


def text(value: Any) -> str:
    return "" if value is None else one_line(str(value))


def order(one: Object) -> tuple[Any, ...]:
    """A sort key that does not depend on the order of the cloud's lists."""
    about = one["object"]
    place = (about["side"] != "own", about["kind"], about["name"], about["id"], one["seen"])
    return (SEVERITIES.index(one["severity"]), list(RULES).index(one["id"]), *place)


def described(rule_id: str, setting: Setting) -> Object:
    """A rule in the result."""
    rule = setting.rule
    return {
        "id": rule_id,
        "severity": rule.severity,
        "enabled": setting.enabled,
        "title": rule.title,
        "why": rule.why,
        "todo": rule.todo,
        "parameters": rule.parameters,
        "requests": rule.requests,
    }
