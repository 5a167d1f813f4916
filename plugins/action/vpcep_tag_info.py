from ansible_collections.crossvpc.vpcep.plugins.modules import vpcep_tag_info
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_tag_info
