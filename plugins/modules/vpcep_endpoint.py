# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_endpoint
short_description: Connect a VPC to an endpoint service
version_added: 0.1.0
description:
  - Creates, changes and deletes an endpoint, which is the consumer's side of a connection to an endpoint service.
  - An interface endpoint gets a private address in a subnet, and with O(enable_dns) a domain name. A gateway
    endpoint, as for OBS, is bound to route tables. The type follows from the service.
  - Which endpoint a task means is told by O(id), else by the service and O(vpc_id), for interface endpoints also by
    O(subnet_id) and, when given, O(port_ip).
  - An option that limits access and has no effect on the endpoint is refused, for example an access list on a gateway
    endpoint. With such an option, a creation sends one more GET, which reads the type of the service. Other options
    without effect are named in a warning on each run.
  - An option that is left out is not managed. While an endpoint waits for acceptance the cloud shows neither its
    address nor whether it has a domain name, so that these are compared only once it is accepted.
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
      - With O(upgrade=true), because the cloud does not show an endpoint's edition.
notes:
  - Check mode fails where the run would fail, as far as GET requests show it. For a creation it looks at the service
    (1 GET, for one of another account 2), the VPC, the subnet or the route tables, and the quota (1 GET each). Up to 8
    more GETs explain what it finds.
  - Check mode does not check objects that the credentials may not read, and does not take into account what earlier
    tasks of the play would change.
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint_info
  - module: crossvpc.vpcep.vpcep_endpoints
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection
  - name: The role connect_vpcs
    description: The whole job, in one account or across two.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID goes where, and what to check before.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
  - name: Object storage over private networks
    description: Gateway endpoints and policies.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/private-obs.md
options:
  endpoint_service_id:
    description:
      - ID of the service to connect to. In check mode it may be empty, for a service that is yet to be created.
    type: str
  endpoint_service_name:
    description:
      - Name of the service, instead of its ID. The full name (C(region.name.id)), the name of a public service such
        as V(com.t-systems.otc.eu-de.dns), or the short name of a service of the same project.
    type: str
  vpc_id:
    description:
      - ID of the VPC that is to be connected, in the same region as the service. Part of what tells endpoints apart.
        Cannot be changed in place.
    type: str
  subnet_id:
    description:
      - ID of the subnet in which an interface endpoint gets its address. This is the VPC's subnet ID, which Neutron
        calls the network ID; the cloud refuses the ID of Neutron's subnet. Its range must keep clear of the one that
        the cloud uses inside. Part of what tells endpoints apart. Cannot be changed in place.
    type: str
  port_ip:
    description:
      - Address for an interface endpoint, free in its subnet. The cloud chooses one when this is left out. Cannot
        be changed in place.
    type: str
  enable_dns:
    description:
      - Whether an interface endpoint gets a private domain name, which the VPC's name servers know and nobody else. The
        cloud takes V(false) when this is left out.
        Gateway endpoints ignore it, which a warning says. Cannot be changed in place.
    type: bool
  routetables:
    description:
      - IDs of the route tables for a gateway endpoint. The cloud takes the VPC's default table when this is left
        out.
      - Route tables do not tell endpoints apart. A task for the same service and VPC means the same endpoint. Give
        O(id) when there are several.
      - Refused for an interface endpoint. Can be changed in place on Huawei Cloud only.
    type: list
    elements: str
  whitelist:
    description:
      - Addresses and CIDR blocks that may use an interface endpoint; up to 20 on Open Telekom Cloud, 32 on Huawei
        Cloud. The list is compared and changed as a whole.
      - Has an effect only with O(enable_whitelist=true), and is refused without it, unless the endpoint has it already.
        Refused for a gateway endpoint. Can be changed in place on Huawei Cloud only.
      - On Open Telekom Cloud, to put a list in force on an endpoint without one, give both options and
        O(recreate=true).
    type: list
    elements: str
  enable_whitelist:
    description:
      - Whether O(whitelist) is in force. The cloud takes V(false) when this is left out, and the whole VPC may use the
        endpoint. Refused for a gateway endpoint. Can be changed in place on Huawei Cloud only.
    type: bool
  policy_statement:
    description:
      - What may be done through a gateway endpoint, whoever asks, as up to 10 statements; an empty list stands for the
        cloud's default, which allows everything. It holds beside the policies of users and buckets.
      - Refused for an interface endpoint. Policies are compared by their meaning. Can be changed in place on Huawei
        Cloud only.
    type: list
    elements: dict
    suboptions:
      Effect:
        description: Whether the statement allows or denies.
        type: str
        required: true
        choices: [Allow, Deny]
        aliases: [effect]
      Action:
        description: Actions that it is about, such as V(obs:bucket:ListBucket) or V(obs:object:*).
        type: list
        elements: str
        required: true
        aliases: [action]
      Resource:
        description: Resources that it is about, such as V(obs:*:*:*:bucket/*) for all objects of a bucket.
        type: list
        elements: str
        required: true
        aliases: [resource]
      Condition:
        description: Conditions under which it applies. Huawei Cloud only.
        type: dict
        aliases: [condition]
      Sid:
        description: Name of the statement, for people. Huawei Cloud only.
        type: str
        aliases: [sid]
  policy_document:
    description:
      - Policy of an interface endpoint, whose service has to have C(enable_policy), else it is refused. An empty one
        takes the policy away. Huawei Cloud only.
    type: dict
  description:
    description:
      - Words of your own about the endpoint, of up to 128 characters other than C(<) and C(>). The service's owner does
        not see them. Cannot be changed in place.
    type: str
  upgrade:
    description:
      - Whether to upgrade the endpoint to the professional edition. There is no way back. Huawei Cloud only, in some
        regions.
      - The cloud does not show an endpoint's edition, so that each run asks for it again and reports a change.
    type: bool
    version_added: 0.2.0
    default: false
  wait_for_acceptance:
    description:
      - Whether to wait until the service's owner has accepted the endpoint. A rejection is an error then.
      - If false, the task succeeds while the endpoint is C(pendingAcceptance). Has no effect with O(wait=false).
    type: bool
    default: false
  specification_name:
    description:
      - Specification of the endpoint. The cloud knows V(default) and takes it when this is left out. Open Telekom Cloud
        only. Cannot be changed in place.
    type: str
  ip_version:
    description:
      - IP version. V(dualstack) exists on Huawei Cloud, professional edition; V(ipv6) is reserved on Open Telekom
        Cloud. Cannot be changed in place.
    type: str
    choices: [ipv4, ipv6, dualstack]
  ipv6_address:
    description:
      - IPv6 address, with O(ip_version=dualstack); chosen by the cloud when left out. Huawei Cloud only. Cannot be
        changed in place.
    type: str
  edition:
    description:
      - Edition of an interface endpoint. Open Telekom Cloud; reserved there. Cannot be changed in place.
    type: str
    choices: [profession, basic]
  enterprise_project_id:
    description:
      - ID of the enterprise project, V(0) for the default one. Open Telekom Cloud only. Cannot be changed in place.
    type: str
"""

EXAMPLES = r"""
- name: Publish a backend
  crossvpc.vpcep.vpcep_service:
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    approval_enabled: false
    server_type: VM
    ports:
      - {client_port: 8080, server_port: 80}
  register: provider

- name: Connect another VPC to it
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
    enable_dns: true
  register: consumer

- name: Show how the service is reached from there
  ansible.builtin.debug:
    msg: "{{ consumer.endpoint.ip }} or {{ consumer.endpoint.dns_names[0] }}, port 8080"

- name: Reach the cloud's name servers over a private address
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_name: com.t-systems.otc.eu-de.dns
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81

- name: Disconnect again
  crossvpc.vpcep.vpcep_endpoint:
    id: "{{ consumer.endpoint.id }}"
    state: absent
"""

RETURN = r"""
endpoint:
  description:
    - The endpoint as the API shows it, with C(tags) as a dictionary. After a removal, as it was before; empty when
      there was nothing to remove.
    - In check mode, an endpoint that would be created has an empty C(id) and C(ip).
  returned: success
  type: dict
  contains:
    id:
      description: ID of the endpoint.
      type: str
      sample: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc
    status:
      description:
        - Status of the connection, V(pendingAcceptance), V(creating), V(accepted), V(rejected), V(failed) or
          V(deleting).
      type: str
      sample: accepted
    vpc_id:
      description: VPC that is connected.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id:
      description: Subnet in which it has its address.
      returned: when it is an interface endpoint
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed81
    ip:
      description: Private address at which the service is reached.
      returned: when it is an interface endpoint and accepted
      type: str
      sample: 192.168.14.23
    dns_names:
      description: Domain names at which the service is reached.
      returned: when it has O(enable_dns) and is accepted
      type: list
      elements: str
      sample: [vpcep-530d6f2f-d115-4df2-8c36-32d19f3c0bbc.eu-de.otc.t-systems.com]
    endpoint_service_id:
      description: ID of the service.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed83
    endpoint_service_name:
      description: Full name of the service.
      type: str
      sample: eu-de.web.4189d3c2-8882-4871-a3c2-d380272eed83
    service_type:
      description: V(interface) or V(gateway).
      type: str
      sample: interface
    enable_dns:
      description: Whether it has a domain name. False while it waits for acceptance.
      returned: when it is an interface endpoint
      type: bool
      sample: true
    enable_whitelist:
      description: Whether C(whitelist) is in force.
      returned: when it is an interface endpoint
      type: bool
      sample: false
    whitelist:
      description: Addresses and CIDR blocks that may use it.
      returned: when it is an interface endpoint
      type: list
      elements: str
      sample: []
    routetables:
      description: Route tables that lead to it.
      returned: when it is a gateway endpoint
      type: list
      elements: str
      sample: [4189d3c2-8882-4871-a3c2-d380272eed86]
    policy_statement:
      description: What may be done through it.
      returned: when it is a gateway endpoint
      type: list
      elements: dict
      sample: [{Effect: Allow, Action: ["obs:*:*"], Resource: ["obs:*:*:*:*", "obs:*:*:*:*/*"]}]
    marker_id:
      description: Number that the cloud gave the connection; the service's owner sees it, too.
      type: int
      sample: 16777510
    description:
      description: Your own words about it; empty when there are none.
      type: str
      sample: front end
    project_id:
      description: Project that the endpoint belongs to.
      type: str
      sample: 6e9dfd51d1124e8d8498dce894923a0d
    created_at:
      description: When it was created, as the API says it.
      type: str
      sample: "2026-01-30T07:42:01Z"
    updated_at:
      description: When it was changed last.
      type: str
      sample: "2026-01-30T07:42:03Z"
    tags:
      description: Tags.
      type: dict
      sample: {env: dev}
obstacles:
  description:
    - Why the cloud would refuse the change, one sentence each. The result has the prediction, too.
  returned: in check mode, when the run would fail
  type: list
  elements: str
  sample: ["There is no VPC 4189d3c2-8882-4871-a3c2-d380272eed82 in project eu-de in region eu-de."]
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: create endpoint
    status: 400
    code: EndPoint.2012
    message: You have no permission to connect to the VPC endpoint service.
    request_id: 8f0e9a3c1b7d4e5f
    hint: The service's owner has to add this account's ID to the permissions.
timeout:
  description:
    - Details of the wait that timed out, with the last C(status) seen and the C(seconds).
  returned: when O(wait_timeout) was over
  type: dict
  sample: {what: endpoint 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: creating, seconds: 600}
http:
  description:
    - The requests that were sent, in their order, without anything secret.
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

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import FLAG, TEXT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options, object_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ENDPOINT

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **object_options(ENDPOINT),
        "endpoint_service_name": {"type": TEXT},
        "wait_for_acceptance": {"type": FLAG, "default": False},
        "upgrade": {"type": FLAG, "default": False},
    },
    "required_one_of": [("id", "endpoint_service_id", "endpoint_service_name")],
    "mutually_exclusive": [("endpoint_service_id", "endpoint_service_name")],
    "supports_check_mode": True,
}
PROGRAM = converge_endpoint


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
