# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test has its own small server or cloud, and no proxy in between."""

from __future__ import annotations

from tests.support.fixtures import cloud, new_process, no_proxy, quick_hash, server

__all__ = ["cloud", "new_process", "no_proxy", "quick_hash", "server"]
