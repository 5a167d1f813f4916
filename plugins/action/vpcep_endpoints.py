from ..modules import vpcep_endpoints
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_endpoints
