"""The filter awx_plan."""

from __future__ import annotations

import posixpath
import re
import typing as t

Item: t.TypeAlias = "dict[str, t.Any]"

ACTIVE = ("new", "pending", "waiting", "running")
"""Statuses of templates and projects with a job that has not ended."""
QUESTION = {"question_description": "", "type": "text", "default": "", "required": False}
"""The defaults of a survey's question."""


def awx_plan(wanted: Item, found: Item) -> Item:
    """See plugins/filter/awx_plan.yml."""
    if not found["organizations"]:
        return {"problems": [f"AWX has no organization {wanted['organization']}."], "advice": []}
    return (_removal if wanted["state"] == "absent" else _setup)(wanted, found, found["organizations"][0]["id"])


def _setup(wanted: Item, found: Item, organization: int) -> Item:
    problems: list[str] = []

    def pick(kind: str, word: str, name: str | None) -> Item | None:
        return _picked(found[kind], word, name, organization, problems) if name else None

    types = [_planned_type(one, found) for one in wanted["credential_types"]]
    families = {one["id"]: _family(one["name"]) for one in found["credential_types"]}
    names = wanted.get("credentials")
    if isinstance(names, str):  # on the command line a list is a text with commas
        names = [name.strip() for name in names.split(",") if name.strip()]
    credentials = [one for name in names or [] if (one := pick("credentials", "credential", name))]
    problems += _doubles(credentials, families)
    attached = (
        None if names is None else [(str(one["id"]), families.get(one["credential_type"])) for one in credentials]
    )
    inventory = pick("inventories", "inventory", wanted.get("fleet_inventory"))
    project, image = (
        pick("credentials", "credential", wanted.get(name)) for name in ("project_credential", "image_credential")
    )
    return {
        "problems": problems,
        "advice": _moves(types, found),
        "credential_types": types,
        "job_templates": [
            _planned_template(one, wanted, inventory, attached)
            for one in wanted["job_templates"]
            if (inventory or not one.get("fleet")) and (wanted.get("drift_schedule") or not one.get("drift"))
        ],
        "environment": _environment(wanted),
        "project_credential": str(project["id"]) if project else None,
        "image_credential": str(image["id"]) if image else None,
    }


def _planned_template(
    template: Item, wanted: Item, inventory: Item | None, attached: list[tuple[str, str | None]] | None
) -> Item:
    """A job template with the credentials that fit. attached: ID and family of each; None leaves them as they are."""
    playbook = posixpath.join(wanted.get("folder") or "", template["playbook"])
    planned = {**template, "playbook": playbook, "survey": complete(template["survey"])}
    if inventory and template.get("fleet"):
        planned["inventory"] = str(inventory["id"])
    if attached is not None:
        others = {one["name"] for one in wanted["credential_types"]} - {*template.get("credential_types", [])}
        planned["credentials"] = [number for number, family in attached if family not in others]
    return planned


def complete(survey: Item) -> Item:
    """A survey whose questions have all members, as AWX needs them."""
    return {**survey, "spec": [{**QUESTION, **question} for question in survey["spec"]]}


def _removal(wanted: Item, found: Item, organization: int) -> Item:
    """All or nothing: what would stop it is a problem. Types that other organizations use stay."""
    types = [version for one in wanted["credential_types"] for version in _versions(one["name"], found)]
    credentials = [one for kind in types for one in _users(kind, found)]
    names = {one["name"] for one in wanted["job_templates"]}
    mine = [
        one
        for one in [*found["job_templates"], *found["projects"]]
        if one.get("organization") == organization and one["name"] in {*names, wanted["object"]}
    ]
    elsewhere = {
        _organization_name(one)
        for one in [*credentials, *found["projects"]]
        if one.get("organization") not in (None, organization)
    }
    problems, advice = [], []
    if elsewhere:
        advice.append(f"The credential types are not deleted: {_listed(elsewhere)} may use them.")
    elif credentials:
        problems.append(f"Delete these credentials first: {_listed(one['name'] for one in credentials)}.")
    if active := [one["name"] for one in mine if one.get("status") in ACTIVE]:
        problems.append(f"Wait for the jobs of {_listed(active)}, or cancel them.")
    return {
        "problems": problems,
        "advice": advice,
        "credential_types": [] if elsewhere else [{"name": one["name"]} for one in types],
        "job_templates": [{"name": name} for name in sorted(names)],
        "environment": _environment(wanted),
    }


def _environment(wanted: Item) -> Item:
    """Names of execution environments are unique in AWX, not in an organization."""
    if wanted["organization"] == "Default":
        return {"name": wanted["object"]}
    return {"name": f"{wanted['object']} ({wanted['organization']})", "organization": wanted["organization"]}


def _planned_type(wanted: Item, found: Item) -> Item:
    """The type under the name that it gets: that of a version with these inputs, of one without users, or a new one."""
    versions = _versions(wanted["name"], found)
    same = [one for one in versions if _significant(one["inputs"]) == _significant(wanted["inputs"])]
    if same:
        return {**wanted, "name": same[-1]["name"], "inputs": same[-1]["inputs"]}
    if not versions:
        return wanted
    newest = versions[-1]["name"]
    return {**wanted, "name": f"{_family(newest)} ({_number(newest) + 1})" if _users(versions[-1], found) else newest}


def _moves(types: list[Item], found: Item) -> list[str]:
    """What to do about credentials of superseded types."""
    return [
        f"The credentials {_listed(one['name'] for one in users)} are of the type {old['name']}. They still work, "
        f"without the new inputs of the type {kind['name']}. To move one, create a credential of the type "
        f"{kind['name']} with the same values, name it in awx_setup_credentials instead, run this playbook again, "
        "and delete the old one."
        for kind in types
        for old in _versions(_family(kind["name"]), found)
        if old["name"] != kind["name"] and (users := _users(old, found))
    ]


def _picked(items: list[Item], word: str, name: str, organization: int, problems: list[str]) -> Item | None:
    """The object of this name that the organization means. Adds to the problems if there is none, or several."""
    named = [one for one in items if one["name"] == name]
    own = [one for one in named if one.get("organization") == organization]
    shared = [one for one in named if one.get("organization") is None]
    candidates = own or shared or named
    if len(candidates) == 1:
        return candidates[0]
    places = _listed(f"{_organization_name(one)} (ID {one['id']})" for one in candidates)
    several = f"AWX has several objects of the kind {word} with the name {name}: in {places}. Rename one."
    problems.append(several if places else f"AWX has no {word} {name}.")
    return None


def _doubles(credentials: list[Item], families: dict[int, str]) -> list[str]:
    """Two credentials of one type, or of two versions of it."""
    kinds = [families.get(one["credential_type"]) for one in credentials]
    return [
        f"A job takes one credential of the type {kind}: "
        f"{_listed(one['name'] for one, other in zip(credentials, kinds, strict=True) if other == kind)} are too many."
        for kind in sorted({kind for kind in kinds if kind and kinds.count(kind) > 1})
    ]


def _family(name: str) -> str:
    """The name without the number of a version."""
    return re.sub(r" \(\d+\)$", "", name)


def _number(name: str) -> int:
    found = re.search(r" \((\d+)\)$", name)
    return int(found[1]) if found else 1


def _versions(name: str, found: Item) -> list[Item]:
    """The types of a family, the newest one last."""
    family = [one for one in found["credential_types"] if _family(one["name"]) == name and not one.get("managed")]
    return sorted(family, key=lambda one: _number(one["name"]))


def _users(credential_type: Item, found: Item) -> list[Item]:
    return [one for one in found["credentials"] if one["credential_type"] == credential_type["id"]]


def _significant(inputs: Item) -> t.Any:
    """Inputs without members that say what AWX assumes anyway."""
    fields = [
        {name: value for name, value in field.items() if value and (name, value) != ("type", "string")}
        for field in inputs.get("fields", [])
    ]
    return fields, sorted(inputs.get("required", []))


def _organization_name(item: Item) -> str:
    named = item.get("summary_fields", {}).get("organization", {})
    return f"the organization {named.get('name', item.get('organization'))}" if item.get("organization") else "none"


def _listed(names: t.Iterable[str]) -> str:
    return ", ".join(sorted(names))
