"""The README's promise: to a real region with three exported variables, and a file of IDs."""

import re

from tests.acceptance.role.conftest import ROLE, Controller
from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT
from tests.support.listings import file_shown


def test_three_variables_and_the_file_of_the_readme(controller: Controller, simulator: SimulatorProcess) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (export,) = re.findall(r"^export (OS_ACCESS_KEY=.*)$", readme, re.MULTILINE)
    listing = file_shown(ROOT / "README.md", "connection.yml")
    keys = simulator.credentials()
    values = {
        "OS_ACCESS_KEY": keys["access_key"],
        "OS_SECRET_KEY": keys["secret_key"],
        "OS_REGION_NAME": keys["region"],
    }
    named = [word.partition("=")[0] for word in export.split()]
    controller.logout()
    controller.environment |= {name: values[name] for name in named}
    # A real region is known by its name; where the simulated one is has to be said.
    controller.environment |= {"OS_AUTH_URL": keys["auth_url"], "VPCEP_API_URL": keys["api_url"]}
    file = controller.folder / "connection.yml"
    file.write_text(listing)

    connected = controller.playbook(ROLE, "-e", f"@{file}")
    assert connected.code == 0, connected.output
    assert [endpoint["status"] for endpoint in simulator.state()["endpoints"]] == ["accepted"]
    removed = controller.playbook("crossvpc.vpcep.disconnect_vpcs", "-e", f"@{file}")
    assert removed.code == 0, removed.output
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []
