"""The files for AWX say what the collection's own code and argument specs say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml, credentials, sources
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import NAME_LENGTH
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.awx_plan import complete
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.variables import VARIABLES
from tests.platform.awx import FILES, complaints_about_credential_type, complaints_about_survey, inject, of_name, words
from tests.support.controllers import ROOT

TYPES = yaml.safe_load((FILES / "credential_types.yml").read_text(encoding="utf-8"))
TEMPLATES = yaml.safe_load((FILES / "job_templates.yml").read_text(encoding="utf-8"))
QUESTIONS = [
    pytest.param(question, id=f"{template['name']}: {question['variable']}")
    for template in TEMPLATES
    for question in complete(template["survey"])["spec"]
    if "(" not in template["name"]  # the others have the same surveys
    if "drift" not in template  # its variables are those of a playbook
]
SPECS = yaml.safe_load((ROOT / "roles/connect_vpcs/meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS = SPECS["argument_specs"]["main"]["options"]
SURVEY_TASKS = (ROOT / "playbooks/tasks/survey.yml").read_text(encoding="utf-8")

PROVIDER = {
    "username": "provider",
    "password": "provider-Password-1",
    "user_domain_name": "OTC1",
    "region": "eu-de",
    "project_id": "11111111111111111111111111111111",
    "security_token": "not-of-this-login",
}
CONSUMER = {"username": "consumer", "password": "consumer-Password-2", "user_domain_name": "OTC2", "region": "eu-de"}


@pytest.mark.parametrize("credential_type", TYPES, ids=lambda item: item["name"])
def test_awx_takes_the_credential_type(credential_type: dict[str, Any]) -> None:
    assert complaints_about_credential_type(credential_type) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda item: item["name"])
def test_awx_takes_the_survey_and_the_playbook_exists(template: dict[str, Any]) -> None:
    assert complaints_about_survey(complete(template["survey"])) == []
    assert (ROOT / "playbooks" / template["playbook"]).is_file()


def fields(name: str) -> dict[str, dict[str, Any]]:
    return {field["id"]: field for field in of_name("credential_types.yml", name)["inputs"]["fields"]}


def test_the_injected_environment_is_what_the_modules_read(tmp_path: Path) -> None:
    """Each field goes to a variable that stands for the option of the same name, and no field is forgotten."""
    values = {name: f"value of {name}" for name in fields("VPCEP")}
    environment = inject(of_name("credential_types.yml", "VPCEP"), values, tmp_path).environment
    read = {variable: option for option, names in sources.ENVIRONMENT.items() for variable in names}
    assert environment.keys() <= read.keys()
    assert environment == {variable: values[read[variable]] for variable in environment}
    assert {read[variable] for variable in environment} == values.keys()


def test_the_second_login_is_an_entry_that_holds_all_of_it(tmp_path: Path) -> None:
    """Texts that YAML takes for something else stay texts."""
    values = {name: f"0{number}" for number, name in enumerate(fields("VPCEP consumer"))}
    values |= {
        "password": '"{{ x }}": \'#\\',
        "auth_url": "https://iam.example.com/v3",
        "api_url": "https://vpcep.example.com",
    }
    injected = inject(of_name("credential_types.yml", "VPCEP consumer"), values, tmp_path)
    assert injected.extra_vars == {"connect_vpcs_default_consumer_auth": {"cloud": "consumer"}}
    assert clouds_yaml.read("consumer", injected.environment).options() == values


@pytest.mark.parametrize("name", ["VPCEP", "VPCEP consumer"])
def test_secrets_are_secret_in_awx_too(name: str) -> None:
    found = {field["id"] for field in fields(name).values() if field.get("secret")}
    assert found == set(credentials.SECRETS) & fields(name).keys()


@pytest.mark.parametrize("left_out", [[], ["project_id", "security_token"]], ids=["with all", "with little"])
def test_two_logins_in_one_job_stay_apart(tmp_path: Path, left_out: list[str]) -> None:
    provider = {name: value for name, value in PROVIDER.items() if name not in left_out}
    environment = inject(of_name("credential_types.yml", "VPCEP"), provider, tmp_path).environment
    second = inject(of_name("credential_types.yml", "VPCEP consumer"), CONSUMER, tmp_path)
    environment |= second.environment
    first = credentials.resolve({}, environment)
    other = credentials.resolve(second.extra_vars["connect_vpcs_default_consumer_auth"], environment)
    assert (first.username, first.password, first.user_domain_name) == ("provider", PROVIDER["password"], "OTC1")
    assert first.project_id == provider.get("project_id")
    assert (other.username, other.password, other.user_domain_name) == ("consumer", CONSUMER["password"], "OTC2")
    assert (other.project_id, other.project_name, other.security_token) == (None, "eu-de", None)


def test_clouds_yaml_is_found_in_the_injected_file(tmp_path: Path) -> None:
    clouds = {"clouds": {"team-a": {"region_name": "eu-de", "auth": {"token": "a-Token", "project_id": "p"}}}}
    wanted = {"clouds": yaml.safe_dump(clouds)}
    environment = inject(of_name("credential_types.yml", "VPCEP clouds.yaml"), wanted, tmp_path).environment
    assert credentials.resolve({"cloud": "team-a"}, environment).token == "a-Token"


def option_of(variable: str) -> dict[str, Any]:
    """What the role's argument specs say about a variable, or about an option inside of one."""
    if variable == "connect_vpcs_hosts":  # of the playbooks
        return {"type": "str"}
    variable, *options = variable.split("__")
    found: dict[str, Any] = {**OPTIONS.get(variable, {}), **VARIABLES[variable]}
    for option in options:
        found = found["options"][option]
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_with_a_default_is_not_required(question: dict[str, Any]) -> None:
    """A default answers it in the form, but not in a launch by the API. The form cannot empty a text with a default."""
    assert not (question["required"] and question["default"] != "")
    assert question["type"] not in ("text", "textarea") or question["default"] == ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_asks_for_what_the_role_takes(question: dict[str, Any]) -> None:
    option = option_of(question["variable"])
    kind, default = option["type"], question["default"]
    if question["type"] == "multiplechoice":
        assert question["choices"] == option.get("choices", ["true", "false"])
        assert kind == "bool" or "choices" in option
    else:
        assert kind in {"text": ["str"], "textarea": ["list", "dict"], "integer": ["int"]}[question["type"]]
    if "__" not in question["variable"]:
        expected = option.get("default", "")
        assert default == (str(expected).lower() if kind == "bool" else expected)
    elif kind in ("list", "dict") and default:
        assert isinstance(yaml.safe_load(default), {"list": list, "dict": dict}[kind])
    assert not option.get("required") or question["required"] or "__" in question["variable"]
    if question["variable"] == "connect_vpcs_service__name":
        assert question["max"] == NAME_LENGTH


def test_the_playbooks_put_together_what_the_surveys_ask_for() -> None:
    asked = {name for template in TEMPLATES for name in words(yaml.safe_dump(template["survey"]))}
    assert words(SURVEY_TASKS) == asked
    structured = {name for name in asked if option_of(name)["type"] in ("list", "dict")}
    assert structured == {name for line in SURVEY_TASKS.splitlines() if "from_yaml" in line for name in words(line)}
