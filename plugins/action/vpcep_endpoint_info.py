# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module in the controller's own process: see plugin_utils/direct.py."""

from __future__ import annotations

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.direct import DirectAction, module_file


class ActionModule(DirectAction):
    module = module_file("vpcep_endpoint_info")
