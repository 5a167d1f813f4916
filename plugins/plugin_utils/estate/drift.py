"""Finds differences between files with variables of the role connect_vpcs and the cloud, and reports them."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Iterator
from html import escape

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._core.report_texts import counted, junit_file, markdown_table
from ...module_utils._core.texts import one_line
from ...module_utils._core.types import Object
from ...module_utils._resources.export import Table, share_backend, unset_differences
from ...module_utils._schema import fields
from ...module_utils._schema.normalize import has, normalize
from ..plain_data import on_plain_data
from ..role.plan import admitting

LONGEST = 200
"""Characters of a value in a report."""
PLACE = ("description", "vpc", "vpc_id", "subnet", "subnet_id", "port_ip")
"""The keys that identify an entry of a list in a report."""
ADDRESSES = {"vpc_id": "vpc_id", "subnet_id": "subnet_id", "port_ip": "ip"}
"""Options that identify an endpoint of a service -> the members that show them."""
COLUMNS = ("File", "Object", "Option", "In the file", "In the cloud")


# What is compared


@on_plain_data
def drift_plan(
    variables: Object,
    defaults: bool = True,
    services: t.Sequence[Object] = (),
    public: t.Sequence[Object] = (),
    accounts: t.Sequence[str] = (),
) -> Object:
    """See the filter of this name."""
    service = dict(variables.get("connect_vpcs_service") or {})
    listed = [one for one in services if has(one, "id") and one.get("status") != fields.DELETING]
    meant = _meant(service, listed)
    if meant:
        service["id"] = meant["id"]
    if service and defaults:
        service.setdefault("permissions", [])
    if service and len({*accounts}) > 1 and all(accounts) and _flag(variables, "connect_vpcs_admit"):
        service = admitting(service, accounts[-1])
    named = {name: variables.get(f"connect_vpcs_service_{name}") or "" for name in ("id", "name")}
    called = [one["id"] for one in listed if named["name"] and one.get("name") == named["name"]]
    if len(called) == 1:
        named = {"id": called[0], "name": ""}
    accepts = _flag(variables, "connect_vpcs_accept")
    status = (fields.ACCEPTED if accepts else fields.PENDING) if service else ""
    own = (named["id"] or service.get("id", ""), named["name"], status)
    of_cloud = variables.get("connect_vpcs_cloud_services") or []
    groups = [
        _group(*own, variables.get("connect_vpcs_endpoints")),
        *(_group("", _full_name(one["name"], public), fields.ACCEPTED, one["endpoints"]) for one in of_cloud),
    ]
    found = [one for one in groups if one["endpoints"]]
    return {"service": service, "listed": meant, "groups": found, "defaults": defaults}


def _flag(variables: Object, name: str) -> bool:
    """A variable of the role that is true by default."""
    value = variables.get(name)
    return value is None or boolean(value)


def _group(service_id: str, service_name: str, status: str, endpoints: t.Any) -> Object:
    """The endpoints of one service. status: the one that the file expects; empty if it expects none."""
    return {"service_id": service_id, "service_name": service_name, "status": status, "endpoints": endpoints}


def _meant(service: Object, listed: list[Object]) -> Object:
    """The listed service of a definition, also after a change of its name or backend; {} for none or several."""
    if not service:
        return {}
    if service.get("id"):
        ways = [lambda one: one["id"] == service["id"]]
    elif service.get("name"):
        ways = [lambda one: one["name"] == service["name"], lambda one: share_backend(service, one)]
    else:
        ways = [
            lambda one: share_backend(service, one),
            lambda one: not one["name"] and one.get("port_id") == service.get("port_id"),
            lambda one: not one["name"] and _same(service, one, ("vpc_id", "ports")),
        ]
    for way in ways:
        found = list(filter(way, listed))
        if found:
            return found[0] if len(found) == 1 else {}
    return {}


def _same(definition: Object, shown: Object, names: Iterable[str]) -> bool:
    """Whether options of a service have the values shown."""
    kinds = {name: fields.SERVICE[name].kind for name in names}
    try:
        return all(normalize(kind, definition[name]) == normalize(kind, shown[name]) for name, kind in kinds.items())
    except (KeyError, ValueError):
        return False


def _full_name(name: str, public: t.Sequence[Object]) -> str:
    """The name of one of the cloud's own services, of which *name* may be the last word."""
    found = [one["service_name"] for one in public if one["service_name"].rpartition(".")[2] == name]
    return str(found[0]) if len(found) == 1 else name


# What was found


@on_plain_data
def drift_findings(file: str, plan: Object, service: Object, endpoints: Object, listed: t.Any = ()) -> list[Object]:
    """See the filter of this name."""
    found = list(_of_service(plan, service)) if plan["service"] else []
    for group, result in zip(plan["groups"], endpoints.get("results") or [], strict=False):
        found += _of_endpoints(plan["defaults"], group, result, listed)
    return [{"file": file, **one} for one in found]


def _of_service(plan: Object, result: Object) -> Iterator[Object]:
    given, shown = plan["service"], result.get("service") or plan["listed"]
    about = {"kind": "service", "id": shown.get("id") or given.get("id") or ""}
    about["name"] = given.get("name") or shown.get("name") or ""
    yield from _of_object(about, result, result.get("diff"), fields.SERVICE, shown, given if plan["defaults"] else None)


def _of_endpoints(defaults: bool, group: Object, result: Object, listed: t.Sequence[Object]) -> Iterator[Object]:
    outcomes = result.get("outcomes") or []
    if not outcomes and "msg" in result:
        yield _finding({"kind": "endpoint", "id": "", "name": ""}, "", message=result["msg"])
    diffs = iter(result.get("diff") or [])
    shown = result.get("endpoints") or [{}] * len(outcomes)
    others = _others(group, outcomes, listed)
    for entry, outcome, seen in zip(group["endpoints"], outcomes, shown, strict=False):
        diff = next(diffs, None) if outcome["changed"] else outcome.get("diff")
        place = ", ".join(str(entry[name]) for name in PLACE if entry.get(name))
        about = {"kind": "endpoint", "id": outcome.get("id") or "", "name": one_line(place)}
        moved = _moved(entry, others) if outcome["action"] == "create" else []
        for option, other in moved:
            yield _finding({**about, "id": other["id"]}, option, entry[option], other[ADDRESSES[option]])
        if moved:
            continue
        endpoint = seen if seen.get("id") else next((one for one in listed if one.get("id") == about["id"]), {})
        yield from _of_object(about, outcome, diff, fields.ENDPOINT, endpoint, entry if defaults else None)
        yield from _of_status(about, group["status"], entry, endpoint.get("status"), defaults)


def _of_status(about: Object, wanted: str, entry: Object, status: t.Any, defaults: bool) -> Iterator[Object]:
    """A finding if the status differs from the exported one. Only accepted endpoints are exported with an address."""
    if wanted == fields.ACCEPTED or entry.get("port_ip"):
        if status in (fields.PENDING, fields.REJECTED):
            yield _finding(about, "status", fields.ACCEPTED, status)
    elif wanted == fields.PENDING and status == fields.ACCEPTED and defaults:
        yield _finding(about, "status", fields.PENDING, status)


def _others(group: Object, outcomes: list[Object], listed: t.Sequence[Object]) -> list[Object]:
    """The endpoints of the service that no entry refers to."""
    meant = {one.get("id") for one in outcomes}
    member = "name" if group["service_name"] else "id"
    of_service = [one for one in listed if one.get(f"endpoint_service_{member}") == group[f"service_{member}"]]
    alive = [one for one in of_service if has(one, "id") and one.get("status") != fields.DELETING]
    return [one for one in alive if one["id"] not in meant]


def _moved(entry: Object, others: list[Object]) -> list[tuple[str, Object]]:
    """The endpoint that differs from an entry in one of address, subnet and VPC, and in no other.

    Returns it with the option that differs; nothing if there is none, or if there are several.
    """
    given = [name for name in ADDRESSES if entry.get(name)]
    found = []
    for one in others:
        differing = [name for name in given if str(entry[name]).lower() != str(one.get(ADDRESSES[name])).lower()]
        if len(differing) == 1 < len(given) and one.get(ADDRESSES[differing[0]]):
            found.append((differing[0], one))
    return found if len(found) == 1 else []


def _of_object(
    about: Object, result: Object, diff: Object | None, table: Table, shown: Object, given: Object | None
) -> Iterator[Object]:
    """A finding for each option that differs; one for an object that does not exist or cannot be compared.

    given: the options in the file, None if those that it leaves out are not compared.
    """
    before, after = (diff or {}).get("before") or {}, (diff or {}).get("after") or {}
    if diff and not before and after:
        yield _finding(about, "state", "present", "absent")
        return
    for name in after:
        if before.get(name) != after[name]:
            yield _finding(about, name, after[name], before.get(name))
    if shown.get("status") == fields.FAILED:
        yield _finding(about, "status", "available" if table is fields.SERVICE else fields.ACCEPTED, fields.FAILED)
    elif result.get("msg") and not after:
        yield _finding(about, "", message=result["msg"])
    if given is not None and shown.get("id"):
        for option, default, value in unset_differences(table, shown, given):
            yield {**_finding(about, option, default, value), "is_default": True}


def _finding(about: Object, option: str, file: t.Any = None, cloud: t.Any = None, message: str = "") -> Object:
    """One finding. message: why the object cannot be compared. is_default: the file leaves the option out."""
    return {**about, "option": option, "in_file": file, "in_cloud": cloud, "message": one_line(message)}


def distinct(findings: Iterable[Object]) -> list[Object]:
    """The first finding for each object and option: several files have the definition of one service.

    Without an object ID, only named services are known to be the same. Messages (why something was not compared) are
    kept for each file.
    """
    found: dict[str, Object] = {}
    for number, one in enumerate(findings):
        about = [one[name] for name in ("kind", "id", "name", "option", "in_file", "message")]
        is_known = one["id"] or (one["kind"] == "service" and one["name"])
        alone = one["file"] if one["message"] and not one["id"] else "" if is_known else number
        found.setdefault(json.dumps([*about, alone]), one)
    return list(found.values())


# Reports


@on_plain_data
def drift_report(findings: list[Object], files: list[str], format: str = "text") -> str:
    """See the filter of this name."""
    if format == "junit":
        differing = {one["file"] for one in findings}  # also files whose findings another file has
        return _junit(distinct(findings), [name for name in files if name not in differing])
    return {"text": _text, "markdown": _markdown}[format](distinct(findings), files)


def _object(one: Object) -> str:
    return one_line(" ".join([one["kind"], one["id"], f"({one['name']})" if one["name"] else ""]))


def _value(value: t.Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    return one_line(text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")


def _in_file(one: Object) -> str:
    return f"{_value(one['in_file'])}{' by default' if one.get('is_default') else ''}"


def _line(one: Object) -> str:
    said = f"{one['option']}: in the file {_in_file(one)}, in the cloud {_value(one['in_cloud'])}"
    return f"{_object(one)}: {one_line(one['message']) or said}"


def _text(findings: list[Object], files: list[str]) -> str:
    lines = [f"{one['file']}: {_line(one)}" for one in findings] or [f"No drift in {counted(len(files), 'file')}."]
    return "\n".join([*lines, ""])


def _markdown(findings: list[Object], files: list[str]) -> str:
    rows = []
    for one in findings:
        values = [one["message"], ""] if one["message"] else [_in_file(one), _value(one["in_cloud"])]
        rows.append([one_line(text) for text in (one["file"], _object(one), one["option"], *values)])
    table = markdown_table(COLUMNS, rows)
    total = f"{counted(len(findings), 'difference')} in {counted(len(files), 'file')}."
    return "\n".join(["# Drift", "", total, "", *table]).rstrip() + "\n"


def _junit(findings: list[Object], clean: list[str]) -> str:
    """A test that failed for each finding, and one that passed for each file without findings."""
    cases = [
        f'<testcase classname="{escape(one["file"])}" name="{escape(_object(one))} {escape(one["option"])}">'
        f'<failure type="{"error" if one["message"] else "drift"}" message="{escape(_line(one))}"/></testcase>'
        for one in findings
    ]
    cases += [f'<testcase classname="{escape(name)}" name="no drift"/>' for name in clean]
    return junit_file("crossvpc.vpcep drift", cases, len(findings))
