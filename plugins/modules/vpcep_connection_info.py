# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_connection_info
short_description: List the connections of a service
version_added: 1.0.0
description:
  - Lists the endpoints of all accounts that are connected to an endpoint service of the project or wait for approval.
  - All pages are read. An empty list is not an error.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_connection
  - module: crossvpc.vpcep.vpcep_service_info
options:
  id:
    description: Return only the connection of the endpoint with this ID.
    type: str
  marker_id:
    description:
      - Return only the connection with this number. Backends see the number if C(tcp_proxy) of the service sends it.
    type: int
  domain_ids:
    description: Return only connections of the accounts with these IDs.
    type: list
    elements: str
  status:
    description: Return only connections in one of these statuses.
    type: list
    elements: str
    choices: [pendingAcceptance, creating, accepted, rejected, failed, deleting]
"""

EXAMPLES = r"""
- name: List all connections of a service
  crossvpc.vpcep.vpcep_connection_info:
    endpoint_service_name: web

- name: List the connections that wait for approval
  crossvpc.vpcep.vpcep_connection_info:
    endpoint_service_name: web
    status: pendingAcceptance
  register: waiting

- name: Show the accounts that wait for approval
  ansible.builtin.debug:
    msg: "{{ waiting.connections | map(attribute='domain_id') | unique }}"
"""

RETURN = r"""
connections:
  description: The connections as returned by M(crossvpc.vpcep.vpcep_connection).
  returned: success
  type: list
  elements: dict
  sample: [{id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted, domain_id: 5fc973eea581490997e82ea11a1d0101}]
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import LIST, TEXT, WHOLE, WORD
from ..module_utils._resources.connections import find_connections
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import SERVICE_NAMES, auth_options, service_options
from ..module_utils._schema.fields import ENDPOINT_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "id": {"type": TEXT},
        "marker_id": {"type": WHOLE},
        "domain_ids": {"type": LIST, "elements": WORD},
        "status": {"type": LIST, "elements": WORD, "choices": list(ENDPOINT_STATUSES)},
    },
    "required_one_of": [SERVICE_NAMES],
    "mutually_exclusive": [SERVICE_NAMES],
}
PROGRAM = find_connections


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
