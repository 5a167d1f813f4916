from ..modules import vpcep_preflight_info
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_preflight_info)
