# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty simulated cloud for each test; `running`, of each folder's own conftest, is the process behind it."""

from __future__ import annotations

import pytest

from tests.simulator import SimulatorProcess


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    running.reset()
    return running
