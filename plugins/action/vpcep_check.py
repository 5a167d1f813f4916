from ..modules import vpcep_check
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_check)
