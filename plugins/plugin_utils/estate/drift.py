# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between files with variables of the role connect_vpcs and the cloud, and reports of it."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Iterator
from html import escape

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.report_texts import junit_file, markdown_table
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import one_line
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.definitions import (
    complete_endpoint,
    complete_service,
)

LONGEST = 200
"""Characters of a value in a report."""
PLACE = ("description", "vpc", "vpc_id", "subnet", "subnet_id", "port_ip")
"""By what an entry of a list is told apart in a report."""
COLUMNS = ("File", "Object", "Option", "In the file", "In the cloud")


# What is compared


def drift_plan(variables: Object, defaults: bool = True, public: t.Sequence[Object] = ()) -> Object:
    """See the filter of this name."""
    service = variables.get("connect_vpcs_service") or {}
    named = {name: variables.get(f"connect_vpcs_service_{name}") or "" for name in ("id", "name")}
    groups = [
        {"service_id": named["id"], "service_name": named["name"], "given": variables.get("connect_vpcs_endpoints")},
        *(
            {"service_id": "", "service_name": _full_name(one["name"], public), "given": one["endpoints"]}
            for one in variables.get("connect_vpcs_cloud_services") or []
        ),
    ]
    complete: t.Any = complete_endpoint if defaults else dict
    return {
        "service": (complete_service(service) if defaults else service) if service else {},
        "groups": [{**one, "endpoints": list(map(complete, one["given"]))} for one in groups if one["given"]],
        "accepted": bool(service) and boolean(variables.get("connect_vpcs_accept", True)),
        "has_short_names": any("." not in one["service_name"] for one in groups[1:]),
    }


def _full_name(name: str, public: t.Sequence[Object]) -> str:
    """The name of one of the cloud's own services, of which *name* may be the last word."""
    found = [one["service_name"] for one in public if one["service_name"].rpartition(".")[2] == name]
    return str(found[0]) if len(found) == 1 else name


# What was found


def drift_findings(file: str, plan: Object, service: Object, endpoints: Object) -> list[Object]:
    """See the filter of this name."""
    found = list(_of_service(plan, service)) if plan["service"] else []
    for group, result in zip(plan["groups"], endpoints.get("results") or [], strict=False):
        found += _of_endpoints(plan, group, result)
    return [{"file": file, **one} for one in found]


def _of_service(plan: Object, result: Object) -> Iterator[Object]:
    shown = result.get("service") or {}
    name = plan["service"].get("name") or shown.get("name") or ""
    about = {
        "kind": "service",
        "id": shown.get("id") or result.get("id") or plan["service"].get("id") or "",
        "name": name,
    }
    yield from _of_object(about, result, result.get("diff"))


def _of_endpoints(plan: Object, group: Object, result: Object) -> Iterator[Object]:
    outcomes = result.get("outcomes") or []
    if not outcomes and "msg" in result:
        yield _finding({"kind": "endpoint", "id": "", "name": ""}, "", message=result["msg"])
    diffs = iter(result.get("diff") or [])
    shown = result.get("endpoints") or [{}] * len(outcomes)
    for entry, outcome, endpoint in zip(group["endpoints"], outcomes, shown, strict=False):
        place = ", ".join(str(entry[name]) for name in PLACE if entry.get(name))
        about = {"kind": "endpoint", "id": outcome.get("id") or "", "name": one_line(place)}
        yield from _of_object(about, outcome, next(diffs, None) if outcome["changed"] else outcome.get("diff"))
        refused = outcome["action"] != "create" and endpoint.get("status") in ("pendingAcceptance", "rejected")
        if refused and plan["accepted"] and not group["service_name"]:
            yield _finding(about, "status", "accepted", endpoint["status"])


def _of_object(about: Object, result: Object, diff: Object | None) -> Iterator[Object]:
    """A finding for each option that differs; one for an object that is not there, or cannot be compared."""
    before, after = (diff or {}).get("before") or {}, (diff or {}).get("after") or {}
    if diff and not before and after:
        yield _finding(about, "state", "present", "absent")
    elif diff:
        for name in after:
            if before.get(name) != after[name]:
                yield _finding(about, name, after[name], before.get(name))
    elif result.get("msg"):
        yield _finding(about, "", message=result["msg"])


def _finding(about: Object, option: str, file: t.Any = None, cloud: t.Any = None, message: str = "") -> Object:
    """One finding. message: why the object cannot be compared."""
    return {**about, "option": option, "in_file": file, "in_cloud": cloud, "message": one_line(message)}


def distinct(findings: Iterable[Object]) -> list[Object]:
    """The first finding for each object and option: several files have the definition of one service."""
    found: dict[str, Object] = {}
    for one in findings:
        found.setdefault(
            json.dumps([one[name] for name in ("kind", "id", "name", "option", "in_file", "message")]), one
        )
    return list(found.values())


# Reports


def drift_report(findings: list[Object], files: list[str], kind: str) -> str:
    """See the filter of this name."""
    return {"text": _text, "markdown": _markdown, "junit": _junit}[kind](distinct(findings), files)


def _object(one: Object) -> str:
    return one_line(" ".join([one["kind"], one["id"], f"({one['name']})" if one["name"] else ""]))


def _value(value: t.Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    return one_line(text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")


def _line(one: Object) -> str:
    if one["message"]:
        return f"{_object(one)}: {one_line(one['message'])}"
    return (
        f"{_object(one)}: {one['option']}: in the file {_value(one['in_file'])}, in the cloud {_value(one['in_cloud'])}"
    )


def _text(findings: list[Object], files: list[str]) -> str:
    return (
        "\n".join([f"{one['file']}: {_line(one)}" for one in findings] or [f"No drift in {len(files)} files."]) + "\n"
    )


def _markdown(findings: list[Object], files: list[str]) -> str:
    rows = []
    for one in findings:
        values = [one["message"], ""] if one["message"] else [_value(one["in_file"]), _value(one["in_cloud"])]
        rows.append([one_line(text) for text in (one["file"], _object(one), one["option"], *values)])
    table = markdown_table(COLUMNS, rows)
    return "\n".join(["# Drift", "", f"{len(findings)} differences in {len(files)} files.", "", *table]).rstrip() + "\n"


def _junit(findings: list[Object], files: list[str]) -> str:
    """A test that failed for each finding, and one that passed for each file without findings."""
    cases = [
        f'<testcase classname="{escape(one["file"])}" name="{escape(_object(one))} {escape(one["option"])}">'
        f'<failure type="{"error" if one["message"] else "drift"}" message="{escape(_line(one))}"/></testcase>'
        for one in findings
    ]
    clean = [name for name in files if name not in {one["file"] for one in findings}]
    cases += [f'<testcase classname="{escape(name)}" name="no drift"/>' for name in clean]
    return junit_file("crossvpc.vpcep drift", cases, len(findings))
