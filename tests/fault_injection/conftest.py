# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud in this process, and scenarios in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from tests.programs import Cloud
from tests.simulator import SimulatorProcess

from .scenario import Scenario
from .secrets import leaks
from .workspace import Workspace


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with Cloud(delay=3) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def scenario_type() -> type[Scenario]:
    """What begin() begins; modules may override it, and the cloud."""
    return Scenario


@pytest.fixture
def begin(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Any, scenario_type: type[Scenario]
) -> Iterator[Callable[..., Scenario]]:
    """Begins scenarios, each in an empty cloud and with an empty cache; what they say is searched for secrets."""
    monkeypatch.setattr(token_cache, "_COST", 2)  # a slow hash is slow, and not what these tests are about
    running: list[Scenario] = []

    def end() -> None:
        for scenario in running:
            row.leaked += leaks("\n".join(scenario.said), cloud)
        running.clear()

    def fresh(**options: Any) -> Scenario:
        end()
        cloud.reset()
        row.tried += 1
        running.append(scenario_type(cloud, tmp_path / str(row.tried), **options))
        return running[0]

    yield fresh
    end()


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with SimulatorProcess() as simulator:
        yield Workspace(simulator, tmp_path_factory.mktemp("place"))
        assert simulator.defects() == []
