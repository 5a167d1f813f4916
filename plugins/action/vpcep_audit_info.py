from ..modules import vpcep_audit_info
from ..plugin_utils.module_action import action_of

ActionModule = action_of(vpcep_audit_info)
