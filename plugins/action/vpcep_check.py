from ..modules import vpcep_check
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_check
