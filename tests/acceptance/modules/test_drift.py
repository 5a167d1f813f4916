"""The drift check of docs/maintenance.md: each of its exit statuses. The policy "Look only" has to suffice for it."""

import re
from pathlib import Path
from typing import Any

from tests.support.listings import file_shown
from tools import permissions

PAGE = Path(__file__).resolve().parents[3] / "docs" / "maintenance.md"
CONNECT = ("ansible-playbook", "crossvpc.vpcep.connect_vpcs", "-e", "@connection.yml")


def test_the_exit_status_tells_drift_from_failure(controller: Any, simulator: Any) -> None:
    simulator.settings(delay=0)
    for name in ("drift.sh", "connection.yml"):
        (controller.folder / name).write_text(file_shown(PAGE, name))

    looking = set(re.findall(r'"(\w+:\w+:\w+)"', permissions.of_policies().partition("### Look only")[2]))

    def drift() -> int:
        simulator.clear_log()
        status = controller.run("sh", "drift.sh").code
        sent = {entry["operation"] for entry in simulator.log() if entry["service"] != "iam"}
        rights = permissions.rights(sent)
        assert rights.change == [] and set(rights.read) <= looking
        return int(status)

    assert drift() == 3  # nothing is there yet
    assert controller.run(*CONNECT).code == 0
    assert drift() == 0
    (service,) = simulator.state()["services"]
    ports = [{"client_port": 8080, "server_port": 81, "protocol": "TCP"}]
    simulator.control("POST", f"/state/services/{service['id']}", {"ports": ports})
    assert drift() == 3
    controller.environment["OS_PASSWORD"] = "wrong"
    assert drift() == 2
