# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test has its own small server, and no proxy in between."""

from __future__ import annotations

from tests.support.fixtures import no_proxy, server, tls_files, tls_server

__all__ = ["no_proxy", "server", "tls_files", "tls_server"]
