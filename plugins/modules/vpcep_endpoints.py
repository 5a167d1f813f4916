# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_endpoints
short_description: Connect many VPCs to endpoint services
version_added: 1.0.0
description:
  - Manages many endpoints in one task, each as in M(crossvpc.vpcep.vpcep_endpoint). With O(purge), it also deletes
    endpoints that are not listed.
  - One listing finds all endpoints. Requests are sent in parallel. One listing for each poll shows the status of all
    endpoints that the task waits for.
  - A failed endpoint does not stop the others. The task fails at the end, names each failed endpoint, and returns the
    results of the others.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects.endpoints
  - crossvpc.vpcep.objects.shared
notes:
  - Check mode fails where the run would fail, as far as GET requests can show it. For creations it reads each service,
    VPC and subnet once, as M(crossvpc.vpcep.vpcep_endpoint) does, and the quota.
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_endpoint_info
  - name: Performance
    description: Duration and requests, compared with a loop.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/performance.md
options:
  endpoint_service_id:
    description: ID of the service of all endpoints that do not set one. O(purge) also applies to this service.
    type: str
  endpoint_service_name:
    description: Name of this service, instead of its ID.
    type: str
  purge:
    description:
      - Whether to delete endpoints that are not listed. Only endpoints of the same project and of services that the
        task or an entry of the list names are deleted.
      - Nothing is deleted if it is not clear for each entry of the list which endpoint it identifies.
    type: bool
    default: false
  concurrency:
    description:
      - Maximum number of parallel requests, from 1 to 16. If the cloud throttles requests, all of them slow down.
    type: int
    default: 8
  wait_for_acceptance:
    description:
      - Whether to wait until the owners of the services have accepted the endpoints. A rejection is then an error.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Connect two VPCs to a service and delete all other endpoints of this project
  crossvpc.vpcep.vpcep_endpoints:
    endpoint_service_name: web
    endpoints:
      - vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
        subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
        tags: {team: front}
      - vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
        subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed84
        tags: {team: back}
    purge: true
  register: consumers

- name: Show the IP addresses of the service
  ansible.builtin.debug:
    msg: "{{ consumers.endpoints | map(attribute='ip') | list }}"

- name: Delete both endpoints
  crossvpc.vpcep.vpcep_endpoints:
    endpoints:
      - id: "{{ consumers.endpoints[0].id }}"
      - id: "{{ consumers.endpoints[1].id }}"
    state: absent
"""

RETURN = r"""
endpoints:
  description:
    - The endpoints in the order of the list, each as returned by M(crossvpc.vpcep.vpcep_endpoint). Empty for an
      endpoint that failed, unless check mode predicts it, and for one that did not exist before a deletion.
  returned: always, unless the whole list is invalid
  type: list
  elements: dict
  sample:
    - {id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted, ip: 192.168.14.23}
outcomes:
  description: The outcome for each endpoint, in the same order.
  returned: as endpoints
  type: list
  elements: dict
  contains:
    changed:
      description: Whether the endpoint was changed.
      type: bool
    failed:
      description: Whether the endpoint failed.
      type: bool
    action:
      description: The change, in check mode the predicted one; V(none), V(create), V(change), V(replace) or V(delete).
      type: str
    id:
      description: ID of the endpoint; empty if it is not known or does not exist yet.
      type: str
    dns_record:
      description: The record, see RV(crossvpc.vpcep.vpcep_endpoint#module:dns_record).
      returned: with O(endpoints[].dns_name)
      type: dict
    msg:
      description: The error message.
      returned: when the endpoint failed
      type: str
    error:
      description: The error response of the cloud, see RV(crossvpc.vpcep.vpcep_endpoint#module:error).
      returned: when the cloud refused a request
      type: dict
    obstacles:
      description: Reasons why the cloud would refuse this endpoint. RV(endpoints) has the predicted endpoint.
      returned: in check mode, when the endpoint would fail
      type: list
      elements: str
obstacles:
  description: Reasons why the cloud would refuse endpoints, each with its endpoint.
  returned: in check mode, when endpoints would fail for no other reason
  type: list
  elements: str
  sample: ["endpoints[0] (front end): There is no VPC 4189d3c2-8882-4871-a3c2-d380272eed82 in project eu-de."]
resolved:
  description: The objects that were looked up by name, see RV(crossvpc.vpcep.vpcep_endpoint#module:resolved).
  returned: when the list uses names
  type: list
  elements: dict
not_named:
  description: Messages about names that do not exist yet, see RV(crossvpc.vpcep.vpcep_endpoint#module:not_named).
  returned: in check mode, when such names are used
  type: list
  elements: str
purged:
  description: The endpoints that O(purge) deleted, as they were before.
  returned: as endpoints
  type: list
  elements: dict
  sample:
    - {id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbd, status: accepted, ip: 192.168.14.24}
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._bulk.bulk import converge_endpoints
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import SERVICE_NAMES, bulk_spec

ARGUMENTS = {
    "argument_spec": bulk_spec(),
    "mutually_exclusive": [SERVICE_NAMES],
}
PROGRAM = converge_endpoints


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
