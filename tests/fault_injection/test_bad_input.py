# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that nobody should write: the API takes what we accept, and we refuse what it refuses, before any request.

Three ways: every option of every module with odd values, by themselves and in pairs, against the simulator; and
every limit of the OpenAPI description against ours, in both directions, with nothing sent at all.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ID_PATTERN
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import permission_record
from tests.simulator.contract import Contract, Schema, Violation
from tests.simulator.endpoints import check_addresses
from tests.simulator.errors import ApiError
from tests.simulator.services import mappings
from tests.support.programs import Cloud

from .report import Row
from .support_input import MODULES, UUID, Modules, Options, Outcome, examples

BAD_INPUT = "bad input"
FLEET = "endpoints"  # the option that is a list of definitions; one of theirs is called endpoints.NAME here
AUTH = set(auth_options())
PROFILES = ("otc", "otc-2025-11", "huawei")

# Where we and the OpenAPI description differ on purpose.
LAXER = {  # (operation, member) -> why we take more
    ("createEndpoint", "endpoint_service_id"): "of others' services; that these are UUIDs is inferred",
    ("createEndpoint", "specification_name"): "that there is no other than 'default' is inferred",
    ("acceptOrRejectConnection", "endpoints"): "of an empty list nothing is sent",
    ("addOrRemovePermissions", "permissions"): "of an empty list nothing is sent",
    ("addServerResources", "server_resources"): "of an empty list nothing is sent",
}
STRICTER: dict[str, tuple[tuple[str, ...], Callable[[Any], bool]]] = {  # why we take less -> members, of which values
    "an ID becomes part of a path": (
        ("id", "pool_id", "snat_network_id", "endpoints"),
        lambda value: (
            not all(re.fullmatch(ID_PATTERN, str(one)) for one in (value if isinstance(value, list) else [value]))
        ),
    ),
    "an empty text could only be a mistake": (("ip", "endpoint_service_name"), lambda value: value == ""),
    "Ansible makes such a text of a dictionary, which may hold a password": (
        ("ip", "endpoint_service_name", "enterprise_project_id"),
        lambda value: isinstance(value, str) and value.startswith("{"),
    ),
    "nobody would be told that the cloud ignores it": (("ports",), lambda value: "more" in value[0]),
    "a statement about nothing could only be a mistake": (
        ("policy_statement",),
        lambda value: any(one[part] == [] for one in value for part in ("Action", "Resource")),
    ),
    "the cloud would ignore it, and take the statement without its condition": (
        ("policy_statement",),
        lambda value: any(part in one for one in value for part in ("Condition", "Sid")),
    ),
    "a statement is no text": (("policy_document",), lambda value: value.get("Statement") == ["a"]),
}

# Values


def mapping(client: Any = 80, server: Any = 80, **more: Any) -> Options:
    return {"client_port": client, "server_port": server, **more}


def statement(**other: Any) -> Options:
    return {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["*"], **other}


KEY_SIGNS = st.characters(codec="utf-8", categories=("L", "N"), include_characters=" _.:=+-@/")
LENGTHS = (16, 17, 36, 37, 64, 65, 128, 129, 255, 256, 512, 513, 1024, 1025, 100_000)
TEXTS: list[Any] = [
    "",
    " ",
    "a",
    "web",
    " a",
    "a ",
    "a b",
    "a.b",
    "a/b",
    "..",
    "a?b",
    "a#b",
    "a%2fb",
    "a\nb",
    "a\n",
    "\x00",
    "<",
    "ä",
    "名前",
    "٣",
    "Ⅷ",
    "a\u0301",
    "\u202ea",
    "\ufeff",
    "🙂",
    "\ud800",
    "*",
    "_sys_a",
    "iam:domain::",
    "iam:domain::a",
    "iam:domain::*",
    "iam:domain::iam:domain::a",
    "organizations:orgPath::o-1/r?/*",
    "organizations:orgPath::",
    "{{ x }}",
    "true",
    "-1",
    "1e9",
    "9" * 5000,
    UUID,
    UUID.upper(),
    UUID[:-1],
    UUID.replace("-", ""),
    "{" + UUID + "}",
    "10.0.0.1",
    "10.0.0.256",
    "010.0.0.1",
    "10.0.0.1/32",
    "10.0.0.0/33",
    "10.0.0.1/8",
    "\u0661\u0660.0.0.1",
    "::1",
    "fe80::1%eth0",
    "eu-de.web." + UUID,
    *("a" * length for length in LENGTHS),
    *("ä" * length for length in (16, 17, 128, 129, 255, 256)),
]
NUMBERS: list[Any] = [-1, 0, 1, 5, 65535, 65536, 2**31, 2**63, 10**400, 5.5, float("nan"), float("inf")]
OTHERS: list[Any] = [None, True, False, [], {}, [None], [[]], [{}], ["a"], {"a": "b"}, {"": None}, {"a": {"b": []}}]
LISTS: list[Any] = [
    *([text] for text in TEXTS),
    *([UUID] * number for number in (2, 20, 21, 32, 33, 10_000)),
    *([f"10.0.0.{index}" for index in range(number)] for number in (20, 21, 32, 33)),
    *([f"a{index}" for index in range(number)] for number in (33, 200)),
]
DICTS: list[Any] = [
    *({text: "v"} for text in TEXTS),
    *({"k": text} for text in TEXTS + NUMBERS + OTHERS),
    *({f"k{index}": "v" for index in range(number)} for number in (10, 11, 20, 21, 10_000)),
    {"Version": "1.1", "Statement": [statement()]},
    {"Version": "1.1", "Statement": ["a"]},
]
PORTS: list[Any] = [
    *([mapping(port)] for port in [*NUMBERS, *TEXTS[:6], True, None, "80", [], {}]),
    *([mapping(80, port)] for port in [*NUMBERS, True, None, "80"]),
    *([mapping(protocol=word)] for word in ("TCP", "tcp", "UDP", "", None, 5)),
    *([mapping(1000 + index) for index in range(number)] for number in (1, 2, 199, 200, 201, 10_000)),
    [mapping(80, 80), mapping(80, 81)],
    [mapping(80, 80), mapping(81, 80)],
    [mapping(80, 80), mapping(80, 80)],
    [{"client_port": 80}],
    [mapping(more=1)],
    ["80:80"],
]
POLICIES: list[Any] = [
    *([statement(Effect=word)] for word in ("Allow", "Deny", "deny", "", None, 5)),
    *([statement(Action=words)] for words in ([], ["a", "a"], "a", None, [None], {}, ["\ud800"])),
    *([statement(Resource=words)] for words in ([], ["a"] * 1000, "", 5)),
    *([statement(Condition=given)] for given in ({}, {"a": float("nan")}, "a", None)),
    *([statement(Sid=word)] for word in ("", "a", None, 5)),
    *([statement(Sid=f"s{index}") for index in range(number)] for number in (10, 11)),
    *([statement(Action=[f"a{index}"]) for index in range(number)] for number in (10, 11)),
    [{"effect": "Allow", "action": ["a"], "resource": ["b"]}],
    [{}],
]
BALANCERS: list[Any] = [
    [{"resource_id": UUID}],
    [{"resource_id": UUID, "availability_zone_id": "eu-de-01"}],
    [{"resource_id": None}],
    [{"resource_id": "", "availability_zone_id": ""}],
    [{"availability_zone_id": "a"}],
    ["a"],
]
FLEETS: list[Any] = [
    *([{"id": text}] for text in TEXTS[:12]),
    *([{"id": UUID[:-4] + f"{index:04x}"} for index in range(number)] for number in (1, 2, 300)),
    *([{"vpc_id": UUID, "subnet_id": text} for text in texts] for texts in (["a", "a"], [UUID, UUID], [UUID, None])),
    [{"id": UUID}, {"id": UUID.upper()}],
    [{"id": UUID}, None],
    [{"id": UUID}, "a"],
    [{"vpc_id": UUID}, {"vpc_id": UUID, "subnet_id": UUID}],
    [{"vpc_id": UUID, "endpoint_service_id": UUID, "endpoint_service_name": "web"}],
    [{"vpc_id": UUID, "endpoint_service_id": UUID}, {"vpc_id": UUID, "endpoint_service_name": "web"}],
    [{"vpc_id": UUID, "more": 1}],
    [{"vpc_id": UUID, "state": "absent"}],
]
BY_TYPE = {
    "list": LISTS,
    "dict": DICTS,
    "str": TEXTS,
    "path": TEXTS,
    "int": NUMBERS,
    "float": NUMBERS,
    "bool": [],
    "raw": DICTS,
}
BY_NAME = {"ports": PORTS, "policy_statement": POLICIES, "server_resources": BALANCERS}


def values_of(name: str, spec: Options) -> list[Any]:
    """Values for one option: of its own type, at the limits and beyond, and some of every other type."""
    named = FLEETS if name == FLEET and "options" in spec else BY_NAME.get(name.rpartition(".")[2], [])
    own = named + [value for word in spec.get("choices") or [] for value in ([word, [word], word.upper(), word + " "])]
    foreign = TEXTS[:4] + NUMBERS[:3] + OTHERS
    return own + BY_TYPE[spec["type"]] + foreign


def with_option(task: Options, name: str, value: Any) -> Options:
    """A task with another value of an option; of one of its definitions', in the first of them."""
    outer, _dot, inner = name.partition(".")
    if not inner:
        return {**task, name: value}
    first, rest = {}, []
    if isinstance(task.get(outer), list) and task[outer] and isinstance(task[outer][0], dict):
        first, *rest = task[outer]
    return {**task, outer: [{**first, inner: value}, *rest]}


def value_of(task: Options, name: str) -> Any:
    outer, _dot, inner = name.partition(".")
    return task[outer][0][inner] if inner else task[outer]


# Against the simulator


class Workspace:
    """A cloud with a service that everybody may use, an endpoint that waits for approval, and modules to change it."""

    def __init__(self, cloud: Cloud, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.cloud, self.modules = cloud, Modules(cloud, folder, patch)
        self.violations: list[str] = []
        usual = cloud.simulation.refusal

        def noted(operation: Any, violation: Violation) -> Any:
            if (operation.id, violation.member) not in LAXER or operation.id != "createEndpoint":
                self.violations.append(f"{operation.id}: {violation}")
            return usual(operation, violation)

        patch.setattr(cloud.simulation, "refusal", noted)
        self.fresh()

    def fresh(self) -> None:
        cloud = self.cloud
        cloud.reset(keep_tokens=True)
        spare = cloud.spare("provider")
        self.network, self.other = spare[0], spare[1]
        lead = {"port_id": self.network["port_id"], "vpc_id": self.network["vpc_id"], "server_type": "VM"}
        service = {**lead, "name": "web", "ports": [mapping()], "permissions": ["*"], "tags": {"a": "b"}}
        self.service = self.made("vpcep_service", service)["service"]["id"]
        self.endpoint = self.made("vpcep_endpoint", {**self.subnet(), "endpoint_service_id": self.service})["endpoint"][
            "id"
        ]
        self.gateway = next(one.id for one in cloud.simulation.cloud.services.values() if one.type == "gateway")

    def made(self, module: str, options: Options) -> Options:
        outcome = self.modules(module, options)
        assert outcome.error is None, outcome
        return outcome.result

    def subnet(self) -> Options:
        return {"vpc_id": self.other["vpc_id"], "subnet_id": self.other["subnet_id"]}

    def bases(self) -> Iterator[tuple[str, Options]]:
        """Tasks that are right as they are, and that reach every call of the API."""
        backend = {"port_id": self.network["lb_port_id"], "vpc_id": self.network["vpc_id"], "server_type": "LB"}
        here, huawei = {"endpoint_service_id": self.service}, self.cloud.profile == "huawei"
        described = {"description": "d"} if huawei else {}
        yield "vpcep_service", {**backend, "ports": [mapping()]}
        yield "vpcep_service", {"id": self.service, **({"upgrade": True} if huawei else {})}
        yield "vpcep_service", {"id": self.service, "state": "absent", "force": True}
        yield "vpcep_endpoint", {**here, **self.subnet(), "port_ip": self.other["cidr"].rpartition(".")[0] + ".77"}
        yield "vpcep_endpoint", {"endpoint_service_id": self.gateway, "vpc_id": self.other["vpc_id"]}
        yield "vpcep_endpoint", {"id": self.endpoint}
        fixed = {**self.subnet(), "port_ip": self.other["cidr"].rpartition(".")[0] + ".77"}
        yield "vpcep_endpoints", {**here, FLEET: [fixed, {"id": self.endpoint}]}
        yield "vpcep_endpoints", {FLEET: [{"endpoint_service_id": self.gateway, "vpc_id": self.other["vpc_id"]}]}
        yield "vpcep_endpoints", {**here, FLEET: [fixed], "purge": True}
        yield "vpcep_connection", {**here, "endpoints": [self.endpoint], **described}
        yield "vpcep_connection", {**here, "pending": True, "state": "rejected"}
        yield "vpcep_permission", {**here, "permissions": ["a1"], **described}
        yield "vpcep_permission", {**here, "permissions": ["*"], "state": "absent"}
        yield "vpcep_permission_info", here
        yield "vpcep_connection_info", here
        yield "vpcep_endpoint_info", {}
        for scope in ({}, {"scope": "public"}, {"scope": "describe", "id": self.service}):
            yield "vpcep_service_info", scope
        yield "vpcep_preflight_info", {"endpoints": 1, **here}
        yield "vpcep_quota_info", {}
        yield "vpcep_tag_info", {"resource_type": "endpoint"}
        yield "vpcep_token", {}

    def attempt(self, module: str, options: Options, row: Row, bad: str = "") -> Outcome:
        """One task, and what is wrong with how it ended. bad: the option that is not as in a right task."""
        self.violations.clear()
        outcome = self.modules(module, options)
        row.tried += 1
        value = value_of(options, bad) if bad else None
        shown = f"{self.cloud.profile}, {module}: {shortened({bad: value} if bad else options)}: {outcome}"
        if outcome.crashed:
            row.lost.append("traceback: " + shown)
        row.lost += [f"accepted, and refused by the API ({text}): {shown}" for text in self.violations]
        row.lost += [f"it could not be read ({note}): {shown}" for note in self.unreadable()]
        if outcome.refused and outcome.sent and not about_what_is_there(outcome.error):
            row.lost.append("refused after a request: " + shown)
        if bad and bad not in AUTH and isinstance(outcome.error, InputError) and not explained(outcome, bad, value):
            row.lost.append("option, value or limit are not named: " + shown)
        self.cloud.simulation.journal.clear()
        if outcome.writes:
            self.fresh()
        return outcome

    def unreadable(self) -> list[str]:
        notes = {str(entry.get("note")) for entry in self.cloud.simulation.journal.entries}
        return sorted(notes & {"not JSON", "cannot be checked", "not a JSON object"})


def shortened(value: Any) -> str:
    text = ascii(value)
    return text if len(text) < 120 else text[:117] + "..."


def about_what_is_there(error: Any) -> bool:
    """Input that is right by itself, but not for the object that is there, which takes a request to see."""
    known = (
        "There is no such",
        "in place",
        "with the ",
        "cannot be changed at the same time",
        "is no path",
        "has no effect",
        "has an effect only",
    )
    return any(words in str(error) for words in known)


TOGETHER = (  # options that are right by themselves and do not go together, or are not for this cloud
    "Say which",
    "is missing",
    "does not have this option",
    "there is no ",
    "give one of them",
    "filter by id or name",
    "Scope describe needs",
)


def explained(outcome: Outcome, option: str, value: Any) -> bool:
    """Whether a refusal names the option and, of its value, what is wrong: the value itself, its type, or a limit."""
    message = str(outcome.error)
    if outcome.sent or any(words in message for words in TOGETHER):
        return True
    wrong_type = re.search(r" must be .*, not (?:a|the text of a) ", message)  # values of wrong types are not shown
    return option.rpartition(".")[2] in message and bool(wrong_type or any(part in message for part in parts_of(value)))


def parts_of(value: Any) -> Iterator[str]:
    """What a message may show of a value: the beginning of any text in it, or how many there are."""
    yield from (ascii(value)[:40].strip("'"), repr(value)[:40].strip("'"), str(value)[:20])
    if isinstance(value, str) and value.strip():
        yield repr(value.strip())[:40]  # elements of lists are trimmed
    if value is None:
        yield "''"  # what Ansible makes of it in a list of texts
    if isinstance(value, (str, list, dict)):
        yield f"has {len(value)} "
    if isinstance(value, dict):
        for inner in (*value, *value.values()):
            yield from parts_of(inner)
    elif isinstance(value, list):
        for inner in value[:300]:
            yield from parts_of(inner)


@pytest.fixture(params=["otc-2025-11", "huawei"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with Cloud(profile=request.param, delay=0, accept_any_id=True) as simulator:
        yield Workspace(simulator, tmp_path, monkeypatch)
        assert [defect["what"][-400:] for defect in simulator.defects()] == []


def spec_of(module: str) -> Options:
    spec: Options = MODULES[module].ARGUMENTS["argument_spec"]
    own = {name: facts for name, facts in spec.items() if name not in AUTH}
    inner = own.get(FLEET, {}).get("options", {})
    return {**own, **{f"{FLEET}.{name}": facts for name, facts in inner.items()}}


def odd(module: str) -> Iterator[tuple[str, Any]]:
    for name, spec in spec_of(module).items():
        for value in values_of(name, spec):
            yield name, value


@pytest.mark.fault_injection(BAD_INPUT)
def test_one_odd_option(place: Workspace, row: Row, short: bool) -> None:
    """Many for the first task of a module, and some for each of its other tasks; others on the other cloud."""
    start = len(place.cloud.profile)
    modules = [module for module, _base in place.bases()]
    for number, module in enumerate(modules):
        step = 4 if modules.index(module) == number else 20
        for name, value in itertools.islice(odd(module), (number + start) % step, None, step * (7 if short else 1)):
            _module, base = list(place.bases())[number]  # of the cloud as it is now
            place.attempt(module, with_option(base, name, value), row, bad=name)


@pytest.mark.fault_injection(BAD_INPUT)
def test_odd_options_together(place: Workspace, row: Row, short: bool) -> None:
    """Hypothesis chooses a task and some of its options, and gives them values that are right, odd or absurd."""
    words = st.text(max_size=300) | st.sampled_from(TEXTS)
    keys = st.text(alphabet=KEY_SIGNS, max_size=130) | words
    plain = st.none() | st.booleans() | st.integers() | st.floats() | words
    deep = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
    drawn = {"str": words, "dict": st.dictionaries(keys, keys, max_size=22), "list": st.lists(words, max_size=40)}

    @examples(70 if short else 700)
    @given(st.data())
    def anything(data: Any) -> None:
        module, base = data.draw(st.sampled_from(list(place.bases())))
        spec = spec_of(module)
        chosen = data.draw(st.lists(st.sampled_from(sorted(spec)), min_size=1, max_size=4, unique=True))
        for name in chosen:
            kind = drawn.get(spec[name]["type"], plain)
            value = data.draw(st.sampled_from(values_of(name, spec[name])) | kind | deep)
            base = with_option(base, name, value)
        place.attempt(module, base, row)

    anything()


# The limits, with nothing sent


class Limit(NamedTuple):
    """An option, and what becomes of its value in a request: a member of the body, or a parameter of the query."""

    module: str
    option: str
    base: Options
    operation: str
    body: Callable[[Any], Options] | None  # of a value; None: it goes into the query
    member: str

    def takes(self, contract: Contract, value: Any) -> bool:
        """Whether the API does, by its description and by what that says in words only."""
        operation = contract.operations[self.operation]
        try:
            if self.body is None:
                if not isinstance(value, (str, int)):
                    return False
                (parameter,) = (one for one in operation.parameters if one.name == self.member)
                str(value).encode()
                parameter.read(str(value))
                return True
            body = self.body(value)
            json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
            operation.read_body(body)
            if "ports" in body:
                mappings(SimpleNamespace(contract=contract), body["ports"])
            check_addresses(body.get("whitelist", []))
        except (Violation, ApiError, ValueError, RecursionError):
            return False
        return True

    def right_type(self, contract: Contract, value: Any) -> bool:
        """Whether a value is of the type that the API wants; if not, Ansible may convert it, and we with it."""
        if self.body is None:
            return isinstance(value, (str, int)) and not isinstance(value, bool)
        body = contract.operations[self.operation].body
        return not Schema(types_only(body.tree)).faults(self.body(value)) if body else True


def types_only(tree: Options) -> Options:
    """A schema that says of which types the parts are, and nothing else."""
    kept = {name: tree[name] for name in ("type",) if name in tree}
    if "properties" in tree:
        kept["properties"] = {name: types_only(part) for name, part in tree["properties"].items()}
    if "items" in tree:
        kept["items"] = types_only(tree["items"])
    return kept


def tag_entries(tags: Any) -> Any:
    return [{"key": key, "value": value} for key, value in tags.items()] if isinstance(tags, dict) else tags


SERVICE = {"port_id": UUID, "vpc_id": UUID, "server_type": "VM", "ports": [mapping()]}
ENDPOINT = {"endpoint_service_id": UUID, "vpc_id": UUID, "subnet_id": UUID}
GATEWAY = {"endpoint_service_id": UUID, "vpc_id": UUID}
HERE = {"endpoint_service_id": UUID}
OPTIONS = {"service_name": "name"}
CREATED = {
    "createEndpointService": ("vpcep_service", SERVICE, SERVICE),
    "updateEndpointService": ("vpcep_service", {"id": UUID}, {}),
    "createEndpoint": ("vpcep_endpoint", ENDPOINT, ENDPOINT),
    "updateEndpointWhitelist": ("vpcep_endpoint", {"id": UUID}, {}),
    "updateEndpointPolicy": ("vpcep_endpoint", {"id": UUID}, {}),
    "updateEndpointRouteTables": ("vpcep_endpoint", {"id": UUID}, {}),
}


def limits(contract: Contract) -> Iterator[Limit]:
    """Everything that a user can write and that ends up in a request."""
    for operation, (module, base, body) in CREATED.items():
        if contract.operations[operation].offered:
            for member in sorted(contract.operations[operation].members):
                given = GATEWAY if member == "routetables" and base is ENDPOINT else base
                option = OPTIONS.get(member, member)
                yield Limit(module, option, given, operation, wrapped(body, member), member)
                if module == "vpcep_endpoint":
                    fleet = ("vpcep_endpoints", f"{FLEET}.{option}", {FLEET: [given]})
                    yield Limit(*fleet, operation, wrapped(body, member), member)
    names = [("vpcep_service_info", "name", {}, "listEndpointServices")]
    names += [("vpcep_service_info", "name", {"scope": "public"}, "listPublicEndpointServices")]
    names += [("vpcep_service_info", "name", {"scope": "describe"}, "describeEndpointService")]
    names += [("vpcep_endpoint", "endpoint_service_name", {"vpc_id": UUID}, "listEndpointServices")]
    names += [("vpcep_connection", "endpoint_service_name", {"pending": True}, "listEndpointServices")]
    names += [("vpcep_permission", "endpoint_service_name", {"permissions": []}, "listEndpointServices")]
    names += [("vpcep_connection_info", "endpoint_service_name", {}, "listEndpointServices")]
    names += [("vpcep_permission_info", "endpoint_service_name", {}, "listEndpointServices")]
    for module, option, base, operation in names:
        yield Limit(module, option, base, operation, None, "endpoint_service_name")
    yield Limit("vpcep_service_info", "id", {}, "listEndpointServices", None, "id")
    yield Limit("vpcep_endpoint_info", "id", {}, "listEndpoints", None, "id")
    yield Limit("vpcep_endpoint_info", "vpc_id", {}, "listEndpoints", None, "vpc_id")
    yield Limit("vpcep_connection_info", "id", HERE, "listConnections", None, "id")
    yield Limit("vpcep_connection_info", "marker_id", HERE, "listConnections", None, "marker_id")
    yield from changes(contract)


def changes(contract: Contract) -> Iterator[Limit]:
    """What ends up in the bodies of the smaller calls."""

    def decision(value: Any) -> Options:
        return {"action": "receive", "endpoints": value[:1] if isinstance(value, list) else value}

    def records(value: Any) -> Options:
        """Users may leave the prefix out."""
        given = value if isinstance(value, list) else [value]
        return {"action": "add", "permissions": [permission_record("" if one is None else one) for one in given]}

    yield Limit("vpcep_connection", "endpoints", HERE, "acceptOrRejectConnection", decision, "endpoints")
    yield Limit("vpcep_permission", "permissions", HERE, "addOrRemovePermissions", records, "permissions")
    yield Limit("vpcep_service", "permissions", SERVICE, "addOrRemovePermissions", records, "permissions")
    if contract.cloud == "huawei":
        for operation, module, base, body in (
            ("batchCreatePermissions", "vpcep_permission", {**HERE, "permissions": ["*"]}, new_record),
            ("updatePermissionDescription", "vpcep_permission", {**HERE, "permissions": ["*"]}, old_record),
            ("updateConnectionDescriptions", "vpcep_connection", {**HERE, "pending": True}, connection),
        ):
            yield Limit(module, "description", base, operation, body, "description")
        balancers = wrapped({}, "server_resources")
        yield Limit("vpcep_service", "server_resources", SERVICE, "addServerResources", balancers, "server_resources")


def new_record(description: Any) -> Options:
    return {"permissions": [{"permission": "*", "description": description}]}


def old_record(description: Any) -> Options:
    return {"permission": {"description": description}}


def connection(description: Any) -> Options:
    return {"connections": [{"id": UUID, "description": description}]}


def wrapped(body: Options, member: str) -> Callable[[Any], Options]:
    return lambda value: {**body, member: tag_entries(value) if member == "tags" else value}


@pytest.mark.fault_injection(BAD_INPUT)
@pytest.mark.parametrize("profile", PROFILES)
def test_our_limits_are_those_of_the_api(
    profile: str, row: Row, short: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract, modules = Contract(profile), Modules(None, tmp_path, monkeypatch)
    auth = {"token": "ready", "project_id": "p", "region": "cn-north-4" if contract.cloud == "huawei" else "eu-de"}
    for limit in limits(contract):
        spec = spec_of(limit.module)[limit.option]
        for value in values_of(limit.option, spec)[:: (9 if short else 1) * (3 if FLEET in limit.base else 1)]:
            if value is None or (limit.member == "tags" and not isinstance(value, dict)):
                continue  # nothing given, or not what tags are to users
            row.tried += 1
            takes = limit.takes(contract, value)
            outcome = modules(limit.module, with_option(limit.base, limit.option, value), auth=auth)
            shown = f"{profile}, {limit.operation}: {shortened({limit.option: value})}: {outcome}"
            if outcome.crashed:
                row.lost.append("traceback: " + shown)
            elif takes and outcome.refused and not stricter(limit, value):
                row.lost.append("the API takes it, we do not: " + shown)
            elif not takes and not outcome.refused and not laxer(limit, contract, value):
                row.lost.append("we take it, the API does not: " + shown)
            if isinstance(outcome.error, InputError) and not explained(outcome, limit.option, value):
                row.lost.append("option, value or limit are not named: " + shown)


def laxer(limit: Limit, contract: Contract, value: Any) -> bool:
    if not limit.right_type(contract, value):
        return True  # Ansible converts it
    if limit.member == "policy_statement" and value and "effect" in value[0]:
        return True  # as older clients spell it; we send what the API wants
    return (limit.operation, limit.member) in LAXER and (value == [] or limit.operation == "createEndpoint")


def stricter(limit: Limit, value: Any) -> bool:
    return any(limit.member in members and holds(value) for members, holds in STRICTER.values())


@pytest.mark.fault_injection(BAD_INPUT)
def test_odd_logins(place: Workspace, row: Row, short: bool) -> None:
    """Whatever is written about the login: a message, and never a traceback."""
    url = place.cloud.iam_url
    urls = [f"{url}{tail}" for tail in ("?a", "#a", "/v3/x", "/ä", "/\n", ":1", "@a", "/" + "a" * 3000, "/\ud800")]
    urls += [
        "http://[::1",
        "http://[::1]:99999",
        "http://127.0.0.1:x",
        "http://",
        "ftp://127.0.0.1",
        "http://127.0.0.1:1",
    ]
    for name, spec in auth_options().items():
        values = (urls if "url" in name else []) + values_of(name, spec)
        for value in values[:: 9 if short else 1]:
            place.attempt("vpcep_quota_info", {**place.modules.auth(), name: value}, row, bad=name)
            if isinstance(value, str) and name in ("token", "access_key", "api_url"):
                others = {"token": "t", "project_id": "p", "region": "eu-de", "api_url": place.cloud.api_url}
                place.modules("vpcep_quota_info", {}, auth={**others, name: value})
