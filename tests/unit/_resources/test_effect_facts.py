"""Which options have no effect, and what a replacement takes over: the facts in fields.py and the decisions on them."""

import re
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import effect, recreation
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    BOTH,
    ENDPOINT,
    HUAWEI,
    OTC,
    SERVICE,
    Field,
)
from tests.support.cases import for_each
from tests.support.situations import POOLS

TABLES = {"service": SERVICE, "endpoint": ENDPOINT}
FIELDS = [(kind, name, field) for kind, table in TABLES.items() for name, field in table.items()]
each_field = for_each(FIELDS)


@each_field
def test_facts_are_about_fields_of_the_same_table(kind: str, name: str, field: Field) -> None:
    table = TABLES[kind]
    for other in (*field.within, *(field.effective_with or {})):
        assert other in table and other != name
        assert set(field.changed_by) <= set(table[other].changed_by), "where the one exists, the other one does"
    for other, values in (field.effective_with or {}).items():
        words = {word for cloud in field.changed_by for word in (table[other].choices or {}).get(cloud, (True, False))}
        assert set(values) < words


@each_field
def test_the_other_type_of_endpoint(kind: str, name: str, field: Field) -> None:
    for cloud in BOTH:
        for value in POOLS[kind, cloud].get(name, []):
            told = effect.wrong_type_reasons(TABLES[kind], {name: value}, "gateway")
            has_it = field.service_type in (None, "gateway")
            assert (told == {}) == (has_it or effect.asks_for_nothing(field, value))
            assert effect.wrong_type_reasons(TABLES[kind], {name: value}, None) == {}


SWITCH: list[tuple[Any, Any, Any]] = [
    ({"whitelist": ["10.0.0.1"]}, {}, None),
    ({"whitelist": ["10.0.0.1"]}, {"enable_whitelist": True}, None),
    ({"whitelist": ["10.0.0.1"]}, {"enable_whitelist": False}, "and it is false, which the cloud cannot change"),
    ({"whitelist": ["10.0.0.1"], "enable_whitelist": False}, {"enable_whitelist": True}, "and it is false$"),
    ({"whitelist": ["10.0.0.1"], "enable_whitelist": True}, {"enable_whitelist": False}, None),
    ({"whitelist": []}, {"enable_whitelist": False}, None),
]


@pytest.mark.parametrize(("wanted", "seen", "words"), SWITCH)
def test_switches(wanted: Any, seen: Any, words: str | None) -> None:
    told = effect.without_their_switch(ENDPOINT, OTC, wanted, seen)
    assert list(told) == (["whitelist"] if words else [])
    if words:
        assert re.search(words, told["whitelist"])
        assert "cannot change" not in effect.without_their_switch(ENDPOINT, HUAWEI, wanted, seen)["whitelist"]


OLD = {
    "vpc_id": "v1",
    "subnet_id": "s1",
    "port_ip": "10.0.0.5",
    "tags": {"a": "1", "_sys_x": "2"},
    "whitelist": ["10.0.0.1"],
}


@pytest.mark.parametrize(
    ("desired", "purge_tags", "expected"),
    [
        ({}, True, {**OLD, "tags": {"a": "1"}}),
        (
            {"vpc_id": "v1", "subnet_id": "s1"},
            True,
            {"port_ip": "10.0.0.5", "tags": {"a": "1"}, "whitelist": ["10.0.0.1"]},
        ),
        ({"subnet_id": "s2", "tags": {}}, True, {"vpc_id": "v1", "whitelist": ["10.0.0.1"]}),
        ({"vpc_id": "v2", "tags": {"b": "1"}, "whitelist": []}, False, {"tags": {"a": "1", "b": "1"}}),
        (
            {"vpc_id": "v2", "subnet_id": "s1"},
            True,
            {"port_ip": "10.0.0.5", "tags": {"a": "1"}, "whitelist": ["10.0.0.1"]},
        ),
    ],
)
def test_what_is_inherited(desired: Any, purge_tags: bool, expected: Any) -> None:
    assert recreation.inherited(ENDPOINT, OLD, desired, purge_tags) == expected


def test_what_need_not_be_sent() -> None:
    plain = {"description": "", "tags": {}, "tcp_proxy": "close", "enable_policy": False, "service_type": "interface"}
    assert recreation.to_be_sent(SERVICE, {**plain, "approval_enabled": True}) == {"approval_enabled": True}
    assert recreation.to_be_sent(SERVICE, {"approval_enabled": False}) == {"approval_enabled": False}
    everything = {"whitelist": [], "enable_whitelist": False, "enable_dns": False}
    assert recreation.to_be_sent(ENDPOINT, everything) == {}
