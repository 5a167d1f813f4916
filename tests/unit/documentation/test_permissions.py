"""docs/permissions.md names the rights that the modules need; what they send is checked in tests/unit/_resources."""

import json
import re
from pathlib import Path

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.networks import KINDS
from tests.support.cases import for_each
from tests.support.listings import listings
from tools import permissions

ROOT = Path(__file__).resolve().parents[3]
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("vpcep_*.py")}
# The clouds ask for no right, or their documentation names none.
WITHOUT_ACTION = {"listVersions", "getVersion", "upgradeEndpointService", "upgradeEndpoint", "addServerResources"}


@pytest.mark.slow
def test_the_page_is_what_the_data_says() -> None:
    current = permissions.PAGE.read_text(encoding="utf-8")
    assert current == permissions.page(current), "run: tools/run.sh .venv python tools/permissions.py"


def test_the_data_knows_every_module_and_every_operation() -> None:
    modules = permissions.data()["modules"]
    assert set(modules) == MODULES
    sent = {name for module in modules for name in permissions.allowed(module)}
    # The simulator has operations of the network services that no module needs.
    needed = {name for name, one in permissions.operations().items() if "x-service" not in one}
    assert needed <= sent <= set(permissions.operations())
    changing = {module for module, names in modules.items() if permissions.rights(names).change}
    assert changing <= {one for policy in permissions.data()["policies"] for one in policy.get("modules", [])}


def test_every_operation_names_its_action() -> None:
    described = permissions.operations().items()
    assert {name for name, one in described if "x-iam-action" not in one} == WITHOUT_ACTION


@for_each(re.findall(r"^\| `(\w+)` .*?\| `(vpcep_\w+)`", (ROOT / "docs" / "operations.md").read_text(), re.M))
def test_the_module_of_an_operation_may_send_it(operation: str, module: str) -> None:
    assert operation in permissions.allowed(module)


def test_the_rights_of_options_with_names() -> None:
    section = (
        permissions.PAGE.read_text(encoding="utf-8").partition("## Options that name objects")[2].partition("## ")[0]
    )
    assert all(f"`{kind.right}`" in section for kind in KINDS.values())
    assert set(re.findall(r"`(\w+:\w+:\w+)`", section)) <= set(json.loads(f"[{permissions.quoted(rights())[1:-1]}]"))


def test_the_rights_of_other_options() -> None:
    """Each is in the table, and only those for DNS are in no policy that can change something."""
    options = {one.partition(":")[0] for row in permissions.data()["options"] for one in row["options"]}
    assert {"admit_traffic", "security_group", "server_ports", "dns_name", "create_dns_zone", "include"} <= options
    modules = permissions.data()["modules"]
    for row in permissions.data()["options"]:
        for module in row["modules"]:
            missing = set(row["operations"]) - set(modules[module])
            assert not missing or row["options"][0] in ("dns_name", "create_dns_zone"), row


def rights() -> list[str]:
    modules = permissions.data()["modules"].values()
    return permissions.rights(name for names in modules for name in names).read


def test_policies_can_be_pasted() -> None:
    pasted = [json.loads(listing.text) for listing in listings(permissions.PAGE) if listing.language == "json"]
    assert len(pasted) == len(permissions.data()["policies"])
    for policy in pasted:
        (statement,) = policy["Statement"]
        assert policy["Version"] == "1.1" and statement["Effect"] == "Allow"
        assert all(re.fullmatch(r"\w+:\w+:\w+", action) for action in statement["Action"])


def test_looking_changes_nothing_and_is_enough_for_check_mode() -> None:
    (look,) = [text for text in permissions.of_policies().split("### ") if text.startswith("Look only")]
    actions = set(json.loads(re.search(r"```json\n(.*?)```", look, re.S)[1])["Statement"][0]["Action"])
    assert all(action.endswith(permissions.READING) for action in actions)
    for names in permissions.data()["modules"].values():
        assert set(permissions.rights(names).read) <= actions
