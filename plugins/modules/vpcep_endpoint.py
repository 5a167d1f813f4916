# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_endpoint
short_description: Connect a VPC to an endpoint service
version_added: 0.1.0
description:
  - Creates, changes and deletes an endpoint. An endpoint connects a VPC to an endpoint service.
  - An interface endpoint has a private IP address in a subnet and, with O(enable_dns), a domain name. A gateway
    endpoint, for example for OBS, has route tables. The type depends on the service.
  - The endpoint is identified by O(id). Without O(id) it is identified by the service and O(vpc_id), for interface
    endpoints also by O(subnet_id) and, if set, O(port_ip).
  - Options that are not set are not managed. While an endpoint waits for acceptance, the cloud shows neither its
    address nor whether it has a domain name. They are compared after the endpoint is accepted.
  - An option that limits access and has no effect on the endpoint is an error, for example O(whitelist) for a gateway
    endpoint. To check this, a creation with such an option needs one more GET. Other options without effect cause a
    warning on each run.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects
  - crossvpc.vpcep.objects.endpoint
  - crossvpc.vpcep.objects.shared
attributes:
  idempotent:
    support: partial
    details:
      - With O(upgrade=true) each run reports a change, because the cloud does not show the edition of an endpoint.
notes:
  - Check mode fails where the run would fail, as far as GET requests can show it. For a creation it reads the service
    (1 GET, or 2 for a service of another account), the VPC, the subnet or the route tables, and the quota (1 GET
    each). With O(port_ip) it also reads the ports of the subnet (1 GET). Up to 8 more GETs explain a problem.
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint_info
  - module: crossvpc.vpcep.vpcep_endpoints
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection
  - name: Object storage over private networks
    description: Gateway endpoints and policies.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/private-obs.md
options:
  wait_for_acceptance:
    description:
      - Whether to wait until the owner of the service has accepted the endpoint. A rejection is then an error.
      - If V(false), the task succeeds while the endpoint is in status C(pendingAcceptance). Has no effect with
        O(wait=false).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Create a service for a server
  crossvpc.vpcep.vpcep_service:
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    approval_enabled: false
    server_type: VM
    ports:
      - {client_port: 8080, server_port: 80}
  register: provider

- name: Connect another VPC to the service
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
    enable_dns: true
  register: consumer

- name: Connect a VPC that is known by its name
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc: frontend
    subnet: frontend-a

- name: Show the addresses of the service in that VPC
  ansible.builtin.debug:
    msg: "{{ consumer.endpoint.ip }} or {{ consumer.endpoint.dns_names[0] }}, port 8080"

- name: Connect to the cloud's DNS service
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_name: com.t-systems.otc.eu-de.dns
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81

- name: Give an endpoint a name of your own, in a private zone of its VPC
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
    dns_name: shop.internal.example.com
    create_dns_zone: true

- name: Delete the endpoint, and the record of that name
  crossvpc.vpcep.vpcep_endpoint:
    id: "{{ consumer.endpoint.id }}"
    dns_name: shop.internal.example.com
    state: absent
"""

RETURN = r"""
action:
  description: What was done, or in check mode would be; V(none), V(create), V(change), V(replace) or V(delete).
  returned: success
  type: str
  sample: create
endpoint:
  description:
    - The endpoint as the API shows it, with C(tags) as a dictionary. After a deletion, the endpoint as it was before.
      Empty if there was none.
    - C(status) is V(pendingAcceptance), V(creating), V(accepted), V(rejected), V(failed) or V(deleting).
    - An interface endpoint has C(subnet_id), C(enable_dns), C(enable_whitelist) and C(whitelist). After it is accepted,
      it also has its address C(ip) and, with O(enable_dns), C(dns_names). A gateway endpoint has C(routetables) and
      C(policy_statement).
    - C(marker_id) is the number of the connection, which the owner of the service sees, too.
    - In check mode, an endpoint that would be created has an empty C(id) and C(ip).
  returned: success
  type: dict
  sample:
    id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc
    status: accepted
    service_type: interface
    endpoint_service_id: 4189d3c2-8882-4871-a3c2-d380272eed83
    endpoint_service_name: eu-de.web.4189d3c2-8882-4871-a3c2-d380272eed83
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
    ip: 192.168.14.23
    enable_dns: true
    dns_names: [vpcep-530d6f2f-d115-4df2-8c36-32d19f3c0bbc.eu-de.otc.t-systems.com]
    enable_whitelist: false
    whitelist: []
    marker_id: 16777510
    description: front end
    tags: {env: dev}
    project_id: 6e9dfd51d1124e8d8498dce894923a0d
    created_at: "2026-01-30T07:42:01Z"
    updated_at: "2026-01-30T07:42:03Z"
not_named:
  description: Messages about names that do not exist yet.
  returned: in check mode, when such names are used
  type: list
  elements: str
  sample: ["There is no VPC named 'frontend' in project eu-de in region eu-de."]
dns_record:
  description:
    - The record of O(dns_name) with its private zone. In check mode the predicted record, after a deletion the record
      as it was before.
    - While the endpoint waits for acceptance, C(name) and a C(note) that explains why there is no record yet.
  returned: with O(dns_name)
  type: dict
  sample:
    name: shop.internal.example.com
    value: 192.168.14.23
    id: 2c9eb155587228570158722b6ac30007
    zone_name: internal.example.com
    zone_id: ff8080825b8fc86c015b94bc6f8712c3
resolved:
  description:
    - The objects that names in the task refer to, each with C(kind), C(name) and C(id). C(kind) is V(vpc), V(subnet),
      V(route_table), V(server), V(load_balancer) or V(port).
  returned: when the task names objects, also if it fails
  type: list
  elements: dict
  sample:
    - {kind: vpc, name: frontend, id: 4189d3c2-8882-4871-a3c2-d380272eed82}
    - {kind: subnet, name: frontend-a, id: 4189d3c2-8882-4871-a3c2-d380272eed81}
obstacles:
  description: Reasons why the cloud would refuse the change, one sentence each. The result also has the prediction.
  returned: in check mode, when the run would fail
  type: list
  elements: str
  sample: ["There is no VPC 4189d3c2-8882-4871-a3c2-d380272eed82 in project eu-de in region eu-de."]
error:
  description: The error response of the cloud. Playbooks can rely on C(code), but not on the texts.
  returned: when the cloud refused a request
  type: dict
  sample:
    operation: create endpoint
    status: 400
    code: EndPoint.2012
    message: You have no permission to connect to the VPC endpoint service.
    request_id: 8f0e9a3c1b7d4e5f
    hint: The service's owner has to add this account's ID to the permissions.
timeout:
  description: Details of the wait that timed out, with the last C(status) and the duration in C(seconds).
  returned: when the task reached O(wait_timeout)
  type: dict
  sample: {what: endpoint 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: creating, seconds: 600}
http:
  description: The requests in the order in which they were sent, without secrets.
  returned: at verbosity 3 and above
  type: list
  elements: dict
  sample:
    - method: GET
      path: /v1/6e9dfd51d1124e8d8498dce894923a0d/vpc-endpoints?limit=1000
      status: 200
      ms: 41
      request_id: 8f0e9a3c1b7d4e5f
"""

from ..module_utils._resources.endpoint import converge_endpoint
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import EXCLUSIVE_NAMES, SERVICE_NAMES, endpoint_spec

ARGUMENTS = {
    "argument_spec": endpoint_spec(),
    "required_one_of": [("id", *SERVICE_NAMES)],
    "mutually_exclusive": [SERVICE_NAMES, *EXCLUSIVE_NAMES],
}
PROGRAM = converge_endpoint


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
