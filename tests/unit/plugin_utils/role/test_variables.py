"""Variables that look like misspelt ones of the role."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.given import role_steps
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.variables import (
    VARIABLES,
    misspelt_variables,
    mistyped_variables,
)
from tests.support.cases import for_each

ROLE = Path(__file__).resolve().parents[4] / "roles" / "connect_vpcs"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())


@pytest.mark.parametrize(
    "name, meant",
    [
        ("connect_vpcs_endpoint", "connect_vpcs_endpoints"),
        ("connect_vpcs_endponits", "connect_vpcs_endpoints"),
        ("connect_vpc_endpoints", "connect_vpcs_endpoints"),
        ("conect_vpcs_service", "connect_vpcs_service"),
        ("connect_vpcs_services", "connect_vpcs_service"),
        ("connect_vpcs_serviceid", "connect_vpcs_service_id"),
        ("connect_vpcs_cloud_service", "connect_vpcs_cloud_services"),
        ("connect_vpcs_verify_form", "connect_vpcs_verify_from"),
        ("connect_vpcs_wait_timout", "connect_vpcs_wait_timeout"),
        ("connect_vpcs_sate", "connect_vpcs_state"),
        ("connect_vpcs_consumer_aut", "connect_vpcs_consumer_auth"),
    ],
)
def test_a_letter_or_two(name: str, meant: str) -> None:
    assert misspelt_variables([name, meant], DEFAULTS, DEFAULTS) == [
        f"There is no variable {name}: did you mean {meant}?"
    ]
    given = {**DEFAULTS, meant: "something"}
    assert misspelt_variables([name, meant], DEFAULTS, given) == []  # the right name is known


@pytest.mark.parametrize("entry, other", [("provide", "consumer"), ("approve", "consumer"), ("consume", "provider")])
def test_a_name_like_the_login_of_the_other_side(entry: str, other: str) -> None:
    """The role does not read that login, so it may have been given."""
    facts = {"names": [*DEFAULTS, f"connect_vpcs_{other}_auth_b"], "hosts": [], "check_mode": False}
    service = {"connect_vpcs_service": {"name": "web"}} if entry == "provide" else {"connect_vpcs_service_id": "a"}
    assert "mistakes" not in role_steps({**DEFAULTS, **service}, entry, facts)[-1]
    (mistake,) = role_steps({**DEFAULTS, "connect_vpcs_service": {"name": "web"}}, "main", facts)[-1]["mistakes"]
    assert f"did you mean connect_vpcs_{other}_auth?" in mistake


@pytest.mark.parametrize(
    "name",
    [
        *DEFAULTS,
        "connect_vpcs_hosts",
        "connect_vpcs_throttle",
        "connect_vpcs_result",
        "connect_vpcs_input",
        "connect_vpcs_service__name",
        "connect_vpcs_endpoints__vpc_id",
        "connect_vpcs_endpoints_prod",
        "connection",
    ],
)
def test_what_is_meant_as_it_is(name: str) -> None:
    assert misspelt_variables([name], DEFAULTS, DEFAULTS) == []


def test_no_word_of_the_role_or_of_its_playbooks_is_taken_for_one() -> None:
    """A second use of the role finds the results of the first."""
    files = [*ROLE.rglob("tasks/**/*.yml"), *(ROLE.parents[1] / "playbooks").rglob("*.yml")]
    text = "\n".join(path.read_text() for path in files)
    names = {*re.findall(r"\bconnect_vpcs_\w+", text)}
    fleet = "connect_vpcs_endpoint"  # the one of connect_fleet
    assert len(names) > 25
    assert misspelt_variables(names - {fleet}, DEFAULTS, DEFAULTS) == []


SECRET = "Vaulted-S3cret"
NESTED = {"password": SECRET}
WRONG = {
    "a dictionary": NESTED,
    "a list": [[NESTED]],
    "a text": SECRET,
    "the text of a dictionary or list": str(NESTED),
}
ROLE_VARIABLES: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]


def test_ansible_leaves_all_checks_of_types_to_the_filter() -> None:
    """Its own messages quote values."""
    for entry in ROLE_VARIABLES.values():
        for name, option in entry["options"].items():
            assert option["type"] == "raw" and not {"choices", "elements", "options"} & {*option}, name
    assert {*DEFAULTS} <= {*VARIABLES}


@for_each((name, noun, value) for name in VARIABLES for noun, value in WRONG.items())
def test_a_variable_of_a_wrong_type_is_named_and_not_quoted(name: str, noun: str, value: Any) -> None:
    found = mistyped_variables({name: value})
    assert SECRET not in str(found)
    kind, elements = VARIABLES[name]["type"], VARIABLES[name].get("elements")
    is_text = noun == "a text" and "str" in (kind, elements) and "choices" not in VARIABLES[name]
    if (kind, noun) == ("dict", "a dictionary"):
        options = VARIABLES[name].get("options", NESTED)
        assert found == [] if "password" in options else [f"{name}.password is no option."]
    elif not is_text:
        assert len(found) == 1 and re.match(rf"{name}(\[0\])? must be ", found[0]), found


def test_what_is_inside_is_named_too() -> None:
    found = mistyped_variables(
        {
            "connect_vpcs_service": {"name": NESTED, "ports": [[NESTED]], "nonsense": NESTED},
            "connect_vpcs_endpoints": [{"vpc_id": [NESTED], "whitelist": [NESTED]}, [NESTED]],
            "connect_vpcs_cloud_services": [{"name": "obs", "endpoints": [{"policy_statement": [[NESTED]]}]}],
            "connect_vpcs_provider_auth": {"cloud": NESTED, "timeout": NESTED},
            "another_variable": NESTED,
        }
    )
    assert found == [
        "connect_vpcs_service.name must be a text, not a dictionary.",
        "connect_vpcs_service.ports[0] must be a dictionary, not a list.",
        "connect_vpcs_endpoints[0].vpc_id must be a text, not a list.",
        "connect_vpcs_endpoints[0].whitelist[0] must be a text, not a dictionary.",
        "connect_vpcs_endpoints[1] must be a dictionary, not a list.",
        "connect_vpcs_cloud_services[0].endpoints[0].policy_statement[0] must be a dictionary, not a list.",
        "connect_vpcs_provider_auth.timeout must be a number, not a dictionary.",
    ]


def test_a_choice_inside_that_there_is_not() -> None:
    given = {"server_type": "vm", "tcp_proxy": None, "supported_editions": ["basic"], "ports": [{"protocol": "TCP"}]}
    found = mistyped_variables({"connect_vpcs_service": given})
    assert found[0] == "connect_vpcs_service.server_type must be LB or VM or VIP or BMS." and len(found) == 3


def test_an_option_that_is_misspelt() -> None:
    endpoints = [{"vpc": "a", "dnsname": "x.example.com", "subnets": "a"}]
    assert mistyped_variables({"connect_vpcs_endpoints": endpoints}) == [
        "connect_vpcs_endpoints[0].dnsname is no option: did you mean dns_name or dns_zone?",
        "connect_vpcs_endpoints[0].subnets is no option: did you mean subnet or subnet_id?",
    ]


def test_an_option_that_there_is_not() -> None:
    """A login within a definition would end up in facts, which are shown."""
    given = {"connect_vpcs_service": {"service_name": "web", "ports": [{"port": 1}], **NESTED}}
    assert mistyped_variables(
        {**given, "connect_vpcs_cloud_services": [{"name": "obs"}], "connect_vpcs_endpoints": [{}]}
    ) == [
        "connect_vpcs_service.password is no option.",
        "connect_vpcs_service.ports[0].port is no option.",
        "connect_vpcs_service.ports[0].client_port is missing.",
        "connect_vpcs_service.ports[0].server_port is missing.",
        "connect_vpcs_cloud_services[0].endpoints is missing.",
        "connect_vpcs_endpoints[0].vpc_id or vpc or id is missing.",
    ]


def test_a_needed_option_without_a_value() -> None:
    """YAML reads "endpoints:" without a value as null."""
    fleet = [{"vpc": None, "vpc_id": None, "subnet": "a"}, {"vpc": "a", "vpc_id": None}]
    assert mistyped_variables(
        {"connect_vpcs_cloud_services": [{"name": "obs", "endpoints": None}], "connect_vpcs_endpoints": fleet}
    ) == [
        "connect_vpcs_cloud_services[0].endpoints is missing.",
        "connect_vpcs_endpoints[0].vpc_id or vpc or id is missing.",
    ]


def test_options_may_be_omitted_but_not_a_whole_variable() -> None:
    """The playbook connect_fleet uses variables as they are."""
    given = {"connect_vpcs_endpoint": {"vpc": "a", "tags": "omitted"}, "connect_vpcs_state": "omitted"}
    assert mistyped_variables(given, "omitted") == ["connect_vpcs_state must be present or absent."]


def test_right_values_are_none_of_these() -> None:
    assert mistyped_variables(DEFAULTS) == []
    given = {"connect_vpcs_state": "absent", "connect_vpcs_wait_timeout": "60", "connect_vpcs_verify_from": "a, b"}
    assert mistyped_variables({**given, "connect_vpcs_accept": "no", "connect_vpcs_verify_ports": ["80"]}) == []
    assert mistyped_variables({"connect_vpcs_state": SECRET}) == ["connect_vpcs_state must be present or absent."]


def test_the_role_checks_all_variables_that_have_defaults() -> None:
    content = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())
    logins = ["connect_vpcs_provider_auth", "connect_vpcs_consumer_auth"]
    assert {*content["_connect_vpcs_names"], *logins} == {*DEFAULTS}
