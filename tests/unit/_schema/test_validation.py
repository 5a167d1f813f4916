"""What input is taken and what is refused: for each rule the last that passes and the first that does not."""

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import field_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    BOTH,
    CLOUD_NAMES,
    ENDPOINT,
    HUAWEI,
    OPTION_NAMES,
    OTC,
    SERVICE,
    all_choices,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import KINDS, shortened
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.validation import (
    check_ids,
    desired_permissions,
    desired_values,
    refuse,
    wait_timeout,
)
from tests.support.cases import for_each
from tests.support.situations import examples

TABLES = {"service": SERVICE, "endpoint": ENDPOINT}
UUID = "4189d3c2-8882-4871-a3c2-d380272eed88"


class Rule(NamedTuple):
    """A rule about one option: what it takes, what it does not, and what the message has to name."""

    kind: str
    option: str
    takes: Any
    refuses: Any
    names: list[str]
    clouds: tuple[str, ...] = BOTH


def mappings(number: int) -> list[Any]:
    return [{"client_port": 1000 + index, "server_port": 80, "protocol": "TCP"} for index in range(number)]


def mapping(client: Any = 80, server: Any = 80, protocol: Any = "TCP") -> list[Any]:
    return [{"client_port": client, "server_port": server, "protocol": protocol}]


def statements(number: int) -> list[Any]:
    return [{"Effect": "Allow", "Action": [f"obs:{index}"], "Resource": ["*"]} for index in range(number)]


def statement(**other: Any) -> list[Any]:
    return [{"Effect": "Allow", "Action": ["a"], "Resource": ["b"], "Condition": None, "Sid": None, **other}]


def addresses(number: int) -> list[str]:
    return [f"10.0.0.{index}" for index in range(number)]


def tags(number: int) -> dict[str, str]:
    return {f"k{index}": "v" for index in range(number)}


RULES = [
    # identifiers
    *(
        Rule("service", option, UUID, wrong, [option, repr(wrong), "UUID"])
        for option in ("port_id", "vpc_id")
        for wrong in (UUID[:-1], UUID + "0", UUID.replace("-", "_"), "web", "../" + UUID, UUID + "\n", UUID[:-1] + "g")
    ),
    *(
        Rule("endpoint", option, UUID.upper(), wrong, [option, repr(wrong), "UUID"])
        for option in ("vpc_id", "subnet_id")
        for wrong in (UUID[:-1], " " + UUID)
    ),
    Rule("service", "vpc_id", UUID, "", ["vpc_id", "0 characters", "at least 1"]),
    Rule("service", "vip_port_id", UUID, "x", ["vip_port_id", "'x'", "UUID"], (OTC,)),
    Rule("service", "pool_id", "a" * 64, "a" * 65, ["pool_id", "'aaa", "65 characters", "limit is 64"]),
    Rule("service", "pool_id", "a", "", ["pool_id", "0 characters", "at least 1"]),
    Rule("service", "pool_id", "a-b_c", "a/b", ["pool_id", "'a/b'", "letters, digits"]),
    Rule("endpoint", "endpoint_service_id", "a-b", "a.b", ["endpoint_service_id", "'a.b'", "1 to 64 letters"]),
    Rule("endpoint", "routetables", [], ["rt"], ["routetables", "'rt'", "UUID"]),
    Rule("endpoint", "routetables", [UUID], [UUID, UUID + "/"], ["routetables", UUID + "/", "UUID"]),
    # texts
    Rule("service", "name", "a" * 16, "a" * 17, ["name", "'aaaaaaaaaaaaaaaaa'", "17 characters", "limit is 16"]),
    Rule("service", "name", "", "a b", ["name", "'a b'", "letters, digits, underscores and hyphens"]),
    Rule("service", "name", "A-z_0", "ä", ["name", "'ä'", "letters, digits, underscores and hyphens"]),
    Rule("service", "name", "a", "a.b", ["name", "'a.b'", "letters, digits, underscores and hyphens"]),
    Rule("service", "name", "a", "a\n", ["name", r"'a\n'", "letters, digits, underscores and hyphens"]),
    *(
        rule
        for kind in TABLES
        for rule in (
            Rule(kind, "description", "ü" * 128, "ü" * 129, ["description", "'üüü", "129 characters", "limit is 128"]),
            Rule(kind, "description", "a\nb & 'c'", "a<b", ["description", "'a<b'", "< and >"]),
            Rule(kind, "description", "", "a\n>", ["description", "< and >"]),
        )
    ),
    Rule("service", "enterprise_project_id", "0" * 36, "0" * 37, ["enterprise_project_id", "37", "36"], (OTC,)),
    Rule("service", "ip", "x", "", ["ip", "0 characters", "at least 1"], (HUAWEI,)),
    Rule("endpoint", "specification_name", "x", "", ["specification_name", "0 characters", "at least 1"], (OTC,)),
    # ports
    Rule("service", "ports", mappings(1), [], ["ports", "0 entries", "at least 1"]),
    Rule("service", "ports", mappings(200), mappings(201), ["ports", "201 entries", "limit is 200"]),
    Rule("service", "ports", mapping(1), mapping(0), ["ports[0].client_port", "0", "from 1 to 65535"]),
    Rule("service", "ports", mapping(65535), mapping(65536), ["ports[0].client_port", "65536", "from 1 to 65535"]),
    Rule("service", "ports", mapping(80, 1), mapping(80, -1), ["ports[0].server_port", "-1", "from 1 to 65535"]),
    Rule("service", "ports", mapping(80, 65535), mapping(80, 65536), ["ports[0].server_port", "65536", "to 65535"]),
    Rule("service", "ports", mapping(80), mapping(True), ["ports[0].client_port", "True"]),
    Rule("service", "ports", mapping(80), mapping(None), ["ports[0].client_port", "None"]),
    Rule("service", "ports", mapping(protocol="tcp"), mapping(protocol="UDP"), ["ports[0].protocol", "'UDP'", "TCP"]),
    Rule("service", "ports", mapping(80, 80) + mapping(81, 80), mapping(80, 80) + mapping(80, 81),
         ["ports[1]", "80/TCP", "twice"]),
    # tags
    Rule("service", "tags", tags(20), tags(21), ["tags", "21 entries", "limit is 20"]),
    Rule("endpoint", "tags", {"k" * 128: ""}, {"k" * 129: ""}, ["tags['kkk", "129 characters", "1 to 128"]),
    Rule("endpoint", "tags", {"k": ""}, {"": "v"}, ["tags['']", "0 characters", "1 to 128"]),
    Rule("service", "tags", {"k": "v" * 255}, {"k": "v" * 256}, ["tags['k']", "256 characters", "0 to 255"]),
    Rule("service", "tags", {"a b": "c d"}, {" a": "c"}, ["tags[' a']", "' a'", "blank"]),
    Rule("service", "tags", {"a b": "c d"}, {"a": "c "}, ["tags['a']", "'c '", "blank"]),
    Rule("service", "tags", {"ä_.:=+-@": "_.:/=+-@ß"}, {"a/b": ""}, ["tags['a/b']", "'a/b'", "letters, digits"]),
    Rule("service", "tags", {"a": "1/2"}, {"a": "1,2"}, ["tags['a']", "'1,2'", "letters, digits"]),
    Rule("service", "tags", {"a": "b"}, {"a": "b\nc"}, ["tags['a']", r"'b\nc'", "letters, digits"]),
    Rule("service", "tags", {"_sy": "", "a_sys_": ""}, {"_sys_a": ""}, ["tags['_sys_a']", "_sys_", "reserved"]),
    Rule("service", "tags", {"a": 1, "b": True, "c": None}, {"a": [1]}, ["tags['a']", "must be a text"]),
    # choices
    Rule("service", "server_type", "BMS", "vm", ["server_type", "'vm'", "LB, VM, VIP, BMS", "T Cloud"], (OTC,)),
    Rule("service", "server_type", "VIP", "BMS", ["server_type", "'BMS'", "LB, VM, VIP on Huawei"], (HUAWEI,)),
    Rule("service", "tcp_proxy", "proxy_vni", "on", ["tcp_proxy", "'on'", "close", "T Cloud"], (OTC,)),
    Rule("service", "tcp_proxy", "open", "proxy_vni", ["tcp_proxy", "'proxy_vni'", "Huawei Cloud"], (HUAWEI,)),
    Rule("service", "service_type", "interface", "gateway", ["service_type", "'gateway'", "interface"]),
    Rule("service", "ip_version", "ipv6", "dualstack", ["ip_version", "'dualstack'", "ipv4, ipv6"]),
    Rule("endpoint", "ip_version", "ipv6", "dualstack", ["ip_version", "'dualstack'", "ipv4, ipv6 on T Cloud"], (OTC,)),
    Rule("endpoint", "ip_version", "dualstack", "ipv6", ["ip_version", "'ipv6'", "dualstack on Huawei"], (HUAWEI,)),
    Rule("endpoint", "edition", "basic", "free", ["edition", "'free'", "profession, basic"], (OTC,)),
    Rule("service", "supported_editions", ["basic"], ["basic", "free"], ["supported_editions", "'free'"], (OTC,)),
    Rule("service", "payer", "endpoint", "me", ["payer", "'me'", "endpoint, endpoint_service"], (OTC,)),
    # addresses
    Rule("endpoint", "port_ip", "192.168.0.4", "192.168.0.256", ["port_ip", "'192.168.0.256'", "IPv4 address"]),
    Rule("endpoint", "port_ip", "0.0.0.0", "192.168.0.4/32", ["port_ip", "'192.168.0.4/32'", "IPv4 address"]),
    Rule("endpoint", "port_ip", "10.0.0.1", "", ["port_ip", "''", "IPv4 address"]),
    Rule("endpoint", "port_ip", "10.0.0.1", "010.0.0.1", ["port_ip", "'010.0.0.1'", "IPv4 address"]),
    Rule("endpoint", "ipv6_address", "2001:db8::1", "10.0.0.1", ["ipv6_address", "'10.0.0.1'", "IPv6"], (HUAWEI,)),
    Rule("endpoint", "whitelist", addresses(20), addresses(21), ["whitelist", "21 entries", "limit is 20"], (OTC,)),
    Rule("endpoint", "whitelist", addresses(32), addresses(33), ["whitelist", "33 entries", "limit is 32"], (HUAWEI,)),
    Rule("endpoint", "whitelist", ["10.0.0.0/0"], ["10.0.0.0/33"], ["whitelist", "'10.0.0.0/33'", "CIDR"]),
    Rule("endpoint", "whitelist", ["10.0.0.0/8"], ["10.0.0.0/255.0.0.0"], ["whitelist", "255.0.0.0", "CIDR"]),
    Rule("endpoint", "whitelist", [], ["::1"], ["whitelist", "'::1'", "CIDR"]),
    Rule("endpoint", "whitelist", ["10.0.0.1"], ["10.0.0.1 "], ["whitelist", "'10.0.0.1 '", "CIDR"]),
    # policies
    Rule("endpoint", "policy_statement", statements(10), statements(11), ["policy_statement", "11 entries", "is 10"]),
    Rule("endpoint", "policy_statement", [], statement(Action=[]), ["policy_statement[0]", "Action is missing"]),
    Rule("endpoint", "policy_statement", statement(), statement(Resource=None), ["[0]", "Resource is missing"]),
    Rule("endpoint", "policy_statement", statement(Effect="deny"), statement(Effect="Maybe"),
         ["policy_statement[0].Effect", "'Maybe'", "Allow, Deny"]),
    Rule("endpoint", "policy_statement", statement(), statement(Sid="a"), ["[0].Sid", "T Cloud Public"], (OTC,)),
    Rule("endpoint", "policy_statement", statement(Sid="a", Condition={"a": 1}), statement(Effect=None),
         ["[0]", "Effect is missing"], (HUAWEI,)),
    Rule("endpoint", "policy_document", {}, {"Statement": ["a"]}, ["policy_document", "policy document"], (HUAWEI,)),
    Rule("endpoint", "policy_document", '{"Version": "1.1"}', "[]", ["policy_document", "'[]'"], (HUAWEI,)),
]  # fmt: skip


@for_each((rule,) for rule in RULES)
def test_the_last_that_is_taken(rule: Rule) -> None:
    for cloud in rule.clouds:
        assert len(desired_values(TABLES[rule.kind], cloud, {rule.option: rule.takes})) == 1


@for_each((rule,) for rule in RULES)
def test_the_first_that_is_refused(rule: Rule) -> None:
    for cloud in rule.clouds:
        with pytest.raises(InputError) as caught:
            desired_values(TABLES[rule.kind], cloud, {rule.option: rule.refuses})
        message = str(caught.value)
        assert all(name in message for name in rule.names), message
        assert message.startswith(rule.option) and message.endswith(".")
        assert len(message) < 400


@pytest.mark.parametrize("kind", TABLES)
def test_every_limit_has_a_rule(kind: str) -> None:
    limited = {
        OPTION_NAMES.get(name, name)
        for name, field in TABLES[kind].items()
        if field.max_length
        or field.choices
        or field.pattern
        or field.min_length
        or field.kind in ("ipv4", "ipv6", "ids")
    }
    tested = {rule.option for rule in RULES if rule.kind == kind}
    elsewhere = {"service": {"snat_network_id"}, "endpoint": {"enterprise_project_id"}}  # as others of the same form
    assert limited - tested == elsewhere[kind], "each limit of fields.py needs a Rule in RULES"


def test_several_problems_are_reported_together() -> None:
    with pytest.raises(InputError) as caught:
        desired_values(SERVICE, HUAWEI, {
            "name": "a" * 17,
            "ports": [*mapping(0, 70000, "UDP"), *mapping(5), *mapping(5)],
            "tags": {"_sys_a": "x", "b": "v" * 256},
            "payer": "endpoint",
            "server_type": "BMS",
        })  # fmt: skip
    message = str(caught.value)
    for place in ("name", "ports[0].client_port", "ports[0].server_port", "ports[0].protocol", "ports[2]",
                  "tags['_sys_a']", "tags['b']", "payer", "server_type"):  # fmt: skip
        assert place in message


@pytest.mark.parametrize("cloud", BOTH)
@pytest.mark.parametrize("kind", TABLES)
def test_options_of_the_other_cloud_are_refused_with_the_clouds_name(kind: str, cloud: str) -> None:
    foreign = [name for name, field in TABLES[kind].items() if cloud not in field.changed_by]
    assert foreign
    for name in foreign:
        with pytest.raises(InputError, match=f"^{name}: {CLOUD_NAMES[cloud]} does not have this option.$"):
            desired_values(TABLES[kind], cloud, {name: "x"})
        assert desired_values(TABLES[kind], cloud, {name: None}) == {}


def test_what_is_not_given_is_not_wanted() -> None:
    given = {"name": None, "port_id": None, "state": "present", "id": "x", "purge_tags": True, "permissions": ["*"]}
    assert desired_values(SERVICE, OTC, given) == {}


def test_empty_is_given() -> None:
    assert desired_values(SERVICE, OTC, {"name": "", "tags": {}, "description": "", "approval_enabled": False}) == {
        "service_name": "", "tags": {}, "description": "", "approval_enabled": False,
    }  # fmt: skip
    assert desired_values(ENDPOINT, OTC, {"whitelist": [], "routetables": []}) == {"whitelist": [], "routetables": []}


def test_values_are_canonical_and_under_the_names_of_the_api() -> None:
    found = desired_values(SERVICE, OTC, {
        "ports": [{"client_port": 81, "server_port": 80, "protocol": "tcp"}, {"client_port": 80, "server_port": 80}],
        "name": "web",
        "tags": {"b": True, "a": 8080, "c": None},
    })  # fmt: skip
    assert found == {
        "service_name": "web",
        "ports": [
            {"client_port": 80, "server_port": 80, "protocol": "TCP"},
            {"client_port": 81, "server_port": 80, "protocol": "TCP"},
        ],
        "tags": {"b": "true", "a": "8080", "c": ""},
    }
    assert list(found) == [name for name in SERVICE if name in found]


def test_long_values_are_shortened_in_messages() -> None:
    with pytest.raises(InputError) as caught:
        desired_values(SERVICE, OTC, {"description": "x" * 100_000})
    assert len(str(caught.value)) < 200 and "100000 characters" in str(caught.value)


def test_a_tag_without_text_does_not_hide_the_next_one() -> None:
    with pytest.raises(InputError, match=r"tags\['a'\]: the value must be a text.* tags\['_sys_b'\]: .* reserved"):
        desired_values(SERVICE, OTC, {"tags": {"a": [1], "_sys_b": "x"}})


def test_the_name_of_a_cloud_may_be_another_object() -> None:
    cloud = json.loads(json.dumps(HUAWEI))
    assert desired_values(ENDPOINT, cloud, {"policy_statement": statement(Sid="a")})
    with pytest.raises(InputError, match="organizations:orgPath::PATH"):
        desired_permissions(cloud, ["-"])


@pytest.mark.parametrize(
    "kind, names", [("ports", {"client_port", "server_port"}), ("policy", {"Effect", "Action", "Resource"})]
)
def test_suboptions_that_are_required(kind: str, names: set[str]) -> None:
    options = KINDS[kind].option["options"]
    assert {name for name, spec in options.items() if spec.get("required")} == names


@pytest.mark.parametrize(
    "value, text",
    [("a" * 60, repr("a" * 60)), ("a" * 61, repr("a" * 57 + "...")), (5, "5"), (10**60, "1" + "0" * 56 + "...")],
)
def test_a_message_shows_sixty_characters_of_a_value(value: Any, text: str) -> None:
    assert shortened(value) == text


# Whitelist records


@pytest.mark.parametrize("cloud, record", [
    (OTC, "a" * 64), (OTC, "*"), (OTC, "iam:domain::*"), (OTC, "iam:domain::" + "1" * 64), (HUAWEI, "a"),
    (HUAWEI, "organizations:orgPath::o-1/r?/*"), (HUAWEI, "organizations:orgPath::" + "a" * 1024),
])  # fmt: skip
def test_records_that_are_taken(cloud: str, record: str) -> None:
    assert len(desired_permissions(cloud, [record])) == 1


@pytest.mark.parametrize("cloud, record", [
    (OTC, "a" * 65), (OTC, ""), (OTC, "a-b"), (OTC, "iam:domain::"), (OTC, "iam:user::a"), (OTC, "iam:domain::a b"),
    (OTC, "organizations:orgPath::o-1"), (HUAWEI, "organizations:orgPath::"), (HUAWEI, "organizations:orgPath::a b"),
    (HUAWEI, "organizations:orgPath::" + "a" * 1025), (OTC, "iam:domain::iam:domain::a"), (OTC, "a\nb"),
])  # fmt: skip
def test_records_that_are_refused(cloud: str, record: str) -> None:
    with pytest.raises(InputError) as caught:
        desired_permissions(cloud, ["a1", record])
    assert str(caught.value).startswith("permissions: " + repr(record)) and "iam:domain::ID" in str(caught.value)
    assert ("orgPath::PATH" in str(caught.value)) == (cloud == HUAWEI)


def test_records_are_canonical() -> None:
    assert desired_permissions(OTC, None) is None
    assert desired_permissions(OTC, []) == []
    assert desired_permissions(OTC, ["b", "iam:domain::a", "b", "*"]) == [
        "iam:domain::*", "iam:domain::a", "iam:domain::b",
    ]  # fmt: skip


# Other checks


@pytest.mark.parametrize("value", ["", "a/b", "..", "a?b", "a b", "a" * 65, "a\n", "ä"])
def test_what_would_not_fit_into_a_path_is_refused(value: str) -> None:
    with pytest.raises(InputError) as caught:
        check_ids({"id": value, "vpc_id": "fine"}, ("id", "vpc_id"))
    assert str(caught.value).startswith(f"id: {value!r} is not")


def test_ids_that_fit() -> None:
    check_ids({"id": UUID, "vpc_id": "a" * 64, "port_id": None}, ("id", "vpc_id", "port_id", "subnet_id"))


@pytest.mark.parametrize("seconds", [0, -1, -0.5])
def test_no_time_at_all_is_refused(seconds: float) -> None:
    with pytest.raises(InputError, match=r"wait_timeout: .* is not a positive number of seconds"):
        wait_timeout({"wait_timeout": seconds})


def test_some_time_is_taken() -> None:
    assert (wait_timeout({"wait_timeout": 1}), wait_timeout({})) == (1, 600)


def test_refuse() -> None:
    refuse([])
    with pytest.raises(InputError, match=r"^One\. Two\.$"):
        refuse(["One.", "Two."])


# Anything that Ansible lets through

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "a",
        "web",
        UUID,
        "a" * 300,
        "10.0.0.1",
        "10.0.0.0/8",
        "::1",
        "*",
        "ä\n",
        "\x00",
        "_sys_",
        "\ud800",
        "<",
        "{}",
    ]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 70000), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(TEXTS, inner, max_size=2)),
    max_leaves=4,
)
DOCUMENTS = st.dictionaries(st.one_of(TEXTS, st.just("Statement")), JSON, max_size=2)


def shaped(spec: Any) -> st.SearchStrategy[Any]:
    """What AnsibleModule hands on for an option with this spec."""
    if "options" in spec:
        suboptions = {name: shaped(inner) for name, inner in spec["options"].items()}
        return st.lists(st.fixed_dictionaries(suboptions), max_size=2)
    if "choices" in spec:
        words = st.sampled_from(spec["choices"])
        return st.lists(words, max_size=2) if spec["type"] == "list" else words
    return {
        "str": TEXTS,
        "bool": st.booleans(),
        "int": st.integers(-1, 70000),
        "dict": st.one_of(st.dictionaries(TEXTS, JSON, max_size=2), DOCUMENTS),
        "list": st.lists(TEXTS, max_size=3),
    }[spec["type"]]


OPTIONS = [
    (kind, option, st.one_of(st.none(), shaped(spec)))
    for kind, table in TABLES.items()
    for option, spec in field_options(table).items()
    if option in {OPTION_NAMES.get(name, name) for name in table}
]


@pytest.mark.slow
@examples(150)
@given(st.sampled_from(BOTH), st.data())
def test_nothing_but_input_errors(cloud: str, data: Any) -> None:
    kind, option, values = data.draw(st.sampled_from(OPTIONS))
    value = data.draw(values)
    try:
        found = desired_values(TABLES[kind], cloud, {option: value})
    except InputError as error:
        assert str(error).startswith(option)
    else:
        assert len(found) == (value is not None)


@pytest.mark.slow
@examples(60)
@given(st.sampled_from(BOTH), st.lists(TEXTS, max_size=3))
def test_nothing_but_input_errors_about_permissions(cloud: str, records: list[str]) -> None:
    try:
        found = desired_permissions(cloud, records)
    except InputError as error:
        assert str(error).startswith("permissions")
    else:
        assert len(found) == len({record.strip() for record in records})


def test_every_word_of_the_argument_spec_is_taken_somewhere() -> None:
    for table in TABLES.values():
        for name, field in table.items():
            for word in all_choices(field):
                value = [word] if field.kind == "words" else word
                clouds = [cloud for cloud in field.choices if word in field.choices[cloud]]
                assert clouds
                for cloud in clouds:
                    assert desired_values(table, cloud, {name: value}) == {name: value}
