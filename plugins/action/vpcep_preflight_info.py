from ..modules import vpcep_preflight_info
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_preflight_info
