"""Options with odd values, by themselves and in pairs, against the simulator: no traceback, and nothing accepted here
that the API refuses. What each limit is, tests/unit/_schema compares with the OpenAPI description."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from tests.simulator.contract import Violation
from tests.support.programs import Cloud
from tests.support.situations import examples

from .report import Row
from .support_input import MODULES, UUID, Modules, Options, Outcome

BAD_INPUT = "bad input"
FLEET = "endpoints"  # the option that is a list of definitions; one of theirs is called endpoints.NAME here
AUTH = set(auth_options())
PROFILES = ("otc", "otc-2025-11", "huawei")

# Where the description of the API only infers a limit: IDs of others' services, and that there is one specification.
INFERRED = {("createEndpoint", "endpoint_service_id"), ("createEndpoint", "specification_name")}
# Values


def mapping(client: Any = 80, server: Any = 80, **more: Any) -> Options:
    return {"client_port": client, "server_port": server, **more}


def statement(**other: Any) -> Options:
    return {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["*"], **other}


KEY_SIGNS = st.characters(codec="utf-8", categories=("L", "N"), include_characters=" _.:=+-@/")
LENGTHS = (16, 17, 36, 37, 64, 65, 128, 129, 255, 256, 512, 513, 1024, 1025, 100_000)
ODD_SIGNS = ["", " ", "a ", "a b", "a/b", "..", "a?b", "a%2fb", "a\nb", "\x00", "<"]
ODD_LETTERS = ["ä", "名前", "٣", "a\u0301", "\ud800"]
NAMES = ["*", "web", "_sys_a", "iam:domain::", "iam:domain::a", "organizations:orgPath::o-1/r?/*"]
WORDS = ["{{ x }}", "true", "1e9"]
IDS = [UUID, UUID.upper(), UUID[:-1], UUID.replace("-", ""), "{" + UUID + "}", "eu-de.web." + UUID]
ADDRESSES = ["10.0.0.1", "10.0.0.256", "010.0.0.1", "10.0.0.1/32", "10.0.0.0/33", "\u0661\u0660.0.0.1", "::1"]
SIGNS = [*ODD_SIGNS, *ODD_LETTERS, *NAMES, *WORDS, *IDS, *ADDRESSES, "fe80::1%eth0"]
TEXTS: list[Any] = [*SIGNS, *("a" * length for length in LENGTHS), "ä" * 129]
NUMBERS: list[Any] = [-1, 0, 1, 5, 65535, 65536, 2**31, 2**63, 10**400, 5.5, float("nan"), float("inf")]
OTHERS: list[Any] = [None, True, False, [], {}, [None], [[]], [{}], ["a"], {"a": "b"}, {"": None}, {"a": {"b": []}}]
LISTS: list[Any] = [
    *([text] for text in TEXTS),
    *([UUID] * number for number in (2, 20, 21, 32, 33, 10_000)),
    *([f"10.0.0.{index}" for index in range(number)] for number in (20, 21, 32, 33)),
]
DICTS: list[Any] = [
    *({text: "v"} for text in TEXTS),
    *({"k": text} for text in TEXTS + NUMBERS + OTHERS),
    *({f"k{index}": "v" for index in range(number)} for number in (10, 11, 20, 21, 10_000)),
    {"Version": "1.1", "Statement": ["a"]},
]
PORTS: list[Any] = [
    *([mapping(port)] for port in [*NUMBERS, *TEXTS[:6], True, None, "80", [], {}]),
    *([mapping(protocol=word)] for word in ("TCP", "tcp", "UDP", "", None, 5)),
    *([mapping(1000 + index) for index in range(number)] for number in (1, 2, 200, 201)),
    [mapping(80, 80), mapping(80, 81)],
    [{"client_port": 80}],
    [mapping(more=1)],
]
POLICIES: list[Any] = [
    *([statement(Effect=word)] for word in ("Allow", "deny", "", None, 5)),
    *([statement(Action=words)] for words in ([], ["a", "a"], "a", None, [None], {}, ["\ud800"])),
    *([statement(Condition=given)] for given in ({}, {"a": float("nan")}, "a", None)),
    *([statement(Sid=f"s{index}") for index in range(number)] for number in (10, 11)),
    [{"effect": "Allow", "action": ["a"], "resource": ["b"]}],
]
BALANCERS: list[Any] = [[{"resource_id": UUID}], [{"resource_id": None}], [{"availability_zone_id": "a"}], ["a"]]
FLEETS: list[Any] = [
    *([{"id": text}] for text in TEXTS[:12]),
    *([{"vpc_id": UUID, "subnet_id": text} for text in texts] for texts in (["a", "a"], [UUID, UUID], [UUID, None])),
    [{"id": UUID}, {"id": UUID.upper()}],
    [{"id": UUID}, None],
    [{"vpc_id": UUID, "endpoint_service_id": UUID}, {"vpc_id": UUID, "endpoint_service_name": "web"}],
    [{"vpc_id": UUID, "more": 1}],
]
BY_TYPE = {
    "list": LISTS,
    "dict": DICTS,
    "raw": DICTS,
    "str": TEXTS,
    "path": TEXTS,
    "int": NUMBERS,
    "float": NUMBERS,
    "bool": [],
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
            if (operation.id, violation.member) not in INFERRED:
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
        yield "vpcep_audit_info", {"rules": {"endpoint-waiting": {"days": 1}}, "formats": ["text", "sarif"]}
        yield "vpcep_export_info", {"services": [self.service], "endpoints": [self.endpoint], "known_services": ["s1"]}
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


@pytest.mark.fault_injection(BAD_INPUT)
def test_odd_logins(place: Workspace, row: Row, short: bool) -> None:
    """Any text about the login leads to a message, never to a traceback."""
    url = place.cloud.iam_url
    urls = [f"{url}{tail}" for tail in ("?a", "#a", "/v3/x", "/ä", "/\n", ":1", "@a", "/" + "a" * 3000, "/\ud800")]
    urls += ["http://[::1", "http://[::1]:99999", "http://127.0.0.1:x", "http://"]
    urls += ["ftp://127.0.0.1", "http://127.0.0.1:1"]
    for name, spec in auth_options().items():
        values = (urls if "url" in name else []) + values_of(name, spec)
        for value in values[:: 9 if short else 1]:
            place.attempt("vpcep_quota_info", {**place.modules.auth(), name: value}, row, bad=name)
            if isinstance(value, str) and name in ("token", "access_key", "api_url"):
                others = {"token": "t", "project_id": "p", "region": "eu-de", "api_url": place.cloud.api_url}
                place.modules("vpcep_quota_info", {}, auth={**others, name: value})
