"""What AWX does with our files, in so far as it matters to them: what it accepts, and what a job gets from them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft202012Validator

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.awx_plan import complete
from tests.support.controllers import ROOT

FILES = ROOT / "playbooks" / "files" / "awx"

NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
FIELD = {
    "type": "object",
    "required": ["id", "label"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": NAME, "not": {"const": "tower"}},
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {"type": "array", "items": {"type": "string"}},
        "label": {"type": "string"},
        "help_text": {"type": "string"},
        "multiline": {"type": "boolean"},
        "secret": {"type": "boolean"},
        "ask_at_runtime": {"type": "boolean"},
        "default": {},
    },
}
INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "fields": {"type": "array", "items": FIELD},
        "required": {"type": "array", "items": {"type": "string"}},
    },
}
# Names that start with ANSIBLE_ are AWX's own.
VARIABLE = r"^(?!ANSIBLE_)[A-Za-z_][A-Za-z0-9_]*$"
INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "env": {"type": "object", "patternProperties": {VARIABLE: {"type": "string"}}, "additionalProperties": False},
        "extra_vars": {"type": "object", "patternProperties": {NAME: {}}, "additionalProperties": False},
        "file": {
            "type": "object",
            "patternProperties": {r"^template(\.[A-Za-z_][A-Za-z0-9_]*)?$": {"type": "string"}},
            "additionalProperties": False,
        },
    },
}
QUESTION = {
    "type": "object",
    "required": ["question_name", "required", "type", "variable"],
    "properties": {
        "question_name": {"type": "string"},
        "required": {"type": "boolean"},
        "type": {"enum": ["text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float"]},
        "variable": {"type": "string"},
        "min": {"type": ["integer", "null"]},
        "max": {"type": ["integer", "null"]},
    },
    "allOf": [
        {"if": {"properties": {"type": {"const": "multiplechoice"}}}, "then": {"required": ["choices"]}},
        {
            "if": {"properties": {"type": {"const": "integer"}}},
            "then": {"properties": {"default": {"type": "integer"}}},
            "else": {"properties": {"default": {"type": "string"}}},
        },
    ],
}
SURVEY = {
    "type": "object",
    "required": ["name", "description", "spec"],
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "spec": {"type": "array", "minItems": 1, "items": QUESTION},
    },
}


def of_name(file: str, name: str) -> dict[str, Any]:
    """One of the objects in a file of ours."""
    (found,) = (item for item in yaml.safe_load((FILES / file).read_text(encoding="utf-8")) if item["name"] == name)
    return dict(found)


def complaints_about_credential_type(wanted: Mapping[str, Any]) -> list[str]:
    """Why AWX would not take it."""
    found = [
        error.message
        for schema, part in ((INPUTS, "inputs"), (INJECTORS, "injectors"))
        for error in Draft202012Validator(schema).iter_errors(wanted[part])
    ]
    if wanted["kind"] not in ("cloud", "net"):
        found.append(f"kind {wanted['kind']} is not for custom types")
    if not found:
        example = {field["id"]: "EXAMPLE" for field in wanted["inputs"]["fields"]}
        rendered(wanted["injectors"], {**example, "tower": {"filename": "EXAMPLE"}}, StrictUndefined)
    return found


def complaints_about_survey(wanted: Mapping[str, Any]) -> list[str]:
    """Why AWX would not take it."""
    found = [error.message for error in Draft202012Validator(SURVEY).iter_errors(wanted)]
    variables = [question.get("variable") for question in wanted.get("spec", [])]
    found += [f"{name} is asked for twice" for name in set(variables) if variables.count(name) > 1]
    for question in wanted.get("spec", []):
        if "choices" in question and question.get("default", "") not in ("", *question["choices"]):
            found.append(f"{question['variable']}: the default is not among the choices")
    return found


def rendered(template: Any, values: Mapping[str, Any], undefined: Any = None) -> Any:
    """Texts as Jinja templates, at any depth, as AWX renders injectors."""
    if isinstance(template, dict):
        return {name: rendered(item, values, undefined) for name, item in template.items()}
    if isinstance(template, list):
        return [rendered(item, values, undefined) for item in template]
    options = {"undefined": undefined} if undefined else {}
    return ImmutableSandboxedEnvironment(**options).from_string(template).render(**values)


class Injected(NamedTuple):
    """What a job gets from a credential."""

    environment: dict[str, str]
    extra_vars: dict[str, Any]


def inject(credential_type: Mapping[str, Any], inputs: Mapping[str, str], folder: Path) -> Injected:
    """Render the injectors; a file goes into *folder*."""
    values: dict[str, Any] = dict(inputs)
    injectors = credential_type["injectors"]
    if "file" in injectors:
        file = folder / f"credential-{credential_type['name'].replace(' ', '-')}"
        file.write_text(rendered(injectors["file"]["template"], values))
        file.chmod(0o600)
        values["tower"] = {"filename": str(file)}
    return Injected(rendered(injectors.get("env", {}), values), rendered(injectors.get("extra_vars", {}), values))


def answers(template: str, **given: Any) -> dict[str, Any]:
    """The variables of a job whose survey was answered in AWX's form: it omits empty answers, defaults come back."""
    questions = complete(of_name("job_templates.yml", template)["survey"])["spec"]
    unknown = given.keys() - {question["variable"] for question in questions}
    assert not unknown, f"the survey does not ask for {unknown}"
    return {question["variable"]: question.get("default", "") for question in questions} | {
        name: value for name, value in given.items() if value != ""
    }


class _Unsafe(str):
    """A text that Ansible must not take for a template."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def unsafe_yaml(variables: Mapping[str, Any]) -> str:
    """Variables as AWX writes them for Ansible: each text tagged as no template."""

    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: marked(item) for name, item in value.items()}
        if isinstance(value, list):
            return [marked(item) for item in value]
        return _Unsafe(value) if isinstance(value, str) else value

    return yaml.dump(marked(dict(variables)), Dumper=_Dumper)


def slices(hosts: list[str], count: int) -> Iterator[list[str]]:
    """The hosts of each of *count* jobs, as AWX deals them out."""
    for number in range(count):
        yield sorted(hosts)[number::count]


def words(text: str) -> set[str]:
    """The variables with two underscores inside that a file mentions."""
    return set(re.findall(r"\bconnect_vpcs_[a-z]+__[a-z_]+", text))
