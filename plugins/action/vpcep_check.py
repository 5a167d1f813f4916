from ansible_collections.crossvpc.vpcep.plugins.modules import vpcep_check
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_check
