"""The drift check of docs/maintenance.md: each of its exit statuses. The policy "Look only" has to suffice for it."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.support.listings import listings
from tests.support.seed import BACKEND, FRONTEND
from tools import permissions

PAGE = Path(__file__).resolve().parents[3] / "docs" / "maintenance.md"
PORTS = [{"client_port": 8080, "server_port": 80}]
VARIABLES = {
    "connect_vpcs_service": {"name": "web", **BACKEND, "approval_enabled": False, "ports": PORTS},
    "connect_vpcs_endpoints": [FRONTEND],
}


def test_the_exit_status_of_a_drift_check(controller: Any, simulator: Any) -> None:
    simulator.settings(delay=0)
    file = controller.folder / "vpcs" / "web.yml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(VARIABLES))
    (command,) = [one.text.split() for one in listings(PAGE) if "test_drift.py" in one.argument]
    looking = set(re.findall(r'"(\w+:\w+:\w+)"', permissions.of_policies().partition("### Look only")[2]))

    def drift() -> int:
        simulator.clear_log()
        status = controller.run(*command).code
        sent = {entry["operation"] for entry in simulator.log() if entry["service"] != "iam"}
        rights = permissions.rights(sent)
        assert rights.change == [] and set(rights.read) <= looking
        return int(status)

    assert drift() == 2  # nothing is there yet
    done = controller.run("ansible-playbook", "crossvpc.vpcep.connect_vpcs", "-e", f"@{file}")
    assert done.code == 0, done.output
    assert drift() == 0
    (service,) = simulator.state()["services"]
    ports = [{"client_port": 8080, "server_port": 81, "protocol": "TCP"}]
    simulator.control("POST", f"/state/services/{service['id']}", {"ports": ports})
    assert drift() == 2
    controller.environment["OS_PASSWORD"] = "wrong"
    assert drift() == 2
