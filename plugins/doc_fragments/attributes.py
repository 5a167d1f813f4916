# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes of the modules: check mode, diff mode, idempotence, action group."""

from __future__ import annotations


class ModuleDocFragment:
    # For modules that change objects.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: Predicts C(changed) and the result. Sends only GET requests.
  diff_mode:
    support: full
    description: Shows the managed fields before and after.
  idempotent:
    support: full
    description: A second run with the same options changes nothing and sends only GET requests.
  action_group:
    support: full
    description: Use C(group/crossvpc.vpcep.vpcep) in C(module_defaults) to set options for all modules.
    membership: [crossvpc.vpcep.vpcep]
"""

    # For modules that only read.
    INFO = r"""
attributes:
  check_mode:
    support: full
    description: Does not modify state.
  diff_mode:
    support: N/A
    description: Does not modify state.
  idempotent:
    support: full
    description: Does not modify state.
  action_group:
    support: full
    description: Use C(group/crossvpc.vpcep.vpcep) in C(module_defaults) to set options for all modules.
    membership: [crossvpc.vpcep.vpcep]
"""
