from ..modules import vpcep_tag_info
from ..plugin_utils.module_action import ModuleAction


class ActionModule(ModuleAction):
    module = vpcep_tag_info
