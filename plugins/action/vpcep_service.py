from ..modules import vpcep_service
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_service)
