from ..modules import vpcep_token
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_token
