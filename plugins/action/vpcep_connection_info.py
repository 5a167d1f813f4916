from ..modules import vpcep_connection_info
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_connection_info
