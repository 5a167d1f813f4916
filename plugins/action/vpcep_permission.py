from ..modules import vpcep_permission
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_permission)
