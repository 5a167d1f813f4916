from ..modules import vpcep_quota_info
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_quota_info
