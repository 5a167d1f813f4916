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
from .audit_estate import Seen, Side
from .audit_reports import FORMATS
from .audit_rules import NETWORK, RULES, Rule, Setting, settings_of
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
                seen = list(setting.rule.check(side, setting.rule.parameters))
            except VpcepError as error:
                side.mark(error)
                # The audit goes on without a rule whose requests are forbidden, or go to a network service.
                is_forbidden = isinstance(error, ApiError) and error.status == FORBIDDEN
                if not is_forbidden and not NETWORK & {*RULES[rule_id].reads}:
                    raise
                not_applied.append({"rule": rule_id, "side": side.name, "reason": one_line(str(error))})
            else:
                kept = [one for one in seen if not setting.ignored & {str(one.item.get("id")), name_of(one.item)}]
                findings += [finding(rule_id, setting, side, one) for one in kept]
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


def finding(rule_id: str, setting: Setting, side: Side, seen: Seen) -> Object:
    """One finding. Each text from the cloud is one printable line."""
    return {
        **about(rule_id, setting.rule),
        "object": {
            "kind": seen.kind,
            "id": text(seen.item.get("id")),
            "name": text(name_of(seen.item)),
            "side": side.name,
            "project_id": text(seen.item.get("project_id") or side.project_id),
        },
        "seen": text(seen.text),
        "values": [text(value) for value in seen.values],
    }


def about(rule_id: str, rule: Rule) -> Object:
    texts = {name: getattr(rule, name) for name in ("severity", "title", "why", "todo", "requests")}
    return {"id": rule_id, **texts}


def described(rule_id: str, setting: Setting) -> Object:
    return {**about(rule_id, setting.rule), "enabled": setting.enabled, "parameters": setting.rule.parameters}


def text(value: Any) -> str:
    return "" if value is None else one_line(str(value))


def order(one: Object) -> tuple[Any, ...]:
    """A sort key that does not depend on the order of the cloud's lists."""
    seen = one["object"]
    place = (seen["side"] != "own", seen["kind"], seen["name"], seen["id"], one["seen"])
    return (SEVERITIES.index(one["severity"]), list(RULES).index(one["id"]), *place)
