"""The playbook map_vpcs, run as users do, against a simulated cloud."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.text import plain
from tests.acceptance.modules.conftest import Controller
from tests.support.landscapes import ROOT
from tests.unit.plugin_utils.drawing.test_filters import Reader
from tests.unit.plugin_utils.drawing.test_mermaid import parsed

PLAYBOOK = "crossvpc.vpcep.map_vpcs"
FILTERS = sorted((ROOT / "plugins" / "filter").glob("*.yml"))
UNKIND = "\"quotes' & {{ 1 + 1 }} ]]> #quot; `${x}`"


def prepare(controller: Controller, simulator: Any) -> dict[str, str]:
    """A service with approval, endpoints of both accounts, and one for the cloud's DNS. Returns their IDs."""
    simulator.settings(delay=0)
    network = simulator.spare("provider")
    other = simulator.spare("consumer")
    service = {
        "name": "web",
        "port_id": network[0]["port_id"],
        "vpc_id": network[0]["vpc_id"],
        "server_type": "VM",
        "approval_enabled": True,
        "permissions": [simulator.domain_id("consumer")],
        "ports": [{"client_port": 443, "server_port": 8443}],
    }
    consumer, to_web = simulator.account("consumer"), {"endpoint_service_id": "{{ provider.service.id }}"}
    name = "com.t-systems.otc.eu-de.dns"

    def endpoint(register: str, place: dict[str, str], **options: Any) -> dict[str, Any]:
        where = {"vpc_id": place["vpc_id"], "subnet_id": place["subnet_id"]}
        return {"crossvpc.vpcep.vpcep_endpoint": {**where, **options}, "register": register}

    done = controller.play(
        {"crossvpc.vpcep.vpcep_service": service, "register": "provider"},
        endpoint("accepted", other[0], **to_web, **consumer, tags={"env": "prod"}),
        endpoint("waiting", other[1], **to_web, **consumer),
        endpoint("own", network[1], **to_web),
        endpoint("dns", network[1], endpoint_service_name=name),
        {"crossvpc.vpcep.vpcep_connection": {**to_web, "endpoints": ["{{ accepted.endpoint.id }}"]}},
        {"crossvpc.vpcep.vpcep_connection": {**to_web, "endpoints": ["{{ own.endpoint.id }}"], "state": "rejected"}},
        {
            "ansible.builtin.copy": {
                "content": "{{ dict(['accepted', 'waiting', 'own', 'dns'] | zip([accepted, waiting, own, dns] "
                "| map(attribute='endpoint.id'))) | to_json }}",
                "dest": f"{controller.folder}/ids.json",
                "mode": "0600",
            }
        },
    )
    assert done.code == 0, done.output
    controller.requests()
    found: dict[str, str] = json.loads((controller.folder / "ids.json").read_text())
    return found


def clouds(controller: Controller, simulator: Any) -> str:
    """A clouds.yaml for both accounts, and the option that draws them."""
    controller.clouds(**{name: simulator.account(name) for name in ("provider", "consumer")})
    return json.dumps({"map_vpcs_accounts": [{"cloud": "provider"}, {"cloud": "consumer"}]})


def status_of(text: str, identifier: str) -> str:
    """What a page says about an endpoint."""
    found = re.search(rf'<tr id="endpoint-{identifier}">.*?<td class="state[^"]*">(.*?)</td>', text, re.DOTALL)
    assert found, identifier
    return found[1]


def test_one_account(controller: Controller, simulator: Any) -> None:
    ids = prepare(controller, simulator)
    checked = controller.run("ansible-playbook", PLAYBOOK, "--check", "--diff")
    assert (checked.code, checked.count("changed")) == (0, 2), checked.output
    assert not (controller.folder / "vpcs.html").exists()

    done = controller.run("ansible-playbook", PLAYBOOK)
    assert (done.code, done.count("changed")) == (0, 2), done.output
    assert "[WARNING]" not in done.output and "[DEPRECATION" not in done.output
    requests = controller.requests()
    once = ["GET listEndpointServices", "GET listConnections", "GET listVpcsV3", "GET listSubnets", "GET listEndpoints"]
    assert [request for request in requests if "Token" not in request] == 2 * once
    page = (controller.folder / "vpcs.html").read_text()
    assert Reader(page).open == []
    statuses = {name: status_of(page, identifier) for name, identifier in ids.items()}
    assert statuses == {
        "accepted": "✓ accepted",
        "waiting": "… pending acceptance",
        "own": "✕ rejected",
        "dns": "✓ accepted",
    }
    assert "open to 1 account" not in page  # an unread whitelist is not shown as an empty one
    assert "own account only" not in page
    assert "spare-2" in page and "443 → 8443" in page and "com.t-systems.otc.eu-de.dns" in page
    flowchart = parsed((controller.folder / "vpcs.mmd").read_text())
    assert len(flowchart["line"]) == 4

    before = page
    again = controller.run("ansible-playbook", PLAYBOOK)
    assert (again.code, again.count("changed")) == (0, 0), again.output
    assert (controller.folder / "vpcs.html").read_text() == before


def test_whitelists_and_findings_are_shown_when_asked_for(controller: Controller, simulator: Any) -> None:
    ids = prepare(controller, simulator)
    options = ["-e", "map_vpcs_whitelists=true map_vpcs_audit=true"]
    done = controller.run("ansible-playbook", PLAYBOOK, *options)
    assert done.code == 0, done.output
    requests = [request for request in controller.requests() if "Token" not in request]
    read = ["GET listConnections", "GET listEndpointServices", "GET listEndpoints", "GET listPermissions"]
    backend = ["GET listPorts", "GET listServers", "GET listSecurityGroupRulesV3"]
    names = ["GET listSubnets", "GET listVpcsV3"]
    assert sorted(requests) == sorted([*read, *read, *backend, *names, "GET listQuotas"])
    page = (controller.folder / "vpcs.html").read_text()
    assert "open to 1 account" in page
    assert f'<a href="#endpoint-{ids["own"]}">endpoint {ids["own"]}</a></td><td>Status rejected' in page


def test_two_accounts_in_one_picture(controller: Controller, simulator: Any) -> None:
    ids = prepare(controller, simulator)
    (service,) = simulator.state()["services"]
    simulator.change("services", service["id"], description=UNKIND)
    readme = controller.folder / "README.md"
    readme.write_text("# Ours\n\nText.\n")
    options = ["-e", clouds(controller, simulator), "-e", "map_vpcs_svg=vpcs.svg map_vpcs_readme=README.md"]
    done = controller.run("ansible-playbook", PLAYBOOK, *options)
    assert (done.code, done.count("changed")) == (0, 4), done.output
    for account in ("provider", "consumer"):
        assert simulator.account(account)["password"] not in done.output
    page = (controller.folder / "vpcs.html").read_text()
    assert plain(UNKIND) in Reader(page).text
    assert status_of(page, ids["accepted"]) == "✓ accepted"
    row = page.partition(f'<tr id="endpoint-{ids["accepted"]}">')[2].partition("</tr>")[0]
    assert "consumer" in row and "env=prod" in row and simulator.spare("consumer")[0]["vpc_id"] in row
    flowchart = (controller.folder / "vpcs.mmd").read_text()
    assert readme.read_text().startswith("# Ours\n\nText.\n")
    assert f"```mermaid\n{flowchart}```\n" in readme.read_text()
    again = controller.run("ansible-playbook", PLAYBOOK, *options)
    assert (again.code, again.count("changed")) == (0, 0), again.output


def test_logins_stay_hidden(controller: Controller, simulator: Any) -> None:
    prepare(controller, simulator)
    accounts = [simulator.account(name) for name in ("provider", "consumer")]
    (controller.folder / "accounts.json").write_text(json.dumps({"map_vpcs_accounts": accounts}))
    done = controller.run("ansible-playbook", PLAYBOOK, "--check", "--diff", "-vvv", "-e", "@accounts.json")
    assert done.code == 0, done.output
    for account in accounts:
        assert account["password"] not in done.output


@pytest.mark.parametrize("file", FILTERS, ids=lambda file: file.stem)
def test_examples_of_a_filter(controller: Controller, simulator: Any, tmp_path: Path, file: Path) -> None:
    """The modules' are run by tests/acceptance/modules/test_examples.py."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    tasks = yaml.safe_load(document["EXAMPLES"].replace("/tmp/", f"{tmp_path}/"))
    done = controller.play(*tasks)
    assert done.code == 0, done.output
    assert "[WARNING]" not in done.output and "[DEPRECATION" not in done.output
    assert document["DOCUMENTATION"]["name"] == file.stem
