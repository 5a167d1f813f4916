"""The exports of one or several logins as files with variables of the role connect_vpcs."""

from __future__ import annotations

import hashlib
import re
import typing as t
from collections import Counter
from collections.abc import Iterable, Iterator

import yaml

from ...module_utils._core.texts import one_line
from ...module_utils._core.types import Object
from ..plain_data import on_plain_data

LOGINS = "export_vpcs_accounts"
"""The variable with the logins. Files refer to it."""
NOT_EXPORTED = "not-exported.txt"
LONGEST = 60
"""Characters of a part of a file's name."""
USE = "# ansible-playbook crossvpc.vpcep.connect_vpcs -e @{name}"


class Template(str):
    """A text that Ansible evaluates. All other texts are data."""


class Dumper(yaml.SafeDumper):
    """Writes data that Ansible reads back as it is, without aliases."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def text(self, data: str) -> yaml.ScalarNode:
        """Text that may look like a template, also with other delimiters, is marked as unsafe."""
        if "{" in data or "#jinja2" in data:
            return self.represent_scalar("!unsafe", data, style='"')
        return self.represent_str(data)

    def template(self, data: Template) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", str(data), style='"')


Dumper.add_representer(str, Dumper.text)
Dumper.add_representer(Template, Dumper.template)


class Connection(t.NamedTuple):
    """One file to be. provider, consumer: numbers of the logins of both sides."""

    provider: int
    consumer: int
    kind: str
    found: Object  # an entry of the module's result
    variables: Object

    @property
    def endpoints(self) -> list[Object]:
        return list(self.variables.get("connect_vpcs_endpoints") or [])

    @property
    def defines(self) -> bool:
        return "connect_vpcs_service" in self.variables


@on_plain_data
def export_files(exports: list[Object], logins: list[str] | None = None, asked: Object | None = None) -> Object:
    """See the filter of this name."""
    connections = list(_connections(exports))
    bases = [_base(one, logins or []) for one in connections]
    names = _unique(zip(bases, (_safe(one.found["service_id"])[:8] for one in connections), strict=True))
    files = [_file(name, _content(name, one, logins)) for name, one in zip(names, connections, strict=True)]
    skipped = [*_skipped(exports, connections), *_missing(exports, asked or {})]
    listed = "# What the export did not express, and why.\n" + dump(skipped)
    return {"files": [*files, _file(NOT_EXPORTED, listed)], "not_exported": skipped}


def _file(name: str, content: str) -> Object:
    """checksum: SHA-1, as ansible.builtin.find returns it. It is unique, since each file contains its name."""
    checksum = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
    return {"name": name, "content": content, "checksum": checksum}


def dump(data: t.Any) -> str:
    """Data as YAML in which no text is a template."""
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, width=110, default_flow_style=False)


def _connections(exports: list[Object]) -> Iterator[Connection]:
    """The connections of all logins. One to a service of another login gets the definition of the service."""
    found = [
        Connection(number, number, kind, one, one["variables"])
        for number, export in enumerate(exports)
        for kind in ("connections", "fleets")
        for one in export[kind]
    ]
    owners = {one.found["service_id"]: one for one in found if one.defines}
    paired = [_paired(one, owners.get(one.found["service_id"])) for one in found]
    used = {one.found["service_id"] for one in paired if one.endpoints}
    yield from (one for one in paired if one.endpoints or not one.defines or one.found["service_id"] not in used)


def _paired(one: Connection, owner: Connection | None) -> Connection:
    """With the definition of the service, if another login has it. The whitelist is part of the definition."""
    if one.defines or owner is None or owner.provider == one.consumer:
        return one
    rest = {name: value for name, value in one.variables.items() if name != "connect_vpcs_service_id"}
    service = {"connect_vpcs_service": owner.variables["connect_vpcs_service"]}
    found = {**one.found, "name": owner.found["name"], "remarks": [*owner.found["remarks"], *one.found["remarks"]]}
    variables = {**service, **rest, "connect_vpcs_admit": False}
    return one._replace(provider=owner.provider, found=found, variables=variables)


def _content(name: str, one: Connection, logins: list[str] | None) -> str:
    variables = dict(one.variables)
    if logins:
        for side, number in (("provider", one.provider), ("consumer", one.consumer)):
            variables[f"connect_vpcs_{side}_auth"] = Template(f"{{{{ {LOGINS}[{number}] }}}}")
    remarks = [f"# {one_line(text)}" for text in one.found["remarks"]]
    return "\n".join([USE.format(name=name), *remarks, "---", dump(variables)])


def _base(one: Connection, logins: list[str]) -> str:
    """The name of a file without its ending. With several logins, it names those of service and endpoints."""
    service_id = one.found["service_id"]
    kind = "service" if one.defines else "foreign" if service_id else "cloud-services"
    parts = ["fleet" if one.kind == "fleets" else kind, _safe(one.found["name"]) or _safe(service_id)[:8]]
    if len(logins) > 1:
        parts.insert(0, _label(logins, one.provider))
        parts += ["from", _label(logins, one.consumer)] if one.consumer != one.provider else []
    return "-".join(part for part in [*parts, "waiting" if one.found["waiting"] else ""] if part)


def _label(logins: list[str], number: int) -> str:
    return _safe(logins[number]) or f"account{number + 1}"


def _safe(text: t.Any) -> str:
    """The part of a text that is safe in names of files on every system."""
    return re.sub("[^A-Za-z0-9_]+", "-", str(text))[:LONGEST].strip("-")


def _unique(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """File names of which no two differ in case only. Those that would be equal get a part of the service's ID."""
    pairs = list(wanted)
    counts = Counter(base.lower() for base, _tail in pairs)
    used: set[str] = set()
    names = []
    for base, tail in pairs:
        name, number = base, 1
        while (name.lower() in counts and (name != base or counts[base.lower()] > 1)) or name.lower() in used:
            name = "-".join(filter(None, [base, tail, "" if number == 1 else str(number)]))
            number += 1
        used.add(name.lower())
        names.append(f"{name}.yml")
    return names


def _skipped(exports: list[Object], connections: list[Connection]) -> Iterator[Object]:
    """What each login's export left out. Endpoints of other projects count unless another login has them."""
    theirs: Counter[str] = Counter()
    for one in connections:
        if one.consumer != one.provider and not one.found["waiting"]:
            theirs[one.found["service_id"]] += len(one.endpoints)
    for number, export in enumerate(exports):
        for one in export["not_exported"]:
            count = one.get("count", 0) - theirs[one["id"]]
            if one["kind"] != "connections":
                yield {**one, "account": number + 1}
            elif count > 0:
                reason = f"connected endpoints of other projects: {count}"
                yield {**one, "count": count, "reason": reason, "account": number + 1}


def _missing(exports: list[Object], asked: Object) -> Iterator[Object]:
    """The objects asked for that no login has."""
    seen = {one["id"] for export in exports for one in export["not_exported"]}
    for export in exports:
        for one in (*export["connections"], *export["fleets"]):
            seen |= {*one["endpoint_ids"], *([one["service_id"]] if "connect_vpcs_service" in one["variables"] else [])}
    for kind in ("service", "endpoint"):
        for object_id in sorted({*(asked.get(f"{kind}s") or [])} - seen):
            yield {"kind": kind, "id": object_id, "name": "", "reason": "none of the logins shows it"}
