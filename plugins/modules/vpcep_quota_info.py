# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_quota_info
short_description: Show quotas
version_added: 1.0.0
description:
  - Shows the quotas of the account in the region for endpoint services and endpoints, and how much of them is used.
    Failed services and endpoints and rejected endpoints count as used.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_preflight_info
options:
  type:
    description: Return only the quota of this type of resource.
    type: str
    choices: [endpoint_service, endpoint]
"""

EXAMPLES = r"""
- name: Show the quotas
  crossvpc.vpcep.vpcep_quota_info:
  register: project

- name: Check that another endpoint can be created
  ansible.builtin.assert:
    that: endpoints.used < endpoints.quota
  vars:
    endpoints: "{{ project.quotas | selectattr('type', '==', 'endpoint') | first }}"
"""

RETURN = r"""
quotas:
  description: The quotas as the API shows them.
  returned: success
  type: list
  elements: dict
  sample: [{type: endpoint, used: 4, quota: 50}]
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import TEXT
from ..module_utils._resources.project import find_quotas
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options
from ..module_utils._schema.fields import RESOURCE_KINDS

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "type": {"type": TEXT, "choices": list(RESOURCE_KINDS)},
    },
}
PROGRAM = find_quotas


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
