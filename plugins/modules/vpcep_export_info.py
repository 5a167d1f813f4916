# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_export_info
short_description: Describe the existing services and endpoints of a project
version_added: 1.0.0
description:
  - Returns the endpoint services and endpoints of a project as variables of the role
    P(crossvpc.vpcep.connect_vpcs#role). A run of the role with them changes nothing. On an empty project it creates the
    services and endpoints again.
  - Options that have the cloud's default are left out. Nothing in the result is secret.
  - The playbook C(crossvpc.vpcep.export_vpcs) writes the result to files, also of several logins.
  - Sends GET requests only. It sends one for each page of both lists, one for the whitelist of each service, and one
    for each service of another project that has endpoints here. Endpoints of the cloud's own services need one more.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_service_info
  - module: crossvpc.vpcep.vpcep_endpoint_info
options:
  services:
    description:
      - IDs of the services to describe. By default, all services of the project.
      - Endpoints of a service that is not listed here refer to it by its ID.
    type: list
    elements: str
  endpoints:
    description: IDs of the endpoints to describe. By default, all endpoints of the project.
    type: list
    elements: str
  known_services:
    description: IDs of services of other projects that exist. The module sends no request to check that.
    type: list
    elements: str
  names:
    description:
      - Whether to write names of VPCs and subnets instead of their IDs, with two more GET requests. Those that are not
        unique keep their IDs.
    type: bool
"""

EXAMPLES = r"""
- name: Describe all services and endpoints of the project
  crossvpc.vpcep.vpcep_export_info:
  register: estate

- name: Show what cannot be described
  ansible.builtin.debug:
    msg: "{{ estate.not_exported }}"

- name: Describe one endpoint
  crossvpc.vpcep.vpcep_export_info:
    services: []
    endpoints: [4189d3c2-8882-4871-a3c2-d380272eed84]
"""

RETURN = r"""
connections:
  description:
    - One entry for each service with its endpoints, and one for the endpoints of the cloud's own services. Endpoints
      that the owner of a service of this project has not accepted are in an entry of their own, so that a run does not
      accept them.
  returned: success
  type: list
  elements: dict
  contains:
    service_id:
      description: ID of the service. Empty for the cloud's own services.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed83
    name:
      description: Short name of the service, if it is one of this project and has one.
      type: str
      sample: web
    waiting:
      description: Whether these are the endpoints that have not been accepted.
      type: bool
      sample: false
    variables:
      description: Variables of the role.
      type: dict
      sample:
        connect_vpcs_service: {name: web, port_id: 4189d3c2-8882-4871-a3c2-d380272eed88}
        connect_vpcs_endpoints: [{vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82}]
    endpoint_ids:
      description: IDs of the endpoints, in the order of the variables.
      type: list
      elements: str
      sample: [4189d3c2-8882-4871-a3c2-d380272eed84]
    remarks:
      description: What the variables cannot say, as sentences.
      type: list
      elements: str
      sample: []
fleets:
  description: The entries with more than 20 endpoints of one service. They have the same members as RV(connections).
  returned: success
  type: list
  elements: dict
  sample: []
not_exported:
  description: Objects that are in none of the entries, such as failed ones.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - Kind of object. V(whitelist) is the whitelist of a service, V(connections) are the endpoints of other projects
          at a service.
      type: str
      sample: endpoint
    id:
      description: ID of the endpoint or service.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed84
    name:
      description: Short name of the service.
      type: str
      sample: ""
    reason:
      description: Why it is not described.
      type: str
      sample: it is in status failed
    count:
      description: Number of endpoints of other projects.
      type: int
      returned: for V(connections)
      sample: 3
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import FLAG, LIST, WORD
from ..module_utils._resources.export import export_project
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options

IDS = {"type": LIST, "elements": WORD}
ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "services": IDS,
        "endpoints": IDS,
        "known_services": IDS,
        "names": {"type": FLAG},
    },
}
PROGRAM = export_project


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
