# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types that all layers use."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
"""A JSON object: an answer of the API, a request body, a task's options or its result."""
