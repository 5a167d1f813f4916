"""The normalized form of each value, and the errors for answers that are not valid."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ENDPOINT, SERVICE, UNKNOWN
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import (
    KINDS,
    admits,
    permission_key,
    permission_record,
    tag_list,
    tag_value,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import (
    UnusableAnswer,
    first_known,
    normalize,
    observed,
    short_name,
)
from tests.support.cases import for_each
from tests.support.situations import POOLS, examples, spelled

# Names


@pytest.mark.parametrize(
    "full, short",
    [
        ("eu-de.web.4189d3c2", "web"),
        ("eu-de.4189d3c2", ""),
        ("eu-de.a.b.4189d3c2", "a.b"),
        ("eu-de..4189d3c2", ""),
        ("eu-de.web.another", ""),
        ("com.t-systems.otc.eu-de.dns", ""),
        ("4189d3c2", ""),
        ("web", "web"),
        ("", ""),
        (None, ""),
    ],
)
def test_short_name(full: Any, short: str) -> None:
    assert short_name(full, "4189d3c2") == short


@pytest.mark.parametrize("full, service_id", [("eu-de.web.", ""), ("eu-de.web.None", None), (".web.4189", "4189")])
def test_a_name_without_region_or_id_has_no_short_form(full: str, service_id: Any) -> None:
    assert short_name(full, service_id) == ""


@pytest.mark.parametrize("name, short", [("web", "web"), ("", ""), (8080, "8080")])
def test_name(name: Any, short: str) -> None:
    assert normalize("name", name) == short


# Ports


def test_ports_have_no_order_and_one_spelling() -> None:
    expected = [
        {"client_port": 80, "server_port": 8080, "protocol": "TCP"},
        {"client_port": 443, "server_port": 8443, "protocol": "TCP"},
    ]
    assert normalize("ports", expected[::-1]) == expected
    texts = [{"client_port": "443", "server_port": "8443", "protocol": "tcp", "id": 7}]
    defaults = [{"client_port": 80, "server_port": 8080}, {"client_port": 80, "server_port": 8080, "protocol": None}]
    assert normalize("ports", texts + defaults[:1]) == expected
    assert normalize("ports", texts + defaults[1:]) == expected


def test_client_ports_to_one_server_port_stay_apart() -> None:
    mappings = [{"client_port": 8080, "server_port": 80}, {"client_port": 8081, "server_port": 80}]
    assert [(port["client_port"], port["server_port"]) for port in normalize("ports", mappings)] == [
        (8080, 80),
        (8081, 80),
    ]


@pytest.mark.parametrize(
    "value",
    [
        5,
        "80",
        [80],
        [{}],
        [{"client_port": 80}],
        [{"client_port": "x", "server_port": 1}],
        {"client_port": 80},
        [None],
        [{"client_port": None, "server_port": 1}],
        [{"client_port": float("inf"), "server_port": 1}],
        [{"client_port": float("nan"), "server_port": 1}],
    ],
)
def test_what_are_no_ports(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        normalize("ports", value)


# Tags


def test_tags_as_dict_and_as_list_are_the_same() -> None:
    as_list = [{"key": "b", "value": ""}, {"key": "a", "value": "1"}, {"key": "c"}, {"key": "d", "value": None}]
    as_dict = {"a": "1", "b": "", "c": None, "d": ""}
    assert normalize("tags", as_list) == normalize("tags", as_dict) == {"a": "1", "b": "", "c": "", "d": ""}


def test_tag_list_is_sorted() -> None:
    assert tag_list({"b": "2", "a": ""}) == [{"key": "a", "value": ""}, {"key": "b", "value": "2"}]


@pytest.mark.parametrize(
    "value, text",
    [(True, "true"), (False, "false"), (8080, "8080"), (1.5, "1.5"), (None, ""), ("", ""), (" x ", " x "), (0, "0")],
)
def test_tag_value(value: Any, text: str) -> None:
    assert tag_value(value) == text


@pytest.mark.parametrize("value", [[], {}, ["a"], {"a": "b"}])
def test_a_list_is_no_tag_value(value: Any) -> None:
    with pytest.raises(TypeError):
        tag_value(value)


@pytest.mark.parametrize("value", [5, "ab", ["a"], [{"value": "x"}], [{"key": "a", "value": {}}], [None], [[]]])
def test_what_are_no_tags(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        normalize("tags", value)


# Whitelist records


@pytest.mark.parametrize(
    "given, record, key",
    [
        ("5fc973ee", "iam:domain::5fc973ee", "iam:domain::5fc973ee"),
        ("iam:domain::5fc973ee", "iam:domain::5fc973ee", "iam:domain::5fc973ee"),
        (" 5fc973ee\n", "iam:domain::5fc973ee", "iam:domain::5fc973ee"),
        ("*", "*", "iam:domain::*"),
        ("iam:domain::*", "iam:domain::*", "iam:domain::*"),
        ("organizations:orgPath::o-1/*", "organizations:orgPath::o-1/*", "organizations:orgPath::o-1/*"),
        (12345678, "iam:domain::12345678", "iam:domain::12345678"),
        ("", "iam:domain::", "iam:domain::"),
        ("!a::b", "!a::b", "!a::b"),
    ],
)
def test_permission(given: Any, record: str, key: str) -> None:
    assert permission_record(given) == record
    assert permission_key(given) == permission_key(record) == permission_key(key) == key


def test_a_whitelist_admits_accounts() -> None:
    names = ["iam:domain::a", "organizations:orgPath::b/*"]
    assert [admits(names, one) for one in ("a", "b", "aa")] == [True, False, False]
    assert admits(["iam:domain::*"], "b") and not admits([], "b")


def test_permissions_are_a_set() -> None:
    assert normalize("permissions", ["b", "iam:domain::a", "a", "*", "iam:domain::*"]) == [
        "iam:domain::*",
        "iam:domain::a",
        "iam:domain::b",
    ]


# Addresses


def test_ranges() -> None:
    given = ["192.168.3.7/24", "10.0.0.1/32", "10.0.0.1", "10.0.0.0/8", "9.0.0.0/8"]
    assert normalize("ranges", given) == ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.1", "192.168.3.0/24"]
    assert normalize("ranges", ["0.0.0.0/0"]) == ["0.0.0.0/0"]


@pytest.mark.parametrize("value", ["10.0.0.1", 5, ["10.0.0"], ["::1"], ["10.0.0.0/33"], [["10.0.0.1"]], [None], {}])
def test_what_are_no_ranges(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        normalize("ranges", value)


def test_addresses() -> None:
    assert normalize("ipv4", "192.168.0.4") == "192.168.0.4"
    assert normalize("ipv6", "2001:0DB8:0:0::1") == "2001:db8::1"
    for kind, value in (("ipv4", "::1"), ("ipv6", "10.0.0.1"), ("ipv4", 5), ("ipv4", "10.0.0.1/32"), ("ipv4", "")):
        with pytest.raises(ValueError):
            normalize(kind, value)


# Words and flags


def test_lists_of_words_are_sets() -> None:
    assert normalize("ids", ["b", "a", "b"]) == ["a", "b"]
    assert normalize("words", "profession") == normalize("words", ["profession"]) == ["profession"]


@pytest.mark.parametrize("value, flag", [(True, True), (False, False), ("true", True), ("False", False)])
def test_flag(value: Any, flag: bool) -> None:
    assert normalize("flag", value) is flag


@pytest.mark.parametrize("value", [1, 0, "yes", "", None, [], {}])
def test_what_is_no_flag(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        normalize("flag", value)


# Policies


ALLOW = {"Effect": "Allow", "Action": ["obs:a", "obs:b"], "Resource": ["obs:x", "obs:y"]}


@pytest.mark.parametrize(
    "spelling",
    [
        {"Effect": "Allow", "Action": ["obs:b", "obs:a", "obs:a"], "Resource": ["obs:y", "obs:x"]},
        {"EFFECT": "allow", "ACTION": ["obs:a", "obs:b"], "resourcE": ["obs:x", "obs:y"]},
        {"effect": "allow", "action": ["obs:a", "obs:b"], "resource": ["obs:x", "obs:y"]},
        {"Resource": ["obs:x", "obs:y"], "Effect": "ALLOW", "Action": ["obs:a", "obs:b"]},
        {**ALLOW, "Condition": None, "Sid": None},
        {**ALLOW, "Condition": {}, "Sid": ""},
        {**ALLOW, "effect": "Allow", "action": ["obs:a", "obs:b"]},  # as Ansible leaves aliases
    ],
)
def test_policies_that_mean_the_same(spelling: Any) -> None:
    assert normalize("policy", [spelling]) == [ALLOW]
    assert normalize("policy", [spelling, ALLOW]) == [ALLOW]


def test_the_order_of_keys_in_a_condition_makes_no_difference() -> None:
    one, other = {"StringEquals": {"a": ["b"], "c": ["d"]}}, {"StringEquals": {"c": ["d"], "a": ["b"]}}
    assert normalize("policy", [{**ALLOW, "Condition": one}, {**ALLOW, "Condition": other}]) == [
        {**ALLOW, "Condition": one}
    ]


def test_a_text_is_a_list_of_one() -> None:
    assert normalize("policy", [{"Effect": "Deny", "Action": "*", "Resource": "*"}]) == [
        {"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}
    ]


@pytest.mark.parametrize(
    "other",
    [
        {**ALLOW, "Effect": "Deny"},
        {**ALLOW, "Action": ["obs:a"]},
        {**ALLOW, "Resource": ["obs:X", "obs:y"]},
        {**ALLOW, "Condition": {"StringEquals": {"a": ["b"]}}},
        {**ALLOW, "Sid": "one"},
        {**ALLOW, "Whatever": 1},
    ],
)
def test_policies_that_differ(other: Any) -> None:
    assert normalize("policy", [other]) != [ALLOW]
    assert normalize("policy", [other, ALLOW]) == normalize("policy", [ALLOW, other])
    assert len(normalize("policy", [other, ALLOW])) == 2


def test_a_statement_holds_what_it_was_given() -> None:
    """Nothing is added: that something is missing is for the cloud to say."""
    assert normalize("policy", [{"action": "b", "Sid": "", "Condition": {}, "x": None}]) == [{"Action": ["b"]}]
    assert normalize("policy", [{"effect": "DENY"}]) == [{"Effect": "Deny"}]


def test_the_default_policy_is_canonical() -> None:
    default = ENDPOINT["policy_statement"].default
    assert normalize("policy", default) == default


def test_documents() -> None:
    document = {"Version": "1.1", "Statement": [{"effect": "allow", "action": "a", "resource": ["b"]}]}
    expected = {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["a"], "Resource": ["b"]}]}
    assert normalize("document", document) == normalize("document", json.dumps(document)) == expected
    assert document["Statement"][0] == {"effect": "allow", "action": "a", "resource": ["b"]}, "left as it was"
    for value in ("[]", "{", "5", 5, ["a"], {"Statement": ["a"]}, {"Statement": [{"Action": {}}]}):
        with pytest.raises((TypeError, ValueError)):
            normalize("document", value)


# Every kind


@pytest.mark.parametrize("table_and_cloud", POOLS, ids=str)
def test_every_spelling_of_a_value_is_the_same(table_and_cloud: Any) -> None:
    table = {"service": SERVICE, "endpoint": ENDPOINT}[table_and_cloud[0]]
    for name, values in POOLS[table_and_cloud].items():
        for value, spelling in itertools.product(values, range(4)):
            shown = spelled(name, table[name].kind, value, spelling)
            if table[name].kind == "name":  # only together with the ID does a full name tell the short one
                assert observed(name, table[name], {"id": "the-object", name: shown}) == value
            else:
                assert normalize(table[name].kind, shown) == value, (name, spelling)
            assert normalize(table[name].kind, value) == value, name


NUMBERS = st.one_of(st.integers(-2, 70000), st.sampled_from([1e999, -1e999, 0.5, 10**30]))
WORDS = st.sampled_from(
    ["", " ", "a", "TCP", "true", "10.0.0.1", "10.0.0.1/24", "::1", "a.b.c", "*", "{", "[]", "{}", '{"a": "b"}', "0x1F"]
)
MEMBERS = "client_port server_port protocol key value Action action Effect Resource Condition Sid Statement id"
KEYS = st.sampled_from([*MEMBERS.split(), ""])
GARBAGE = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


@pytest.mark.slow
@examples(150)
@given(st.sampled_from(sorted(KINDS)), GARBAGE)
def test_anything_has_one_form_or_none(kind: str, value: Any) -> None:
    """TypeError and ValueError are all that comes out; what is canonical stays as it is, and is JSON."""
    try:
        form = normalize(kind, value)
    except (TypeError, ValueError):
        return
    assert normalize(kind, form) == form
    assert json.loads(json.dumps(form)) == form


# What answers say


FIELDS = [(kind, name) for kind, table in (("service", SERVICE), ("endpoint", ENDPOINT)) for name in table]


def field_of(kind: str, name: str) -> Any:
    return {"service": SERVICE, "endpoint": ENDPOINT}[kind][name]


@for_each(FIELDS)
def test_absent_null_and_empty_are_the_same(kind: str, name: str) -> None:
    field = field_of(kind, name)
    member = field.reads_back_as or name
    for nothing in (None, "", [], {}):
        assert observed(name, field, {member: nothing}) == observed(name, field, {}) == field.absent_means


def test_false_and_zero_are_values() -> None:
    assert observed("approval_enabled", SERVICE["approval_enabled"], {"approval_enabled": False}) is False
    with pytest.raises(UnusableAnswer):  # a number where the cloud shows texts; zero is not nothing
        observed("enterprise_project_id", SERVICE["enterprise_project_id"], {"enterprise_project_id": 0})


def test_an_address_reads_back_under_another_name() -> None:
    answer = {"port_ip": "10.0.0.1", "ip": "10.0.0.2"}
    assert observed("port_ip", ENDPOINT["port_ip"], answer) == "10.0.0.2"


def test_an_unusable_answer_names_object_field_and_value() -> None:
    with pytest.raises(UnusableAnswer, match=r"about svc-1 has ports=\[5\].*nothing was changed") as caught:
        observed("ports", SERVICE["ports"], {"id": "svc-1", "ports": [5]})
    assert isinstance(caught.value, VpcepError)


@pytest.mark.slow
@examples(150)
@given(st.sampled_from(FIELDS), GARBAGE)
def test_any_answer_is_a_value_or_unusable(which: Any, value: Any) -> None:
    field = field_of(*which)
    try:
        seen = observed(which[1], field, {"id": "x", field.reads_back_as or which[1]: value})
    except UnusableAnswer:
        return
    assert seen is UNKNOWN or seen == field.absent_means or normalize(field.kind, seen) == seen


def test_first_known() -> None:
    assert first_known(None, UNKNOWN, "", "x") == ""
    assert first_known(None, UNKNOWN) is None
    assert first_known(False, True) is False
