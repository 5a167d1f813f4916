# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_service
short_description: Publish a backend of a VPC as an endpoint service
version_added: 0.1.0
description:
  - Creates, changes and deletes an endpoint service with its port mappings, tags and whitelist.
  - A service makes one backend of a VPC, such as a server or a load balancer, available to endpoints in other VPCs,
    also of other accounts.
  - The service is identified by O(id). Without O(id) it is identified by O(name), which must match exactly. Without
    both it is identified by its backend, because a pair of O(port_id) and O(ports[].server_port) can be in one service
    only.
  - O(backend) and O(vpc) name the backend and its VPC instead of giving their IDs. Names must match exactly. If a name
    now refers to another port of the same VPC, such as that of a rebuilt server, the service is changed to this port.
  - Options that are not set are not managed.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects
  - crossvpc.vpcep.objects.shared
  - crossvpc.vpcep.objects.backend
  - crossvpc.vpcep.service.reject_revoked
  - crossvpc.vpcep.service.traffic
attributes:
  idempotent:
    support: partial
    details:
      - With O(server_resources) each run reports a change, because the cloud does not show them.
notes:
  - Check mode fails where the run would fail, as far as GET requests can show it. For a creation it reads the VPC, the
    backend's port, the VPC of that port, the port mappings of other services, and the quota (5 GETs). For a deletion
    it reads the connected endpoints (1 GET, unless O(force=true)). Up to 8 more GETs explain a problem.
seealso:
  - module: crossvpc.vpcep.vpcep_service_info
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_connection
  - module: crossvpc.vpcep.vpcep_permission
  - name: Across accounts
    description: Whitelist and approval, with both accounts in one run or in separate runs.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  name:
    description:
      - Short name, of up to 16 letters, digits, underscores and hyphens. The cloud makes the full name
        C(region.name.id) from it.
      - To change the name, identify the service by O(id).
    type: str
    aliases: [service_name]
  port_id:
    description:
      - ID of the backend's network port. For a server (O(server_type=VM)) this is the port of its network card, for a
        load balancer (O(server_type=LB)) the port of its private address.
      - The ID of the server or of the load balancer is not valid. Needed to create a service, unless O(backend) is set.
    type: str
  vpc:
    description:
      - Name of the VPC of the backend, instead of O(vpc_id). A value in the form of a UUID is an ID. Needs one GET.
      - With O(backend), only backends of this VPC are considered.
    type: str
    version_added: 1.0.0
  vpc_id:
    description:
      - ID of the VPC of the backend. The cloud refuses a port of another VPC.
      - Needed to create a service, unless O(backend) is set. Cannot be changed in place.
    type: str
  server_type:
    description:
      - Type of the backend, V(VM) for a server and V(LB) for a load balancer. It must fit the port in O(port_id).
      - The cloud is retiring V(VIP), a virtual address, and V(BMS), a bare metal server. V(BMS) exists on T Cloud
        Public only.
      - Needed to create a service, unless O(backend) is set. Cannot be changed in place.
    type: str
    choices: [LB, VM, VIP, BMS]
  ports:
    description:
      - Port mappings, from 1 to 200. The list is compared and changed as a whole. Its order has no meaning.
      - A change takes effect immediately. Two services with the same O(port_id) cannot use the same server port.
      - Needed to create a service.
    type: list
    elements: dict
    suboptions:
      client_port:
        description: Port of the endpoints, from 1 to 65535. A client port can be mapped only once.
        type: int
        required: true
      server_port:
        description: Port of the backend, from 1 to 65535. Several client ports can be mapped to the same server port.
        type: int
        required: true
      protocol:
        description: Protocol.
        type: str
        choices: [TCP]
        default: TCP
  approval_enabled:
    description:
      - Whether the owner must accept each endpoint before it can be used, see M(crossvpc.vpcep.vpcep_connection).
        Until then the endpoint is in status C(pendingAcceptance) and has no address.
      - The cloud's default is V(true). A change affects only endpoints that are created later. Waiting endpoints
        continue to wait, and connected endpoints stay connected.
    type: bool
  service_type:
    description: Type of the service. Only the cloud itself can create gateway services. Cannot be changed in place.
    type: str
    choices: [interface]
  tcp_proxy:
    description:
      - How the backend gets the client's address. By default, it sees an address in 198.19.128.0/17.
      - V(proxy_open) sends the Proxy Protocol, which the backend must support. V(toa_open) sets a TCP option and works
        with OBS only. V(open) does both. V(proxy_vni) exists on T Cloud Public only. V(close), the cloud's default,
        does neither.
    type: str
    choices: [close, toa_open, proxy_open, open, proxy_vni]
  description:
    description:
      - Description of up to 128 characters other than C(<) and C(>). Other accounts do not see it. An empty text
        removes it.
    type: str
  permissions:
    description:
      - Whitelist of the accounts that may connect, as account IDs, C(iam:domain::ID), or V(*) for all accounts. Huawei
        Cloud also accepts C(organizations:orgPath::PATH). The account of the service may always connect and is not
        listed.
      - If not set, the whitelist is not managed. An empty list removes all records, if O(purge_permissions=true).
      - Removing a record does not disconnect endpoints. A warning names endpoints that stay connected. See
        O(reject_revoked).
    type: list
    elements: str
  purge_permissions:
    description:
      - Whether to remove records that O(permissions) does not list. If V(false), records are only added, and a warning
        says if the whitelist admits all accounts. Has no effect if O(permissions) is not set.
    type: bool
    default: true
  force:
    description:
      - Whether O(state=absent) and O(recreate=true) reject connected endpoints first, because the cloud does not delete
        a service in use. Only the accounts that own these endpoints can delete them.
      - Endpoints that wait for acceptance do not prevent the deletion. A warning names them.
    type: bool
    version_added: 1.0.0
    default: false
  upgrade:
    description:
      - Whether to upgrade the service to the professional edition. An upgrade cannot be reverted. Huawei Cloud only, in
        some regions.
    type: bool
    version_added: 1.0.0
    default: false
  server_resources:
    description:
      - Load balancers to add to the backend of a service of the professional edition. Huawei Cloud only.
      - The cloud does not show them. Each run adds them again and reports a change.
    type: list
    version_added: 1.0.0
    elements: dict
    suboptions:
      resource_id:
        description: ID of the load balancer.
        type: str
        required: true
      availability_zone_id:
        description: ID of its availability zone.
        type: str
  pool_id:
    description:
      - ID of the cluster for the service, in installations with several clusters. The cloud chooses one if this is not
        set. Cannot be changed in place.
    type: str
  ip:
    description:
      - IP address or domain name of a backend outside a VPC. Huawei Cloud only.
      - Cannot be changed together with O(port_id).
    type: str
  ip_version:
    description:
      - IP version of the service. Requires the professional edition of Huawei Cloud. Reserved on T Cloud Public.
        Cannot be changed in place.
    type: str
    choices: [ipv4, ipv6]
  snat_network_id:
    description:
      - ID of any network of the VPC. Required with O(ip_version=ipv6), has no effect otherwise. Huawei Cloud only.
        Cannot be changed in place.
    type: str
  enable_policy:
    description:
      - Whether endpoints can have their own policies. The European site of Huawei Cloud refuses this option. Can be
        changed in place on T Cloud Public only.
    type: bool
  payer:
    description:
      - Who pays for connected endpoints, the owner of the endpoint or the owner of the service. T Cloud Public
        only. Reserved for future use.
    type: str
    choices: [endpoint, endpoint_service]
  supported_editions:
    description:
      - Editions of endpoints that may connect. T Cloud Public only. Reserved for future use. Cannot be changed in
        place.
    type: list
    elements: str
    choices: [profession, basic]
  enterprise_project_id:
    description:
      - ID of the enterprise project, V(0) for the default one. T Cloud Public only. Cannot be changed in place.
    type: str
  vip_port_id:
    description:
      - ID of the network port that has the virtual address, with O(server_type=VIP). The cloud is retiring this
        option. T Cloud Public only.
    type: str
"""

EXAMPLES = r"""
- name: Create a service with two client ports for port 80 of a server
  crossvpc.vpcep.vpcep_service:
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    approval_enabled: false
    service_type: interface
    server_type: VM
    ports:
      - {client_port: 8080, server_port: 80, protocol: TCP}
      - {client_port: 8081, server_port: 80, protocol: TCP}
  register: provider

- name: Create a service for a load balancer that is known by its name
  crossvpc.vpcep.vpcep_service:
    name: shop
    backend: {load_balancer: shop-lb}
    approval_enabled: false
    ports:
      - {client_port: 443, server_port: 8443}

- name: Set its name, description and tags
  crossvpc.vpcep.vpcep_service:
    id: "{{ provider.service.id }}"
    name: web
    description: shared web backend
    tags:
      env: dev

- name: Admit two accounts, with approval of each endpoint
  crossvpc.vpcep.vpcep_service:
    name: web
    approval_enabled: true
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
      - iam:domain::5fc973eea581490997e82ea11a1d0102

- name: Remove one account from the whitelist and disconnect its endpoints
  crossvpc.vpcep.vpcep_service:
    name: web
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
    reject_revoked: true

- name: Let the backend's security group admit what endpoints send
  crossvpc.vpcep.vpcep_service:
    name: web
    admit_traffic: ensure

- name: Delete the service, even if endpoints are connected
  crossvpc.vpcep.vpcep_service:
    name: web
    state: absent
    force: true
"""

RETURN = r"""
action:
  description: What was done, or in check mode would be; V(none), V(create), V(change), V(replace) or V(delete).
  returned: success
  type: str
  sample: create
service:
  description:
    - The service as the API shows it, with the short O(name) added and C(tags) as a dictionary. After a deletion, the
      service as it was before. Empty if there was none.
    - C(status) is V(creating), V(available), V(failed) or V(deleting). A failed service has C(error), a list of
      C(error_code) and C(error_message).
    - Other accounts can find the service by C(service_name), its full name.
    - C(permissions), the whitelist, is returned if O(permissions) is set.
    - In check mode, a service that would be created has an empty C(id).
  returned: success
  type: dict
  sample:
    id: 4189d3c2-8882-4871-a3c2-d380272eed83
    name: web
    service_name: eu-de.web.4189d3c2-8882-4871-a3c2-d380272eed83
    status: available
    service_type: interface
    server_type: VM
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    ports: [{client_port: 8080, server_port: 80, protocol: TCP}]
    approval_enabled: true
    tcp_proxy: close
    permissions: ["iam:domain::5fc973eea581490997e82ea11a1d0101"]
    description: shared web backend
    tags: {env: dev}
    project_id: 6e9dfd51d1124e8d8498dce894923a0d
    created_at: "2026-01-30T07:42:01Z"
    updated_at: "2026-01-30T07:44:12Z"
resolved:
  description:
    - The objects that names refer to, see RV(crossvpc.vpcep.vpcep_endpoint#module:resolved). A backend has its
      C(port_id) and C(address) as well.
  returned: when the task names objects, also if it fails
  type: list
  elements: dict
  sample:
    - kind: server
      name: shop-1
      id: 4189d3c2-8882-4871-a3c2-d380272eed8a
      port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
      address: 10.0.0.10
not_named:
  description: Messages about names that do not exist yet, see RV(crossvpc.vpcep.vpcep_endpoint#module:not_named).
  returned: in check mode, when such names are used
  type: list
  elements: str
traffic:
  description:
    - Whether the backend admits the traffic of endpoints, after the task, in check mode as predicted.
    - C(state) is V(admitted), V(not_admitted), or V(unknown) if the cloud does not show enough. C(reasons) says in
      sentences why the traffic is not admitted, or why a rule remains after the deletion of the service.
    - C(security_groups) are the IDs of the security groups of the backend's port. C(missing_rules) are the missing
      rules, as in requests of the VPC API. C(added_rules) and C(removed_rules) are the rules that the task added and
      removed. In check mode, added rules have no C(id).
  returned: when O(admit_traffic) is not V(ignore), and there is a service
  type: dict
  sample:
    state: admitted
    reasons: []
    security_groups: [4189d3c2-8882-4871-a3c2-d380272eed8b]
    missing_rules: []
    added_rules: [{id: f626eb24-d8bd-4d26-ae0b-c16bb65730cb, protocol: tcp, multiport: "443,8443"}]
    removed_rules: []
obstacles:
  description: Reasons why the cloud would refuse the change, one sentence each. The result also has the prediction.
  returned: in check mode, when the run would fail
  type: list
  elements: str
  sample: ["There is no port 4189d3c2-8882-4871-a3c2-d380272eed88 in project eu-de in region eu-de."]
connections:
  description: The connected endpoints, see RV(crossvpc.vpcep.vpcep_connection#module:connections).
  returned: in check mode, when the cloud would refuse to delete the service because of them
  type: list
  elements: dict
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
timeout: {type: dict, returned: after a timeout, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:timeout).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._resources.service import converge_service
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import service_spec

ARGUMENTS = {
    "argument_spec": service_spec(),
    "required_one_of": [("id", "name", "port_id", "backend")],
    "mutually_exclusive": [("vpc", "vpc_id"), ("backend", "port_id")],
}
PROGRAM = converge_service


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
