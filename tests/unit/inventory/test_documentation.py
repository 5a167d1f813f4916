"""What the plugin's documentation says, against the modules and against the code."""

import importlib
from typing import Any

import yaml

from ansible_collections.crossvpc.vpcep.plugins.inventory import vpcep
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import hosts

DOCUMENT: dict[str, Any] = yaml.safe_load(vpcep.DOCUMENTATION)
OWN: dict[str, Any] = DOCUMENT["options"]


def shared() -> dict[str, Any]:
    """The options of the collection's own fragments."""
    options: dict[str, Any] = {}
    for name in DOCUMENT["extends_documentation_fragment"]:
        collection, _dot, fragment = name.rpartition(".")
        if collection == "crossvpc.vpcep":
            module = importlib.import_module(f"ansible_collections.crossvpc.vpcep.plugins.doc_fragments.{fragment}")
            options |= yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)["options"]
    return options


def test_who_asks_and_for_what_are_options_as_everywhere() -> None:
    assert set(shared()) == {*vpcep.AUTH, *vpcep.FILTERS}
    assert not set(shared()) & set(OWN)


def test_there_are_filters() -> None:
    assert {"id", "vpc_id", "status", "tags"} <= set(vpcep.FILTERS)


def test_choices_are_those_of_the_code() -> None:
    assert OWN["default_groups"]["choices"] == OWN["default_groups"]["default"] == list(hosts.KINDS)
    assert OWN["connect_with"]["choices"] == list(hosts.ADDRESSES)
    assert OWN["plugin"]["choices"] == [vpcep.InventoryModule.NAME]
    assert OWN["plugin"]["choices"] == [f"crossvpc.vpcep.{DOCUMENT['name']}"]


def test_names_that_the_documentation_tells() -> None:
    endpoint = {
        "endpoint_service_id": "s",
        "endpoint_service_name": "eu-de.web.s",
        "ip": "10.0.0.1",
        "service_type": "gateway",
        "status": "accepted",
        "tags": {"env": "dev"},
    }
    variables = {*hosts.variables(endpoint, [])} - {hosts.PREFIX + member for member in endpoint}
    for name in [*hosts.groups(endpoint), *variables]:
        assert f"C({name})" in vpcep.DOCUMENTATION
