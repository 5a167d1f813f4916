"""What answers are not believed, and what input is refused since it could not be sent: found by fault injection."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ENDPOINT,
    HUAWEI,
    OTC,
    SERVICE,
    SERVICE_NAME,
    UNKNOWN,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import KINDS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import (
    UnusableAnswer,
    observed,
    require_members,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.validation import (
    check_counts,
    check_one,
    check_uuids,
    desired_values,
    wait_timeout,
)

TABLES = {**SERVICE, **ENDPOINT}
MAPPING = {"client_port": "80", "server_port": 80}
STATEMENT = {"effect": "Allow", "Action": "a", "Resource": ["b"], "Sid": None}


@pytest.mark.parametrize("name, value", [
    ("description", 5), ("description", ["a"]), ("description", True), ("approval_enabled", 1), ("tcp_proxy", 5),
    ("ports", "80"), ("ports", [{**MAPPING, "client_port": True}]), ("ports", [{**MAPPING, "server_port": 2.5}]),
    ("ports", [{**MAPPING, "protocol": 5}]), ("tags", [{"key": None}]), ("tags", [{"key": "a", "value": 5}]),
    ("tags", {"a": None}), ("tags", "a"), ("service_name", 5), ("routetables", [5]), ("routetables", "a"),
    ("whitelist", [None]), ("port_ip", 5), ("policy_statement", [{**STATEMENT, "Action": [5]}]),
    ("policy_statement", [{"Effect": "Allow", "Action": ["a"]}]), ("policy_statement", [{**STATEMENT, "effect": 5}]),
    ("policy_statement", [{**STATEMENT, "Condition": "a"}]), ("policy_statement", ["a"]), ("policy_document", [5]),
    # what only a replacement could change has to look as documented
    ("vpc_id", 5), ("vpc_id", "web"), ("server_type", "odd"),
])  # fmt: skip
def test_what_is_not_of_its_type_says_nothing(name: str, value: Any) -> None:
    member = TABLES[name].reads_back_as or name
    with pytest.raises(UnusableAnswer, match=name):
        observed(name, TABLES[name], {"id": "a", member: value})


def test_a_text_is_no_statement_of_a_policy() -> None:
    assert KINDS["policy"].in_answer([STATEMENT])
    assert not KINDS["policy"].in_answer(["a"])


@pytest.mark.parametrize("value, usable", [("a", True), (["a"], True), (5, False), ([5], False)])
def test_words_are_a_text_or_a_list_of_texts(value: Any, usable: bool) -> None:
    assert KINDS["words"].in_answer(value) is usable


@pytest.mark.parametrize("name, value, meaning", [
    ("ports", [MAPPING], [{"client_port": 80, "server_port": 80, "protocol": "TCP"}]),
    ("approval_enabled", "true", True),
    ("tcp_proxy", "newer_word", "newer_word"), ("tags", [{"key": "a", "value": None}], {"a": ""}),
    ("policy_statement", [STATEMENT], [{"Effect": "Allow", "Action": ["a"], "Resource": ["b"]}]),
    ("service_name", "eu-de.web.a", "web"), ("service_name", "eu-de.a", ""), ("service_name", None, UNKNOWN),
    ("ports", [], UNKNOWN),
])  # fmt: skip
def test_known_oddities_are_understood(name: str, value: Any, meaning: Any) -> None:
    assert observed(name, TABLES[name], {"id": "a", name: value}) == meaning


@pytest.mark.parametrize("value", [None, "", 5, [], {}])
def test_an_entry_that_does_not_tell_which_object_it_is(value: Any) -> None:
    good = {"id": "a", "status": "accepted"}
    assert require_members([good], "id", "status") == [good]
    with pytest.raises(UnusableAnswer, match="no usable status"):
        require_members([good, {**good, "status": value}], "id", "status")


class Answering:
    """A connection that gives these answers, one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def request(self, *_where: Any, **_more: Any) -> Any:
        return self.answers.pop(0)


def test_another_object_than_the_one_asked_for_is_an_error() -> None:
    for read in (VpcepApi.get_service, VpcepApi.get_endpoint):
        assert read(VpcepApi(Answering({"id": "AB"})), "ab") == {"id": "AB"}
        with pytest.raises(ApiError, match="about other instead of mine"):
            read(VpcepApi(Answering({"id": "other"})), "mine")


def test_a_total_below_what_came_says_nothing() -> None:
    first = {"endpoints": [{"id": f"e{index}"} for index in range(1000)], "total_count": 10}
    assert len(VpcepApi(Answering(first, {"endpoints": [{"id": "x"}], "total_count": 10})).list_endpoints()) == 1001


@pytest.mark.parametrize("version", [None, 5, "v1", ["v1"]])
def test_a_version_that_is_none(version: Any) -> None:
    assert VpcepApi(Answering({"version": version})).get_version("v1") == {}


# Input


@pytest.mark.parametrize("name, value", [
    ("description", "\ud800"), ("policy_document", {"a": float("nan")}), ("policy_document", {"a": ["\udfff"]}),
    ("policy_statement", [{"Effect": "Allow", "Action": ["a"], "Resource": ["b"], "Condition": {"a": float("inf")}}]),
])  # fmt: skip
def test_what_json_cannot_hold(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{name}: .* cannot be sent"):
        desired_values(ENDPOINT, HUAWEI, {name: value})


def test_an_address_with_a_zone() -> None:
    with pytest.raises(InputError, match=r"^ipv6_address: 'fe80::1%eth0' is not an IPv6 address"):
        desired_values(ENDPOINT, HUAWEI, {"ipv6_address": "fe80::1%eth0"})


def test_a_wait_without_an_end() -> None:
    assert wait_timeout({"wait_timeout": 10**9}) == 10**9
    with pytest.raises(
        InputError, match=r"wait_timeout: 1000.*\.\.\. is not a positive number of seconds up to 1000000000"
    ):
        wait_timeout({"wait_timeout": 10**400})


@pytest.mark.parametrize("value, words", [(-1, "-1 is negative"), (True, "True is not a number")])
def test_numbers(value: Any, words: str) -> None:
    check_counts({"marker_id": 0, "endpoints": 10**30, "other": None}, ("marker_id", "endpoints", "other"))
    with pytest.raises(InputError, match=f"^marker_id: {words}"):
        check_counts({"marker_id": value}, ("marker_id",))


def test_a_filter_that_the_api_takes_as_a_uuid_only() -> None:
    check_uuids({"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed88"}, ("vpc_id", "other"))
    with pytest.raises(InputError, match=r"^vpc_id: 'web' is not a UUID"):
        check_uuids({"vpc_id": "web"}, ("vpc_id",))


def test_the_name_of_a_service_to_be_found() -> None:
    check_one("name", SERVICE_NAME, OTC, "a" * 128)
    with pytest.raises(InputError, match=r"name .* has 129 characters; the limit is 128"):
        check_one("name", SERVICE_NAME, OTC, "a" * 129)
    with pytest.raises(InputError, match=r"name: .* cannot be sent"):
        check_one("name", SERVICE_NAME, OTC, "\ud800")
