"""A password inside a variable of a wrong type appears nowhere in the output, at high verbosity either."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.variables import VARIABLES
from tests.acceptance.role.conftest import SEED, Controller, failing, include
from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT
from tests.support.seed import FRONTEND

SECRET = "Vaulted-S3cret-42"
WRONG: tuple[Any, ...] = ([[{"password": SECRET}]], {"nonsense": {"password": SECRET}}, f'{{"password": "{SECRET}"}}')
"""No variable may have one of these values."""
DEFAULTS = yaml.safe_load((ROOT / "roles" / "connect_vpcs" / "defaults" / "main.yml").read_text(encoding="utf-8"))


def test_of_the_role(controller: Controller, simulator: SimulatorProcess) -> None:
    tasks = []
    for number, value in enumerate(WRONG):
        for name in DEFAULTS:
            tasks.append(failing(f"{name} {number}", include(**{**SEED, name: value})))
    run = controller.play(*tasks, options=("-vvv",))
    assert run.code == 0, run.output
    messages = run.kept["notes"]
    assert len(messages) == len(WRONG) * len(DEFAULTS)
    assert [key for key, message in messages.items() if key.split()[0] not in message] == []
    assert SECRET not in run.output
    assert simulator.log() == []


@pytest.mark.parametrize("playbook", ["connect_fleet", "private_obs", "map_vpcs", "audit_vpcs"])
def test_of_a_playbook(controller: Controller, simulator: SimulatorProcess, tmp_path: Path, playbook: str) -> None:
    """All variables of a wrong type at once."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"localhost": {"connect_vpcs_endpoint": FRONTEND}}}}))
    prefix = {"connect_fleet": "connect_vpcs_"}.get(playbook, playbook)
    names = [name for name in VARIABLES if name.startswith(prefix)]
    for value in WRONG:
        given = dict.fromkeys(names, value)
        run = controller.playbook(f"crossvpc.vpcep.{playbook}", "-i", str(inventory), "-vvv", variables=given)
        assert run.code == 2 and any(f'msg": "{name}' in run.output for name in names), run.output
        assert SECRET not in run.output
    assert simulator.log() == []
