# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_endpoint_info
short_description: Find endpoints
version_added: 0.1.0
description:
  - Lists the endpoints of the project.
  - All pages are read, and all filters match exactly. An empty list is not an error.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.endpoint_filters
  - crossvpc.vpcep.search_filters
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_endpoints
  - module: crossvpc.vpcep.vpcep_connection_info
"""

EXAMPLES = r"""
- name: List the endpoints of the project
  crossvpc.vpcep.vpcep_endpoint_info:

- name: List the endpoints that wait for approval
  crossvpc.vpcep.vpcep_endpoint_info:
    status: pendingAcceptance

- name: List the production endpoints of one VPC
  crossvpc.vpcep.vpcep_endpoint_info:
    vpc: frontend
    tags:
      env: prod
"""

RETURN = r"""
endpoints:
  description: The endpoints as returned by M(crossvpc.vpcep.vpcep_endpoint).
  returned: success
  type: list
  elements: dict
  sample:
    - {id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted, ip: 192.168.14.23}
resolved:
  description: The objects that were looked up by name, see RV(crossvpc.vpcep.vpcep_endpoint#module:resolved).
  returned: when one of them is set
  type: list
  elements: dict
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import TEXT
from ..module_utils._resources.info import find_endpoints
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import EXCLUSIVE_NAMES, auth_options, filter_options, name_options
from ..module_utils._schema.fields import ENDPOINT, ENDPOINT_FILTERS, ENDPOINT_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "endpoint_service_name": {"type": TEXT},
        **name_options("vpc", "subnet"),
        **filter_options(ENDPOINT, ENDPOINT_FILTERS, ENDPOINT_STATUSES),
    },
    "mutually_exclusive": list(EXCLUSIVE_NAMES),
}
PROGRAM = find_endpoints


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
