"""Attributes of the modules: check mode, diff mode, idempotence, action group."""


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
