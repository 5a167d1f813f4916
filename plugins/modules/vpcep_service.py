# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_service
short_description: Publish a backend of a VPC as an endpoint service
version_added: 0.1.0
description:
  - Creates, changes and deletes an endpoint service, with its port mappings, tags and whitelist.
  - A service makes one backend of a VPC, such as a server's network card or a load balancer, available to endpoints
    in other VPCs, of the same account or of others.
  - Which service a task means is told by O(id), else by O(name) (exactly), else by the backend, because the API
    allows a pair of O(port_id) and O(ports[].server_port) in one service only.
  - An option that is left out is not managed.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects
attributes:
  idempotent:
    support: partial
    details:
      - With O(server_resources), because the cloud does not show them.
notes:
  - Check mode fails where the run would fail, as far as GET requests show it. It looks at the VPC, the backend's port,
    the VPC of that port, port mappings that other services have, and the quota (5 GETs for a creation), and at
    connected endpoints (1 GET for a deletion, unless O(force=true)). Up to 8 more GETs explain what it finds.
  - Check mode does not check objects that the credentials may not read, and does not take into account what earlier
    tasks of the play would change.
seealso:
  - module: crossvpc.vpcep.vpcep_service_info
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_connection
  - module: crossvpc.vpcep.vpcep_permission
  - name: The role connect_vpcs
    description: The whole job, in one account or across two.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID goes where, and what to check before.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
  - name: Across accounts
    description: Whitelist and approval, with both sides in one run or each on its own.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  name:
    description:
      - Short name, of up to 16 letters, digits, underscores and hyphens. The cloud makes C(region.name.id) of it.
      - Can be changed by a task that names the service by O(id).
    type: str
    aliases: [service_name]
  port_id:
    description:
      - Backend, as the ID of a network port. For a server (O(server_type=VM)) that of its network card, for a load
        balancer (O(server_type=LB)) that of its private address.
      - Neither the ID of the server nor that of the load balancer will do. Needed to create a service.
    type: str
  vpc_id:
    description:
      - ID of the VPC in which the backend is. The cloud refuses a port of another one.
      - Needed to create a service; cannot be changed in place.
    type: str
  server_type:
    description:
      - Kind of backend, V(VM) for a server and V(LB) for a load balancer. It tells the cloud what O(port_id) belongs
        to.
      - V(VIP), a virtual address, and V(BMS), a bare metal server, are being retired by the cloud; Huawei Cloud does
        not know V(BMS).
      - Needed to create a service; cannot be changed in place.
    type: str
    choices: [LB, VM, VIP, BMS]
  ports:
    description:
      - Port mappings, from 1 to 200. The list is compared and changed as a whole; its order means nothing.
      - Services of one O(port_id) must not share a server port. Changes are in force at once.
      - Needed to create a service.
    type: list
    elements: dict
    suboptions:
      client_port:
        description:
          - Port that endpoints offer to their VPCs, from 1 to 65535. Each may occur once.
        type: int
        required: true
      server_port:
        description:
          - Port of the backend, from 1 to 65535. Several client ports may lead to the same one.
        type: int
        required: true
      protocol:
        description:
          - Protocol of the mapping. The cloud serves no other.
        type: str
        choices: [TCP]
        default: TCP
  approval_enabled:
    description:
      - Whether the owner has to accept each endpoint before it can be used, see M(crossvpc.vpcep.vpcep_connection).
        Until then it is in status C(pendingAcceptance) and has no address.
      - The cloud takes V(true) for a new service when this is left out. A change applies to endpoints that are made
        afterwards; those that wait go on waiting, and those that are connected stay connected.
    type: bool
  service_type:
    description:
      - Type of the service. Tenants can create only this one, whose endpoints get an address in a subnet; gateway
        services, which are routes, are the cloud's own. Cannot be changed in place.
    type: str
    choices: [interface]
  tcp_proxy:
    description:
      - How the backend learns the client's address, which is otherwise one of 198.19.128.0/17. V(proxy_open) sends
        the Proxy Protocol, which the backend has to understand; V(toa_open) sets a TCP option and works with OBS
        only; V(open) does both. V(proxy_vni) exists on Open Telekom Cloud only.
      - The cloud takes V(close) for a new service, which is neither.
    type: str
    choices: [close, toa_open, proxy_open, open, proxy_vni]
  description:
    description:
      - Words of your own about the service, of up to 128 characters other than C(<) and C(>). Accounts that look it up
        do not see them. An empty text clears them.
    type: str
  permissions:
    description:
      - Whitelist, which is the accounts that may connect, as account IDs, C(iam:domain::ID) or V(*) for everybody.
        Huawei Cloud also knows C(organizations:orgPath::PATH). The service's own account may always connect and is
        not listed.
      - Left out, the whitelist is not managed; an empty list removes all records (with O(purge_permissions=true)).
      - Endpoints of an account that is removed stay connected, and a warning names them. See O(reject_revoked).
    type: list
    elements: str
  purge_permissions:
    description:
      - Whether records that O(permissions) does not name are removed. With V(false), records are only added;
        a warning says so if the whitelist admits every account. Without effect when O(permissions) is not given.
    type: bool
    default: true
  reject_revoked:
    description:
      - Whether endpoints of other accounts that the whitelist does not admit (any more) are rejected, which disconnects
        them. Their owners still have to delete them. Needs O(permissions).
      - Nothing is rejected while organisation paths are on the whitelist, because the accounts behind these are not
        known.
    type: bool
    version_added: 0.2.0
    default: false
  force:
    description:
      - Whether O(state=absent) and O(recreate=true) reject the endpoints that are connected, because a service in use
        cannot be deleted. Only the accounts that they belong to can delete them afterwards.
      - Endpoints that only wait for acceptance do not keep a service from being deleted. A warning names them.
    type: bool
    version_added: 0.2.0
    default: false
  upgrade:
    description:
      - Whether to upgrade the service to the professional edition. There is no way back. Huawei Cloud only, in some
        regions.
    type: bool
    version_added: 0.2.0
    default: false
  server_resources:
    description:
      - Load balancers to add to the backend of a service of the professional edition. Huawei Cloud only.
      - The cloud does not show them, so that each run adds them again and reports a change.
    type: list
    version_added: 0.2.0
    elements: dict
    suboptions:
      resource_id:
        description:
          - ID of the load balancer.
        type: str
        required: true
      availability_zone_id:
        description:
          - ID of its availability zone.
        type: str
  pool_id:
    description:
      - ID of the cluster that is to carry the service, for installations that have several. The cloud chooses one when
        this is left out. Cannot be changed in place.
    type: str
  ip:
    description:
      - Address or domain name of a backend outside of a VPC. Huawei Cloud only.
      - Cannot be changed together with O(port_id).
    type: str
  ip_version:
    description:
      - IP version of the service. Huawei Cloud, professional edition; reserved on Open Telekom Cloud. Cannot be
        changed in place.
    type: str
    choices: [ipv4, ipv6]
  snat_network_id:
    description:
      - ID of any network of the VPC, needed for O(ip_version=ipv6), and without effect otherwise. Huawei Cloud
        only. Cannot be changed in place.
    type: str
  enable_policy:
    description:
      - Whether endpoints may have policies of their own. Can be changed in place on Open Telekom Cloud, not on
        Huawei Cloud, whose European site refuses it.
    type: bool
  payer:
    description:
      - Who pays for connected endpoints, their owners or the service's. Open Telekom Cloud; reserved there.
    type: str
    choices: [endpoint, endpoint_service]
  supported_editions:
    description:
      - Editions of endpoints that may connect. Open Telekom Cloud; reserved there. Cannot be changed in place.
    type: list
    elements: str
    choices: [profession, basic]
  enterprise_project_id:
    description:
      - ID of the enterprise project, V(0) for the default one. Open Telekom Cloud only. Cannot be changed in place.
    type: str
  vip_port_id:
    description:
      - ID of the network card that holds a virtual address, with O(server_type=VIP). Retired by the cloud; Open
        Telekom Cloud only.
    type: str
"""

EXAMPLES = r"""
- name: Publish ports 8080 and 8081, both leading to port 80 of a server
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

- name: Give it a name, a description and tags
  crossvpc.vpcep.vpcep_service:
    id: "{{ provider.service.id }}"
    name: web
    description: shared web backend
    tags:
      env: dev

- name: Let two accounts connect and nobody else, each after approval
  crossvpc.vpcep.vpcep_service:
    name: web
    approval_enabled: true
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
      - iam:domain::5fc973eea581490997e82ea11a1d0102

- name: Shut one of them out, and disconnect it
  crossvpc.vpcep.vpcep_service:
    name: web
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
    reject_revoked: true

- name: Remove the service, even if somebody is connected
  crossvpc.vpcep.vpcep_service:
    name: web
    state: absent
    force: true
"""

RETURN = r"""
service:
  description:
    - The service as the API shows it, with the short O(name) added and C(tags) as a dictionary. After a removal, as
      it was before; empty when there was nothing to remove.
    - In check mode, a service that would be created has an empty C(id).
  returned: success
  type: dict
  contains:
    id:
      description: ID of the service. Endpoints are created with it.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed83
    name:
      description: Short name; empty when there is none.
      type: str
      sample: web
    service_name:
      description: Full name, as the cloud shows it and as other accounts can look the service up.
      type: str
      sample: eu-de.web.4189d3c2-8882-4871-a3c2-d380272eed83
    status:
      description: Status, V(creating), V(available), V(failed) or V(deleting).
      type: str
      sample: available
    vpc_id:
      description: VPC of the backend.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed80
    port_id:
      description: Backend.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed88
    server_type:
      description: Kind of backend.
      type: str
      sample: VM
    service_type:
      description: Type, which is V(interface).
      type: str
      sample: interface
    approval_enabled:
      description: Whether endpoints have to be accepted.
      type: bool
      sample: true
    tcp_proxy:
      description: How the backend learns the client's address.
      type: str
      sample: close
    description:
      description: Your own words about it; empty when there are none.
      type: str
      sample: shared web backend
    project_id:
      description: Project that the service belongs to.
      type: str
      sample: 6e9dfd51d1124e8d8498dce894923a0d
    created_at:
      description: When it was created, as the API says it.
      type: str
      sample: "2026-01-30T07:42:01Z"
    updated_at:
      description: When it was changed last.
      type: str
      sample: "2026-01-30T07:44:12Z"
    ports:
      description: Port mappings.
      type: list
      elements: dict
      sample: [{client_port: 8080, server_port: 80, protocol: TCP}]
    tags:
      description: Tags.
      type: dict
      sample: {env: dev}
    permissions:
      description: Whitelist records.
      returned: when the whitelist is managed
      type: list
      elements: str
      sample: ["iam:domain::5fc973eea581490997e82ea11a1d0101"]
    error:
      description: The cloud's reasons, with C(error_code) and C(error_message).
      returned: when the service has failed and is shown, as before a removal
      type: list
      elements: dict
      sample: [{error_code: EndPoint.4010, error_message: Failed to create a port.}]
obstacles:
  description:
    - Why the cloud would refuse the change, one sentence each. The result has the prediction, too.
  returned: in check mode, when the run would fail
  type: list
  elements: str
  sample: ["There is no port 4189d3c2-8882-4871-a3c2-d380272eed88 in project eu-de in region eu-de."]
connections:
  description:
    - The endpoints that keep the service from being deleted, as in M(crossvpc.vpcep.vpcep_connection_info).
  returned: in check mode, when a deletion would be refused because of them
  type: list
  elements: dict
  sample: [{id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted, domain_id: 5fc973eea581490997e82ea11a1d0101}]
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: create endpoint service
    status: 400
    code: EndPoint.3042
    message: The port ID does not belong to the current VPC.
    request_id: 8f0e9a3c1b7d4e5f
    hint: port_id must be a port in vpc_id.
timeout:
  description:
    - Details of the wait that timed out, with the last C(status) seen and the C(seconds).
  returned: when O(wait_timeout) was over
  type: dict
  sample: {what: endpoint service 4189d3c2-8882-4871-a3c2-d380272eed83, status: creating, seconds: 600}
http:
  description:
    - The requests that were sent, in their order, without anything secret.
  returned: at verbosity 3 and above
  type: list
  elements: dict
  sample:
    - method: GET
      path: /v1/6e9dfd51d1124e8d8498dce894923a0d/vpc-endpoint-services?limit=1000
      status: 200
      ms: 41
      request_id: 8f0e9a3c1b7d4e5f
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import FLAG, LIST, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    SERVICE_ACTION_OPTIONS,
    auth_options,
    object_options,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import SERVICE

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **object_options(SERVICE),
        "permissions": {"type": LIST, "elements": WORD},
        "purge_permissions": {"type": FLAG, "default": True},
        "reject_revoked": {"type": FLAG, "default": False},
        "force": {"type": FLAG, "default": False},
        **SERVICE_ACTION_OPTIONS,
    },
    "required_one_of": [("id", "name", "port_id")],
    "supports_check_mode": True,
}
PROGRAM = converge_service


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
