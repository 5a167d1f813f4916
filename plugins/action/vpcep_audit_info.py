# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.crossvpc.vpcep.plugins.modules import vpcep_audit_info
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_audit_info
