# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_service_info
short_description: Find endpoint services
version_added: 0.1.0
description:
  - Lists the endpoint services of the project or the public services of the cloud, or looks up one service of any
    account.
  - All pages are read, and all filters match exactly. An empty list is not an error.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.search_filters
seealso:
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection_info
  - module: crossvpc.vpcep.vpcep_endpoint_info
options:
  scope:
    description:
      - V(own) lists the services of the project.
      - V(public) lists the public services of the cloud, such as OBS and DNS.
      - V(describe) looks up one service of any account by O(id) or by its full O(name). The result does not show the
        backend.
    type: str
    choices: [own, public, describe]
    default: own
  id:
    description: Return only the service with this ID.
    type: str
  name:
    description:
      - Return only services with this name. With O(scope=own) this is the short or the full name, otherwise the full
        name.
    type: str
    aliases: [service_name]
  status:
    description: Return only services in one of these statuses. Requires O(scope=own).
    type: list
    elements: str
    choices: [creating, available, failed, deleting]
  vpc:
    description:
      - Name of a VPC, instead of O(vpc_id). It must match exactly. Needs one GET. Requires O(scope=own).
    type: str
    version_added: 1.0.0
  vpc_id:
    description: Return only services with a backend in the VPC with this ID. Requires O(scope=own).
    type: str
  port_id:
    description: Return only services with this network port as backend. Requires O(scope=own).
    type: str
  server_type:
    description:
      - Return only services with a backend of this type. V(BMS) exists on T Cloud Public only. Requires
        O(scope=own).
    type: str
    choices: [LB, VM, VIP, BMS]
    version_added: 1.0.0
  tags:
    description:
      - Return only services that have all these tags. A key without a value (null) matches any value, a list matches
        each value in it. Requires O(scope=own).
    type: dict
  public_border_group:
    description:
      - Return only services of this edge pool, such as V(center). Services for which the cloud does not show it are
        left out. In some regions these are all services.
    type: str
    version_added: 1.0.0
  include:
    description:
      - What to read in addition. The connections or the whitelist need one request for each service.
        The requests are sent in parallel. Requires O(scope=own).
      - V(networks) reads the names of all VPCs and subnets of the project, with two requests.
      - For hundreds of services this takes seconds. A loop over M(crossvpc.vpcep.vpcep_connection_info) and
        M(crossvpc.vpcep.vpcep_permission_info) takes minutes.
    type: list
    elements: str
    choices: [connections, permissions, networks]
    version_added: 1.0.0
"""

EXAMPLES = r"""
- name: List the services of the project
  crossvpc.vpcep.vpcep_service_info:
  register: mine

- name: Find a service by its short name
  crossvpc.vpcep.vpcep_service_info:
    name: web

- name: List the available services of an environment
  crossvpc.vpcep.vpcep_service_info:
    status: available
    tags:
      env: dev

- name: List the services with their connections and whitelists
  crossvpc.vpcep.vpcep_service_info:
    include: [connections, permissions]

- name: Find the cloud's DNS service
  crossvpc.vpcep.vpcep_service_info:
    scope: public
    name: com.t-systems.otc.eu-de.dns
  register: dns

- name: Look up a service of another account
  crossvpc.vpcep.vpcep_service_info:
    scope: describe
    id: "{{ dns.services[0].id }}"
"""

RETURN = r"""
services:
  description:
    - The services as returned by M(crossvpc.vpcep.vpcep_service). Services of other accounts show no backend.
    - With O(scope=own), C(connection_count) is the number of endpoints that are connected or being created. O(include)
      adds C(connections), see RV(crossvpc.vpcep.vpcep_connection#module:connections), and C(permissions), the
      whitelist.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 4189d3c2-8882-4871-a3c2-d380272eed83
      name: web
      service_type: interface
      connection_count: 1
      connections: [{id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted}]
      permissions: ["iam:domain::5fc973eea581490997e82ea11a1d0101"]
networks:
  description:
    - Names of the VPCs and subnets of the project by their IDs. Those that the credentials may not list are left out.
  returned: when O(include) has V(networks)
  type: dict
  sample: {4189d3c2-8882-4871-a3c2-d380272eed82: frontend}
resolved:
  description: The objects that were looked up by name, see RV(crossvpc.vpcep.vpcep_endpoint#module:resolved).
  returned: when O(vpc) is set
  type: list
  elements: dict
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import LIST, TEXT, WORD
from ..module_utils._resources.info import INCLUDED, NETWORKS, find_services
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options, filter_options, name_options
from ..module_utils._schema.fields import SERVICE, SERVICE_FILTERS, SERVICE_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "scope": {"type": TEXT, "default": "own", "choices": ["own", "public", "describe"]},
        "name": {"type": TEXT, "aliases": ["service_name"]},
        **name_options("vpc"),
        **filter_options(SERVICE, SERVICE_FILTERS, SERVICE_STATUSES),
        "public_border_group": {"type": TEXT},
        "include": {"type": LIST, "elements": WORD, "choices": [*INCLUDED, NETWORKS]},
    },
    "mutually_exclusive": [("vpc", "vpc_id")],
}
PROGRAM = find_services


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
