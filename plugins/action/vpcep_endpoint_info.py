from ..modules import vpcep_endpoint_info
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_endpoint_info
