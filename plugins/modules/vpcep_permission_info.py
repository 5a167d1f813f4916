# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_permission_info
short_description: List the whitelist of a service
version_added: 1.0.0
description:
  - Lists the whitelist records of an endpoint service of the project.
  - All pages are read, and all filters match exactly. An empty list is not an error.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_permission
  - module: crossvpc.vpcep.vpcep_service
options:
  permissions:
    description:
      - Return only these records, as account IDs, C(iam:domain::ID), or V(*). Huawei Cloud also has
        C(organizations:orgPath::PATH).
    type: list
    elements: str
  permission_type:
    description: Return only records for accounts (V(domainId)) or for organization paths (V(orgPath)).
    type: str
    choices: [domainId, orgPath]
"""

EXAMPLES = r"""
- name: List the accounts that may connect
  crossvpc.vpcep.vpcep_permission_info:
    endpoint_service_name: web
  register: whitelist

- name: Check whether one account may connect
  crossvpc.vpcep.vpcep_permission_info:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0101]
"""

RETURN = r"""
permissions:
  description: The records as returned by M(crossvpc.vpcep.vpcep_permission).
  returned: success
  type: list
  elements: dict
  sample: [{id: f2659906-c622-480a-83e9-ef42bdb67b90, permission: "iam:domain::5fc973eea581490997e82ea11a1d0101"}]
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import LIST, TEXT, WORD
from ..module_utils._resources.permissions import find_permissions
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import SERVICE_NAMES, auth_options, service_options
from ..module_utils._schema.fields import PERMISSION_TYPES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "permissions": {"type": LIST, "elements": WORD},
        "permission_type": {"type": TEXT, "choices": list(PERMISSION_TYPES)},
    },
    "required_one_of": [SERVICE_NAMES],
    "mutually_exclusive": [SERVICE_NAMES],
}
PROGRAM = find_permissions


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
