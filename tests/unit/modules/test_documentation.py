"""What the modules' documentation says, against their argument specs and against fields.py."""

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import SECRETS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import fields, kinds
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    BOTH,
    CLOUD_NAMES,
    ENDPOINT,
    HUAWEI,
    OPTION_NAMES,
    OTC,
    SERVICE,
)
from tests.support.cases import for_each

COLLECTION = "ansible_collections.crossvpc.vpcep"
MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("vpcep_*.py"))
TABLES = {"vpcep_service": SERVICE, "vpcep_endpoint": ENDPOINT}
FIELDS = [(module, name) for module, table in TABLES.items() for name in table]
each_field = for_each(FIELDS)

SILENT_ABOUT_CHANGES = {  # described as what tells an endpoint apart
    ("vpcep_endpoint", "endpoint_service_id")
}


@cache
def documentation(module: str) -> dict[str, Any]:
    """The module's DOCUMENTATION with the options of its fragments, as ansible-doc shows it."""
    document = yaml.safe_load(importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").DOCUMENTATION)
    own = document.get("options", {})
    document["options"] = {}
    for name in document["extends_documentation_fragment"]:
        assert name.startswith("crossvpc.vpcep.")
        fragment, _dot, part = name.removeprefix("crossvpc.vpcep.").partition(".")
        shared = importlib.import_module(f"{COLLECTION}.plugins.doc_fragments.{fragment}").ModuleDocFragment
        text = getattr(shared, part.upper() if part else "DOCUMENTATION")
        document["options"].update(yaml.safe_load(text).get("options", {}))
    document["options"].update(own)
    return document


def spec_of(module: str) -> dict[str, Any]:
    return importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").ARGUMENTS["argument_spec"]


def option_of(module: str, name: str) -> dict[str, Any]:
    return documentation(module)["options"][OPTION_NAMES.get(name, name)]


def text_of(described: dict[str, Any]) -> str:
    """A description as running text, without markup."""
    parts = described["description"]
    text = " ".join(" ".join(parts if isinstance(parts, list) else [parts]).split())
    return re.sub(r"\b[A-Z]\(([^)]*)\)", r"\1", text)


def numbers_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"(?<![\w.])\d+(?![\w/]|\.\d)", text)}


# The argument spec


MEANT_BY_ANSIBLE = {"failed", "finished", "rc", "results", "skipped", "started", "unreachable"}
"""Values of a result with a meaning for Ansible. With a list in ``skipped``, a task counts as skipped."""


@pytest.mark.parametrize("module", MODULES)
def test_no_value_of_the_result_means_something_else_to_ansible(module: str) -> None:
    returned = yaml.safe_load(importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").RETURN)
    assert not MEANT_BY_ANSIBLE & {*returned}


@pytest.mark.parametrize("module", MODULES)
def test_module_name(module: str) -> None:
    assert documentation(module)["module"] == module


@pytest.mark.parametrize("module", MODULES)
def test_options_are_those_of_the_argument_spec(module: str) -> None:
    assert set(documentation(module)["options"]) == set(spec_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_argument_spec_is_what_the_documentation_says(module: str) -> None:
    described = documentation(module)["options"]
    for name, spec in spec_of(module).items():
        compare(f"{module}: {name}", described[name], spec)


def compare(place: str, described: dict[str, Any], spec: dict[str, Any]) -> None:
    """Compares one option, and its suboptions."""
    only_described = ("description", "suboptions", "version_added")
    from_documentation = {key: value for key, value in described.items() if key not in only_described}
    from_spec = {key: value for key, value in spec.items() if key not in ("options", "no_log", "mutually_exclusive")}
    assert from_documentation == from_spec, place
    assert set(described.get("suboptions", {})) == set(spec.get("options", {})), place
    for name, inner in spec.get("options", {}).items():
        compare(f"{place}.{name}", described["suboptions"][name], inner)


@pytest.mark.parametrize("module", MODULES)
def test_secrets_are_not_logged(module: str) -> None:
    secrets = {name for name, spec in spec_of(module).items() if spec.get("no_log")}
    assert set(SECRETS) <= secrets
    for name, spec in spec_of(module).items():
        if re.search("password|passcode|secret|token|passphrase", name):
            assert "no_log" in spec, f"{name}: Ansible warns unless this is decided"


@pytest.mark.parametrize("module", MODULES)
def test_descriptions_name_options_that_exist(module: str) -> None:
    known = documentation(module)["options"]
    for name, described in known.items():
        parts = described["description"]
        for reference in re.findall(r"\bO\(([a-z_]+)", " ".join(parts if isinstance(parts, list) else [parts])):
            assert reference in known, f"{name} speaks of {reference}"


# The table of fields


@pytest.mark.parametrize("module", TABLES)
def test_every_field_is_an_option(module: str) -> None:
    assert {OPTION_NAMES.get(name, name) for name in TABLES[module]} <= set(documentation(module)["options"])


@each_field
def test_choices(module: str, name: str) -> None:
    assert option_of(module, name).get("choices", []) == list(fields.all_choices(TABLES[module][name]))


@each_field
def test_an_option_has_no_default(module: str, name: str) -> None:
    """What is left out is not managed, so that a default would manage it."""
    assert "default" not in option_of(module, name) and not option_of(module, name).get("required")


@each_field
def test_default_that_the_cloud_takes(module: str, name: str) -> None:
    said = re.search(r"cloud's default is (true|false)\b", text_of(option_of(module, name)))
    if said:
        assert TABLES[module][name].default is (said.group(1) == "true")


@each_field
def test_says_what_creation_needs(module: str, name: str) -> None:
    if module == "vpcep_service":
        said = "Needed to create a service" in text_of(option_of(module, name))
        assert said == TABLES[module][name].required


@each_field
def test_says_what_cannot_be_changed(module: str, name: str) -> None:
    field = TABLES[module][name]
    text = text_of(option_of(module, name))
    changing = [cloud for cloud in field.changed_by if field.changed_by[cloud] is not fields.NEVER]
    only_on = re.search(r"[Cc]an be changed in place on ([A-Z][A-Za-z ]*?)(?: only|,)", text)
    if only_on:
        assert [CLOUD_NAMES[cloud] for cloud in changing] == [only_on.group(1)]
    elif re.search(r"[Cc]annot be changed in place", text) or (module, name) in SILENT_ABOUT_CHANGES:
        assert changing == []
    else:
        assert set(changing) == set(field.changed_by), "it says nothing about changing it"


@each_field
def test_says_which_cloud_has_it(module: str, name: str) -> None:
    text = re.sub(r"[Cc]an be changed in place on [^.]*\.", "", text_of(option_of(module, name)))
    text = re.sub(r"\w+ exists on [^.]*\.", "", text)
    clouds = tuple(TABLES[module][name].changed_by)
    said = {
        cloud
        for cloud in BOTH
        if re.search(rf"{CLOUD_NAMES[cloud]} only\.|(?:^|[.;] ){CLOUD_NAMES[cloud]}; reserved there\.", text)
    }
    assert said == (set() if clouds == BOTH else set(clouds))


@each_field
def test_says_which_cloud_has_a_word(module: str, name: str) -> None:
    """A word that only one cloud knows is named in the text, with that cloud."""
    field = TABLES[module][name]
    if field.choices is None or len(field.choices) < 2:
        return
    for word in fields.all_choices(field):
        knowing = [cloud for cloud in BOTH if word in field.choices[cloud]]
        if len(knowing) == 1:
            raw = str(option_of(module, name)["description"])
            assert f"V({word})" in raw, word
            assert CLOUD_NAMES[OTC] in raw or CLOUD_NAMES[HUAWEI] in raw, word


# Numbers


def numbers_of(module: str, name: str) -> set[int]:
    """The numbers that the description of a field has to name."""
    field = TABLES[module][name]
    if field.kind == "tags":
        return {fields.MAX_TAGS, 1, kinds.TAG_KEY_LENGTH, kinds.TAG_VALUE_LENGTH}
    if field.pattern in (fields.ID_PATTERN, fields.UUID_PATTERN) or not field.max_length or name.endswith("_id"):
        return set()
    return {*field.max_length.values()} | ({field.min_length} if field.min_length else set())


@each_field
def test_numbers(module: str, name: str) -> None:
    text = text_of(option_of(module, name))
    for address in (fields.RESERVED_RANGE, "0 for the default one"):
        text = text.replace(address, "")
    assert numbers_in(text) == numbers_of(module, name)


def test_numbers_of_the_whitelist_belong_to_their_clouds() -> None:
    limits = ENDPOINT["whitelist"].max_length
    assert f"up to {limits[OTC]} on {CLOUD_NAMES[OTC]}, {limits[HUAWEI]} on {CLOUD_NAMES[HUAWEI]}" in text_of(
        option_of("vpcep_endpoint", "whitelist")
    )


def test_numbers_of_ports() -> None:
    low, high = fields.PORT_RANGE
    for side in ("client_port", "server_port"):
        assert f"from {low} to {high}" in text_of(option_of("vpcep_service", "ports")["suboptions"][side])


def test_words_of_the_numbers() -> None:
    """Each number stands where it belongs, and not only somewhere."""
    assert f"up to {fields.NAME_LENGTH} letters" in text_of(option_of("vpcep_service", "service_name"))
    assert f"from 1 to {SERVICE['ports'].max_length[OTC]}" in text_of(option_of("vpcep_service", "ports"))
    assert f"up to {ENDPOINT['policy_statement'].max_length[OTC]} statements" in text_of(
        option_of("vpcep_endpoint", "policy_statement")
    )
    for module in TABLES:
        assert f"up to {fields.DESCRIPTION_LENGTH} characters" in text_of(option_of(module, "description"))
        tags = text_of(option_of(module, "tags"))
        assert f"At most {fields.MAX_TAGS}" in tags
        assert f"keys of 1 to {kinds.TAG_KEY_LENGTH} and values of up to {kinds.TAG_VALUE_LENGTH} letters" in tags


def test_signs_of_tags() -> None:
    text = text_of(option_of("vpcep_service", "tags"))
    signs = re.search(r"letters, digits, blanks and (.*?), in values also (\S)", text)
    for sign in signs.group(1).split():
        assert re.fullmatch(kinds.TAG_KEY_PATTERN, sign) and re.fullmatch(kinds.TAG_VALUE_PATTERN, sign)
    assert re.fullmatch(kinds.TAG_VALUE_PATTERN, signs.group(2))
    assert not re.fullmatch(kinds.TAG_KEY_PATTERN, signs.group(2))


def test_reserved_range() -> None:
    assert fields.RESERVED_RANGE in text_of(option_of("vpcep_service", "tcp_proxy"))


@pytest.mark.parametrize(
    "module, statuses",
    [("vpcep_service_info", fields.SERVICE_STATUSES), ("vpcep_endpoint_info", fields.ENDPOINT_STATUSES)],
)
def test_statuses_to_find(module: str, statuses: tuple[str, ...]) -> None:
    assert documentation(module)["options"]["status"]["choices"] == list(statuses)
