"""Options with a value of a wrong type: named, and never shown; and the option cloud, which takes a whole entry."""

import copy
import importlib
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.crossvpc.vpcep.plugins.inventory.vpcep import InventoryModule
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError, InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import (
    CLOUD,
    CloudEntry,
    WrongType,
    refuse_nested_lists,
    shown,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner.runner import Mode
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
from tests.support.cases import for_each
from tests.support.fake_cloud import PASSWORD

MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("vpcep_*.py"))
SECRET = "Vaulted-S3cret"
NESTED = {"password": SECRET}
ENTRY = {"auth": {"username": "me", "password": SECRET, "user_domain_name": "OTC001"}, "region_name": "eu-de"}
FORMS = [
    pytest.param(lambda entry: entry, id="dictionary"),
    pytest.param(lambda entry: f"{entry}\n", id="Python text"),
    pytest.param(json.dumps, id="JSON text"),
]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("OS_CLOUD", "OS_USERNAME", "OS_PASSWORD", "OS_AUTH_URL", "XDG_CONFIG_HOME", "OS_CLIENT_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)


def file_of(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.{name}")


def run(_module: str, **arguments: Any) -> str:
    """What a module of ours prints: its result, or its error, with the arguments of the invocation."""
    text = json.dumps(in_process.run(_module, file_of(_module), arguments, Mode(verbosity=4)))
    assert "invocation" in text
    return text


@pytest.mark.parametrize("wrong", [NESTED, [NESTED], [[NESTED]]], ids=["dictionary", "list", "list of lists"])
@pytest.mark.parametrize("name", MODULES)
def test_no_option_of_any_module_shows_a_value_of_a_wrong_type(name, wrong):
    for option, spec in file_of(name).ARGUMENTS["argument_spec"].items():
        if spec.get("options") and wrong == [[NESTED]]:
            continue  # refused, and quoted, by Ansible before any type is checked
        text = run(name, **{"cloud": "none", option: wrong})
        if spec["type"] == "dict" or spec.get("elements") == "dict":
            text = json.loads(text)["msg"]  # dictionaries are what such an option is for
        assert SECRET not in text, option


ADDRESS_WITH_SECRET = [f"https://me:{SECRET}@cloud.example", f"https://cloud.example/?key={SECRET}"]


@for_each(product(("auth_url", "api_url"), ADDRESS_WITH_SECRET))
def test_a_secret_in_an_address_is_not_shown(option, address):
    text = run("vpcep_quota_info", **{"region": "eu-de", "token": "t-1", option: address})
    assert f"{option} must be an address like https://host, without user, query or blanks." in text
    assert SECRET not in text


@for_each(product([{"vpc": one} for one in ADDRESS_WITH_SECRET] + [f"vpc={one}" for one in ADDRESS_WITH_SECRET]))
def test_a_secret_in_an_address_of_a_network_service_is_not_shown(addresses):
    text = run("vpcep_quota_info", region="eu-de", token="t-1", network_url=addresses)
    assert "network_url, vpc, must be an address" in text
    assert SECRET not in text


def test_a_dictionary_in_place_of_an_address_of_a_network_service_is_not_shown():
    text = run("vpcep_quota_info", region="eu-de", network_url={"vpc": NESTED, "ecs": None})
    assert "network_url.vpc must be a text, not a dictionary." in text
    assert SECRET not in text


@pytest.mark.parametrize("form", FORMS[1:])
@pytest.mark.parametrize("name", MODULES)
def test_the_text_of_a_dictionary_is_shown_by_no_option_that_names_something(name, form):
    """A template with a blank beside it makes a text of a dictionary, also where Ansible would quote the choices."""
    for option, spec in file_of(name).ARGUMENTS["argument_spec"].items():
        if spec["type"] not in ("dict", "bool") and spec.get("elements") != "dict" and option != "description":
            for wrong in (form(NESTED), [form(NESTED)]):
                assert SECRET not in run(name, **{"cloud": "none", option: wrong}), option


@pytest.mark.parametrize("name", MODULES)
def test_a_list_in_a_list_of_dictionaries_is_named(name):
    """The action refuses it before Ansible quotes it."""
    spec = file_of(name).ARGUMENTS["argument_spec"]
    for option in (option for option, one in spec.items() if one.get("options") and one["type"] == "list"):
        with pytest.raises(InputError) as found:
            refuse_nested_lists(spec, {option: [{}, [NESTED]]})
        assert str(found.value) == f"{option}[1] must be a dictionary, not a list."
        with pytest.raises(InputError, match=f"^{option} must be a list, not a dictionary.$"):
            refuse_nested_lists(spec, {option: NESTED})
        with pytest.raises(InputError, match=rf"^{option}\[1\] must be a dictionary, not null.$"):
            refuse_nested_lists(spec, {option: [{}, None]})
        refuse_nested_lists(spec, {option: [{}, "a=b"], "cloud": [[NESTED]], "nonsense": [[NESTED]]})


@pytest.mark.parametrize("wrong, noun", [([NESTED], "a list"), ("shop-1", "a text"), (7, "7")])
def test_a_dictionary_with_suboptions_is_named(wrong, noun):
    spec = file_of("vpcep_service").ARGUMENTS["argument_spec"]
    with pytest.raises(InputError, match=f"^backend must be a dictionary, not {noun}.$"):
        refuse_nested_lists(spec, {"backend": wrong})
    refuse_nested_lists(spec, {"backend": {"server": "shop-1"}})
    refuse_nested_lists(spec, {"backend": "server=shop-1"})
    for part in (NESTED, [NESTED]):
        text = json.loads(run("vpcep_service", cloud=ENTRY, backend={"server": part}))["msg"]
        assert "backend.server must be a text" in text and SECRET not in text


@pytest.mark.parametrize("form", FORMS)
def test_a_second_login_shows_no_secret(form):
    """Neither its options, nor an entry of clouds.yaml in it, nor a value of a wrong type."""
    for other in ({"password": SECRET}, {"cloud": form(ENTRY)}, {"username": NESTED}, form(NESTED)):
        text = run("vpcep_audit_info", cloud=ENTRY, other_auth=other, rules={"wrong": {}})
        assert json.loads(text)["failed"] and SECRET not in text


@pytest.mark.parametrize("wrong", [SECRET, [NESTED], 7])
def test_another_value_in_place_of_a_dictionary_with_suboptions_is_named(wrong):
    spec = file_of("vpcep_connection").ARGUMENTS["argument_spec"]
    with pytest.raises(InputError, match=r"^policy must be a dictionary, not (a text|a list|7).$"):
        refuse_nested_lists(spec, {"policy": wrong})
    with pytest.raises(InputError, match=r"^policy.accept\[0\] must be a dictionary, not a list.$"):
        refuse_nested_lists(spec, {"policy": {"accept": [[NESTED]]}})
    refuse_nested_lists(spec, {"policy": {"accept": [{"domain_id": "a"}]}})
    refuse_nested_lists(spec, {"policy": '{"accept": []}'})


def test_neither_is_one_within_an_endpoint_of_a_fleet_quoted():
    spec = file_of("vpcep_endpoints").ARGUMENTS["argument_spec"]
    with pytest.raises(InputError, match=r"^endpoints\[0\].policy_statement\[0\] must be a dictionary, not a list.$"):
        refuse_nested_lists(spec, {"endpoints": [{"policy_statement": [[NESTED]]}]})


@pytest.mark.parametrize("part", ["vpc_id", "subnet_id", "whitelist", "enable_dns", "id"])
def test_neither_does_an_option_of_an_endpoint_of_a_fleet(part):
    for wrong in (NESTED, [NESTED]):
        assert SECRET not in run("vpcep_endpoints", cloud=ENTRY, endpoints=[{part: wrong}], endpoint_service_id="s")


@pytest.mark.parametrize(
    "option", sorted({*auth_options()} - {"password", "passcode", "token", "cloud", "network_url"})
)
def test_a_login_option_of_a_wrong_type_is_named(option):
    for wrong, noun in ((NESTED, "a dictionary"), ([SECRET], "a list")):
        result = json.loads(run("vpcep_quota_info", **{option: wrong}))
        assert result["failed"]
        assert f"{option} must be " in result["msg"] and result["msg"].endswith(f", not {noun}.")
    assert SECRET not in run("vpcep_quota_info", **{option: str(NESTED)})


def test_the_place_of_a_wrong_value_is_told():
    text = run("vpcep_endpoints", cloud=ENTRY, endpoint_service_id="s", endpoints=[{"whitelist": [NESTED], "id": []}])
    message = json.loads(text)["msg"]
    assert "endpoints[0].whitelist[0] must be a text, not a dictionary." in message
    assert "endpoints[0].id must be a text, not a list." in message
    message = json.loads(run("vpcep_endpoint_info", status=NESTED, cloud="x"))["msg"]
    assert "status" in message


def test_elements_of_lists_are_trimmed():
    result = json.loads(run("vpcep_endpoint", cloud="none", whitelist="10.0.0.1, 10.0.0.2 ", routetables=[" r1 "]))
    arguments = result["invocation"]["module_args"]
    assert arguments["whitelist"] == ["10.0.0.1", "10.0.0.2"]
    assert arguments["routetables"] == ["r1"]


def ids_in(spec: dict[str, Any]) -> Any:
    """The options of a spec that take an ID or a list of IDs, also in suboptions."""
    for name, option in spec.items():
        if name in ("id", "ignore", "endpoints") or name.endswith(("_id", "_ids")):
            yield name, option
        yield from ids_in(option.get("options", {}))


@pytest.mark.parametrize("name", MODULES)
def test_a_uuid_is_compared_in_lower_case(name):
    uuid = "4189d3c2-8882-4871-a3c2-d380272eed88"
    for option, spec in ids_in(file_of(name).ARGUMENTS["argument_spec"]):
        kind = spec.get("elements", "dict") if spec["type"] == "list" else spec["type"]
        if kind == "str":
            assert kind(uuid.upper()) == uuid, option
    assert file_of("vpcep_connection").ARGUMENTS["argument_spec"]["endpoints"]["elements"](f"{uuid.upper()} ") == uuid
    assert file_of("vpcep_service").ARGUMENTS["argument_spec"]["name"]["type"]("Web") == "Web"


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_entry_as_cloud(cloud, tmp_path, form):
    entry = {**ENTRY, "auth": {**ENTRY["auth"], "password": PASSWORD, "auth_url": cloud.iam}}
    text = run("vpcep_token", cloud=form(entry), token_cache_dir=str(tmp_path / "tokens"))
    result = json.loads(text)
    assert result["changed"] and result["token"]["project_name"] == "eu-de"
    assert PASSWORD not in text
    assert cloud.logins()[0].json["auth"]["identity"]["password"]["user"]["name"] == "me"


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_shows_nothing_when_another_option_is_wrong(form):
    for more in ({"nonsense": 1}, {"retries": "many"}, {"type": "neither"}, {"region": "eu-dee"}):
        text = run("vpcep_quota_info", **{"cloud": form(ENTRY), **more})
        assert json.loads(text)["failed"]
        assert SECRET not in text


def test_an_entry_wins_over_the_environment_and_the_task_over_the_entry():
    environ = {"OS_USERNAME": "else", "OS_REGION_NAME": "eu-nl", "OS_PROJECT_NAME": "eu-de_web"}
    found = resolve({"cloud": ENTRY, "username": "third", "user_domain_name": "OTC3"}, environ)
    assert (found.username, found.password, found.region) == ("third", SECRET, "eu-de")
    assert found.project_name == "eu-de_web"


def test_an_entry_in_os_cloud():
    assert resolve({}, {"OS_CLOUD": str(ENTRY)}).password == SECRET


def test_an_entry_has_the_profile_of_its_vendor_below():
    found = resolve({"cloud": {**ENTRY, "profile": "otc"}}, {})
    assert found.auth_url == "https://iam.eu-de.otc.t-systems.com/v3"
    with pytest.raises(CredentialsError, match="The entry given as cloud has the profile nix, which is not known"):
        resolve({"cloud": {**ENTRY, "profile": "nix"}}, {})


@pytest.mark.parametrize(
    "broken",
    [
        {**ENTRY, "auth": SECRET},
        {**ENTRY, "auth": {**ENTRY["auth"], "password": [SECRET]}},
        {**ENTRY, "auth": {**ENTRY["auth"], "password": 12345678}},
        {**ENTRY, "auth_type": NESTED},
        {**ENTRY, "auth_type": str(NESTED)},
        {**ENTRY, "auth_type": "v3multifactor", "auth_methods": [NESTED]},
        {**ENTRY, "profile": NESTED},
        {**ENTRY, "regions": [NESTED]},
        {**ENTRY, "regions": ["eu-de", "eu-nl"], "region_name": str(NESTED)},
        {**ENTRY, "cacert": str(NESTED)},
        {**ENTRY, "region_name": str(NESTED)},
        {**ENTRY, "auth": {**ENTRY["auth"], "auth_url": str(NESTED)}},
        {"auth": {"password": SECRET}},
        str(ENTRY)[:-1],
        f"auth:\n  password: {SECRET}\n",
        {},
    ],
)
def test_what_is_wrong_with_an_entry_is_said_without_its_values(broken):
    for options, environ in (({"cloud": broken}, {}), ({}, {"OS_CLOUD": str(broken)})):
        with pytest.raises(InputError) as caught:
            connect(options, environ)
        assert SECRET not in str(caught.value) and "12345678" not in str(caught.value)


INVENTORY = [*sorted({*auth_options()} - {"cloud", "network_url"}), "status", "vpc_id", "hostnames"]


@for_each(product(INVENTORY, [NESTED, [SECRET]]))
def test_an_option_of_the_inventory_of_a_wrong_type(option, wrong):
    if option in ("status", "hostnames") and isinstance(wrong, list):
        return
    plugin = InventoryModule()
    super(InventoryModule, plugin).parse(InventoryData(), DataLoader(), "estate.vpcep.yml")  # which set_options needs
    with pytest.raises(AnsibleParserError, match=f"{option} must be ") as caught:
        plugin.set_options(direct={"plugin": "crossvpc.vpcep.vpcep", option: wrong})
    assert SECRET not in str(caught.value)


def test_what_stands_in_for_values_can_be_copied_and_written():
    entry = copy.deepcopy(CLOUD(ENTRY))
    assert isinstance(entry, CloudEntry) and entry.content == ENTRY
    assert json.dumps([entry, WrongType.of(NESTED, "a text")]) == '["(an entry)", "a dictionary"]'
    assert copy.deepcopy(CLOUD) == "raw" and copy.deepcopy(CLOUD)("prod") == "prod"


def test_only_what_looks_like_a_name_is_quoted():
    assert shown("my cloud-1") == "my cloud-1"
    assert SECRET not in shown(f"password: {SECRET}\n") + shown([SECRET]) + shown(f"x{{{SECRET}}}")
