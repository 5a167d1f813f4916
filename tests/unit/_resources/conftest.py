# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of modules against the simulator."""

from __future__ import annotations

from tests.support.audited import estate
from tests.support.fixtures import quick_hash
from tests.support.resource_fixtures import allow, backend, cloud, join, publish, service, statuses, subnet, task
from tests.support.traffic import lab

__all__ = [
    "allow",
    "backend",
    "cloud",
    "estate",
    "join",
    "lab",
    "publish",
    "quick_hash",
    "service",
    "statuses",
    "subnet",
    "task",
]
