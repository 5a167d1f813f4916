from ansible_collections.crossvpc.vpcep.plugins.modules import vpcep_quota_info
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_quota_info
