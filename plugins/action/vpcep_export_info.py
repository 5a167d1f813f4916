from ..modules import vpcep_export_info
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_export_info)
