# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_tag_info
short_description: List tags in use
version_added: 1.0.0
description: Lists the tags of all endpoint services or of all endpoints of the project, each key with its values.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_service_info
  - module: crossvpc.vpcep.vpcep_endpoint_info
options:
  resource_type:
    description: Whether to list the tags of services or of endpoints.
    type: str
    choices: [endpoint_service, endpoint]
    required: true
"""

EXAMPLES = r"""
- name: List the tags of services
  crossvpc.vpcep.vpcep_tag_info:
    resource_type: endpoint_service
  register: known

- name: Show the environments that have services
  ansible.builtin.debug:
    msg: "{{ known.tags.env | default([]) }}"
"""

RETURN = r"""
tags:
  description: The keys, each with the list of its values.
  returned: success
  type: dict
  sample: {env: [dev, prod]}
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import TEXT
from ..module_utils._resources.project import find_tags
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options
from ..module_utils._schema.fields import RESOURCE_KINDS

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "resource_type": {"type": TEXT, "choices": list(RESOURCE_KINDS), "required": True},
    },
}
PROGRAM = find_tags


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
