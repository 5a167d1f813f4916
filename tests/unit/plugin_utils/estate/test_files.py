"""The files of an export: their names stay in the folder, and texts of the cloud stay data."""

import inspect
import re
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.files import NOT_EXPORTED, dump, export_files
from tests.support.estates import TEXTS, parsed
from tests.support.situations import examples

NAMES = [
    "../../etc/passwd",
    "web",
    "WEB",
    "web-4189d3c2",
    "",
    ".",
    "con",
    "a/b",
    "ü",
    "x" * 300,
    "-rf",
    "{{ x }}",
    "a\nb",
]
ID = "4189d3c2-8882-4871-a3c2-d380272eed83"


def connection(name: str, service_id: str = ID, **variables: Any) -> dict[str, Any]:
    about = {"service_id": service_id, "name": name, "waiting": False, "remarks": [], "endpoint_ids": []}
    return {**about, "variables": {"connect_vpcs_service": {"name": name}, **variables}}


def results(*connections: dict[str, Any], skipped: Any = ()) -> dict[str, Any]:
    return {"connections": list(connections), "fleets": [], "not_exported": list(skipped)}


@pytest.mark.slow
@given(names=st.lists(st.one_of(st.sampled_from(NAMES), st.text()), max_size=8), same=st.booleans())
@examples(60)
def test_names_of_files_are_safe_and_distinct_on_every_system(names: list[str], same: bool) -> None:
    ids = [ID if same else f"{number}{ID[1:]}" for number in range(len(names))]
    exports = [results(*(connection(name, one) for name, one in zip(names, ids, strict=True)))]
    for logins in (None, ["../a", "A"]):
        found = [one["name"] for one in export_files(exports * (2 if logins else 1), logins)["files"]]
        assert found[-1] == NOT_EXPORTED
        assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,200}\.(yml|txt)", name) for name in found)
        assert len({name.lower() for name in found}) == len(found)
        assert not any(name.lower().startswith(("con.", "nul.", "aux.")) for name in found)


@pytest.mark.slow
@given(value=st.recursive(st.one_of(st.text(), st.sampled_from(TEXTS), st.integers(), st.booleans()), st.lists))
@examples(100)
def test_texts_are_data(value: Any) -> None:
    text = dump({"value": value})
    assert text.isascii()
    assert parsed(text) == {"value": value}


def test_ansible_evaluates_the_login_and_nothing_else(tmp_path: Any) -> None:
    """Also under the names of tags, and with the delimiters that a text chooses itself."""
    other = "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ 7 * 7 ]]"
    given = {text: text for text in (*TEXTS, other, "{# x #}", "{{ 7 * 7 }}")}
    exports = [results(connection("web", connect_vpcs_endpoints=[{"tags": given}]))]
    file = tmp_path / "web.yml"
    file.write_text(export_files(exports, ["prod"])["files"][0]["content"], encoding="utf-8")
    loader = DataLoader()
    newer = "trusted_as_template" in inspect.signature(loader.load_from_file).parameters
    variables = loader.load_from_file(str(file), **({"trusted_as_template": True} if newer else {}))
    found = Templar(loader, {**variables, "export_vpcs_accounts": [{"cloud": "prod"}]}).template(variables)
    assert found["connect_vpcs_endpoints"] == [{"tags": given}]
    assert found["connect_vpcs_consumer_auth"] == {"cloud": "prod"}


def test_both_sides_are_in_one_file() -> None:
    provider = results(connection("web"), connection("db", "5" + ID[1:]))
    consumer = results(connection("", connect_vpcs_endpoints=[{"vpc_id": "v"}]))
    del consumer["connections"][0]["variables"]["connect_vpcs_service"]
    consumer["connections"][0]["variables"]["connect_vpcs_service_id"] = ID
    found = {one["name"]: parsed(one["content"]) for one in export_files([provider, consumer], ["a", "b"])["files"]}
    assert list(found) == ["a-service-db.yml", "a-service-web-from-b.yml", NOT_EXPORTED]
    assert found["a-service-web-from-b.yml"] == {
        "connect_vpcs_service": {"name": "web"},
        "connect_vpcs_endpoints": [{"vpc_id": "v"}],
        "connect_vpcs_admit": False,
        "connect_vpcs_provider_auth": "{{ export_vpcs_accounts[0] }}",
        "connect_vpcs_consumer_auth": "{{ export_vpcs_accounts[1] }}",
    }


def test_what_was_asked_for_and_is_nowhere_is_listed() -> None:
    failed = {"kind": "endpoint", "id": "e1", "name": "", "reason": "it is in status failed"}
    asked = {"services": [ID, "s2"], "endpoints": ["e1", "e2"]}
    found = export_files([results(connection("web"), skipped=[failed])], None, asked)
    assert [(one["kind"], one["id"]) for one in found["not_exported"]] == [
        ("endpoint", "e1"),
        ("service", "s2"),
        ("endpoint", "e2"),
    ]
    assert "e2" in found["files"][-1]["content"]
