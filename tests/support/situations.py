"""Random objects and random desired values, and a model of the effect of API calls.

The model knows nothing of plan.py. It refuses what the API refuses, and it resets what the API resets.
"""

import copy
from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    BOTH,
    ENDPOINT,
    HUAWEI,
    OTC,
    SERVICE,
    UNKNOWN,
    Field,
    fields_of,
)
from tests.support import contract

Values = dict[str, Any]


def examples(number: int) -> settings:
    """The same examples on each run and machine, without a database and without a time limit."""
    return settings(derandomize=True, deadline=None, database=None, max_examples=number)


NEVER_HIDDEN = ("approval_enabled", "port_id", "vpc_id", "server_type", "endpoint_service_id", "service_name", "ports")
RECORDS = ("iam:domain::*", "iam:domain::a1", "iam:domain::b2")
ORG_RECORDS = ("organizations:orgPath::o-1/r-1/*", "organizations:orgPath::o-2/?")
ALLOW_ALL = {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:*", "obs:*:*:*:*/*"]}
DENY = {"Effect": "Deny", "Action": ["obs:bucket:Delete", "obs:bucket:Put"], "Resource": ["obs:*:*:*:b"]}


def mapping(client: int, server: int) -> Values:
    return {"client_port": client, "server_port": server, "protocol": "TCP"}


def tags(word: str, number: int, value: str = "") -> dict[str, str]:
    return {f"{word}{index:02}": value for index in range(number)}


IDS = [f"4189d3c2-8882-4871-a3c2-d380272eed8{digit}" for digit in range(3)]
SOME_VALUES: dict[str, list[Any]] = {  # of each kind, normalized; few, so two of them are often equal
    "text": ["first", "second", ""],
    "free_text": ["first", "second", ""],
    "name": ["", "web", "db-1"],
    "flag": [False, True],
    "ports": [[mapping(80, 80)], [mapping(80, 81)], [mapping(80, 80), mapping(443, 8443), mapping(8080, 80)]],
    "tags": [
        {},
        {"a": "1"},
        {"a": "2", "b": ""},
        {"a": "1", **tags("new", 9, "x")},
        tags("old", 20),
        tags("old", 13, "x"),
        tags("new", 20),
        tags("new", 11),
    ],
    "ids": [[], IDS[:1], IDS[1:], IDS],
    "ipv4": ["192.168.0.4", "192.168.0.5"],
    "ipv6": ["2001:db8::1", "2001:db8::2"],
    "ranges": [[], ["10.0.0.1"], ["10.0.0.0/8", "192.168.3.0/24"], ["0.0.0.0/0", "10.0.0.1"]],
    "policy": [[ALLOW_ALL], [DENY], [ALLOW_ALL, DENY]],  # for an empty one the cloud shows its default
    "document": [{"Version": "1.1", "Statement": []}, {"Version": "5.0"}],
}


class Situation(NamedTuple):
    """One object as a cloud has it, and the desired values of a task (normalized, as validation.py returns them)."""

    kind: str
    cloud: str
    real: Values  # the object's normalized values, also those that the cloud does not show
    answer: Values  # how the cloud shows them
    permissions: list[str]
    desired: Values
    purge_tags: bool = True
    purge_permissions: bool = True

    @property
    def table(self) -> dict[str, Field]:
        return {"service": SERVICE, "endpoint": ENDPOINT}[self.kind]


def pool(name: str, field: Field, cloud: str) -> list[Any]:
    """Normalized values of a field."""
    if field.kind == "words":
        words = sorted(field.choices[cloud])
        return [words, words[:1], words[1:]]
    if field.choices:
        return sorted(field.choices[cloud])
    if name == "id" or name.endswith("_id"):
        return IDS
    return SOME_VALUES[field.kind][: -1 if field.kind == "text" and field.min_length else None]


POOLS = {
    (kind, cloud): {name: pool(name, field, cloud) for name, field in fields_of(table, cloud).items()}
    for kind, table in (("service", SERVICE), ("endpoint", ENDPOINT))
    for cloud in BOTH
}
NOT_GIVEN, UNCHANGED = "not given", "unchanged"


@st.composite
def situations(draw: Any, kind: str | None = None, fitting: bool | None = None) -> Situation:
    """Objects and desired values in both clouds. fitting: all differences can be changed in place."""
    fitting = draw(st.booleans()) if fitting is None else fitting
    kind = kind or draw(st.sampled_from(["service", "endpoint"]))
    cloud = draw(st.sampled_from(BOTH))
    pools = POOLS[kind, cloud]
    table = {"service": SERVICE, "endpoint": ENDPOINT}[kind]
    real = {name: draw(st.sampled_from(values)) for name, values in pools.items()}
    desired = {}
    for name in draw(st.sampled_from([list(pools), sorted(pools, reverse=True)])):
        fixed = fitting and table[name].changed_by[cloud] is None
        choice = draw(st.sampled_from([NOT_GIVEN, UNCHANGED, *([] if fixed else pools[name])]))
        if choice is not NOT_GIVEN:
            desired[name] = real[name] if choice is UNCHANGED else choice
    permissions: list[str] = []
    if kind == "service":
        records = RECORDS + (ORG_RECORDS if cloud == HUAWEI else ())
        permissions = draw(some_of(records))
        if draw(st.booleans()):
            desired["permissions"] = draw(some_of(records))
    hidden = {draw(st.sampled_from(sorted(set(pools) - set(NEVER_HIDDEN))))}
    answer = shown(table, real, hidden, draw(st.integers(0, 3)))
    return Situation(kind, cloud, real, answer, permissions, desired, draw(st.booleans()), draw(st.booleans()))


def some_of(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Any of *words*, sorted."""
    numbers = st.integers(0, 2 ** len(words) - 1)
    return numbers.map(lambda bits: [word for index, word in enumerate(sorted(words)) if bits >> index & 1])


def shown(table: dict[str, Field], real: Values, hidden: set[str], spelling: int) -> Values:
    """An answer of the API with these values, in one of several equivalent forms."""
    answer: Values = {"id": "the-object"}
    for name, value in real.items():
        member = table[name].reads_back_as or name
        absent = table[name].absent_means
        if (absent is UNKNOWN and name in hidden) or (value == absent and spelling == 1):
            continue
        answer[member] = None if value == absent and spelling == 2 else spelled(name, table[name].kind, value, spelling)
    return answer


def spelled(name: str, kind: str, value: Any, spelling: int) -> Any:
    """A normalized value in a form that an answer can have."""
    value = copy.deepcopy(value)
    if kind == "tags":
        return [{"key": key, "value": value[key]} for key in sorted(value, reverse=spelling > 1)]
    if kind == "name":
        return f"eu-de.{value}.the-object" if value else "eu-de.the-object"
    if spelling == 0:
        return value
    if kind == "flag" and spelling == 3:
        return str(value).lower()
    if kind == "ports":
        return [{**port, "client_port": str(port["client_port"])} for port in reversed(value)]
    if kind == "policy" and spelling == 2:
        return [{key.lower(): item for key, item in statement.items()} for statement in reversed(value)]
    if kind == "ranges" and spelling == 3:
        return [item if "/" in item else item + "/32" for item in reversed(value)]
    return value[::-1] if isinstance(value, list) else value


class Refused(AssertionError):
    """The API refuses this call."""


class Model:
    """One object of a cloud, which only the API's calls change."""

    def __init__(self, situation: Situation) -> None:
        self.table, self.cloud = situation.table, situation.cloud
        self.real = copy.deepcopy(situation.real)
        self.permissions = set(situation.permissions)

    def carry_out(self, steps: list[Any]) -> None:
        for operation, body in steps:
            {
                "updateEndpointService": self.update_service,
                "updateEndpointWhitelist": self.update_whitelist,
                "updateEndpointRouteTables": self.update_members,
                "updateEndpointPolicy": self.update_members,
                "changeResourceTags": self.change_tags,
                "addOrRemovePermissions": self.change_permissions,
            }[operation](operation, copy.deepcopy(body))

    def update_members(self, operation: str, body: Values) -> None:
        """Replaces the members sent."""
        self.check(body and set(body) <= contract.request_members(operation, self.cloud), f"{operation} {body}")
        self.real.update(body)

    def update_service(self, operation: str, body: Values) -> None:
        self.check(body and not {"port_id", "ip"} <= set(body), "EndPoint.3052")
        self.check(body.get("ports") != [], "EndPoint.0002")
        self.update_members(operation, {"approval_enabled": True, **body})

    def update_whitelist(self, operation: str, body: Values) -> None:
        self.update_members(operation, {"whitelist": [], "enable_whitelist": False, **body})

    def change_tags(self, _operation: str, body: Values) -> None:
        self.check(set(body) == {"action", "tags"}, "members")
        keys = [tag["key"] for tag in body["tags"]]
        self.check(0 < len(keys) <= {OTC: 20, HUAWEI: 10}[self.cloud], "number of tags")
        self.check(len(set(keys)) == len(keys), "EndPoint.3067")
        for tag in body["tags"]:
            if body["action"] == "create":
                self.real["tags"][tag["key"]] = tag["value"]
            else:
                self.check(body["action"] == "delete", "EndPoint.0007")
                if tag.get("value", self.real["tags"].get(tag["key"])) == self.real["tags"].get(tag["key"]):
                    self.real["tags"].pop(tag["key"], None)
        self.check(len(self.real["tags"]) <= 20, "EndPoint.3069")

    def change_permissions(self, _operation: str, body: Values) -> None:
        kind = body.get("permission_type", "domainId")
        self.check(set(body) <= {"action", "permissions", "permission_type"} and body["permissions"], "EndPoint.3036")
        self.check("permission_type" not in body or self.cloud == HUAWEI, "permission_type")
        for record in body["permissions"]:
            self.check(record.startswith("organizations:") == (kind == "orgPath"), f"{record} is no {kind}")
        if body["action"] == "add":
            self.permissions |= set(body["permissions"])
        else:
            self.check(body["action"] == "remove", "EndPoint.3035")
            self.permissions -= set(body["permissions"])

    @staticmethod
    def check(fine: Any, refusal: str) -> None:
        if not fine:
            raise Refused(refusal)
