# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source against the simulator, in virtual time."""

from __future__ import annotations

from tests.support.fixtures import quick_hash
from tests.support.resource_fixtures import allow, backend, cloud, join, publish, service, statuses, subnet, task

__all__ = ["allow", "backend", "cloud", "join", "publish", "quick_hash", "service", "statuses", "subnet", "task"]
