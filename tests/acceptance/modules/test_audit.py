"""The playbook audit_vpcs, run as users do, against a simulated cloud."""

import json
from typing import Any
from xml.etree import ElementTree

from tests.acceptance.modules.conftest import Controller

PLAYBOOK = "crossvpc.vpcep.audit_vpcs"
UNKIND = "{{ 1 + 1 }} | `x` </td> \N{SNOWMAN}"


def test_reports_and_exit_status(controller: Controller, simulator: Any) -> None:
    simulator.settings(delay=0)
    network = simulator.spare("provider")[0]
    service = {
        "name": "web",
        "port_id": network["port_id"],
        "vpc_id": network["vpc_id"],
        "server_type": "VM",
        "approval_enabled": True,
        "permissions": ["*"],
        "ports": [{"client_port": 443, "server_port": 8443}],
    }
    made = controller.play({"crossvpc.vpcep.vpcep_service": service})
    assert made.code == 0, made.output
    (one,) = simulator.state()["services"]
    simulator.change("services", one["id"], status="failed", error=["EndPoint.4010", UNKIND])
    controller.requests()
    consumer = simulator.account("consumer")
    files = {f"audit_vpcs_{kind}": f"found.{kind}" for kind in ("junit", "markdown", "sarif")}
    given = {**files, "audit_vpcs_other_auth": consumer}
    (controller.folder / "vars.json").write_text(json.dumps(given))

    done = controller.run("ansible-playbook", PLAYBOOK, "-e", "@vars.json", "-vvv", VPCEP_DIRECT="0")
    assert done.code == 2 and "Findings: 1 high. audit_vpcs_fail_on is high." in done.output, done.output
    assert consumer["password"] not in done.output
    sent = controller.requests()
    assert sent and not [line for line in sent if not line.startswith("GET ") and "createToken" not in line]
    sarif = json.loads((controller.folder / "found.sarif").read_text())
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["whitelist-open", "service-failed"]
    suite = ElementTree.parse(controller.folder / "found.junit").getroot()
    assert suite.get("failures") == "2" and UNKIND in "".join(suite.itertext())
    table = (controller.folder / "found.markdown").read_text()
    assert table.splitlines()[2] == "2 findings: 1 high, 1 medium, 0 low." and UNKIND not in table
    before = {path.name for path in controller.folder.iterdir()}

    only = {"audit_vpcs_other_auth": consumer, "audit_vpcs_fail_on": "never"}
    done = controller.run("ansible-playbook", PLAYBOOK, "-e", json.dumps(only), "-vvv")
    assert consumer["password"] not in done.output
    assert done.code == 0 and "high: whitelist-open: endpoint service web " in done.output, done.output
    assert {path.name for path in controller.folder.iterdir()} == before, "it writes files only where it is told"
