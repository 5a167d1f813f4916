# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

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
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects
  - crossvpc.vpcep.objects.shared
attributes:
  idempotent:
    support: partial
    details:
      - With O(upgrade=true) each run reports a change, because the cloud does not show the edition of an endpoint.
notes:
  - Check mode fails where the run would fail, as far as GET requests can show it. For a creation it reads the service
    (1 GET, or 2 for a service of another account), the VPC, the subnet or the route tables, and the quota (1 GET
    each). Up to 8 more GETs explain a problem.
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint_info
  - module: crossvpc.vpcep.vpcep_endpoints
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection
  - name: Object storage over private networks
    description: Gateway endpoints and policies.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/private-obs.md
options:
  endpoint_service_id:
    description:
      - ID of the service to connect to. May be empty in check mode, for a service that an earlier task would create.
    type: str
  endpoint_service_name:
    description:
      - Name of the service, instead of its ID. This is the full name (C(region.name.id)), the name of a public service
        such as V(com.t-systems.otc.eu-de.dns), or the short name of a service in the same project.
    type: str
  vpc:
    description:
      - Name of the VPC to connect, instead of O(vpc_id). It must match exactly. A value in the form of a UUID is an ID.
        Needs one GET.
      - If the name comes to mean another VPC, an endpoint identified by O(id) is changed only with O(recreate=true).
        Without O(id), an endpoint in the new VPC is another endpoint.
      - In check mode, a name that does not exist is a warning, because an earlier task may create the VPC.
    type: str
    version_added: 1.0.0
  subnet:
    description:
      - Name or address range of the subnet, instead of O(subnet_id). A value in the form of a UUID is an ID. Needs one
        GET.
      - A range such as V(10.0.1.0/24) selects one of several subnets of the same name.
    type: str
    version_added: 1.0.0
  vpc_id:
    description:
      - ID of the VPC to connect. The VPC must be in the same region as the service. Identifies the endpoint. Cannot be
        changed in place.
    type: str
  subnet_id:
    description:
      - ID of the subnet in which an interface endpoint gets its address. This is the VPC's subnet ID, which Neutron
        calls network ID. The cloud refuses the ID of the Neutron subnet.
      - The subnet must not overlap with the address range that the cloud uses internally. Identifies the endpoint.
        Cannot be changed in place.
    type: str
  port_ip:
    description:
      - IP address of an interface endpoint. It must be free in the subnet. The cloud chooses an address if this is not
        set. Cannot be changed in place.
    type: str
  enable_dns:
    description:
      - Whether an interface endpoint gets a private domain name, which only the name servers of the VPC resolve. The
        cloud's default is V(false). Gateway endpoints ignore this option, with a warning. Cannot be changed in place.
    type: bool
  routetables:
    description:
      - IDs or names of the route tables of a gateway endpoint. Names need one GET. The cloud uses the VPC's default
        route table if this is not set.
      - Route tables do not identify an endpoint. If the VPC has several endpoints for the service, set O(id).
      - An error for an interface endpoint. Can be changed in place on Huawei Cloud only.
    type: list
    elements: str
  whitelist:
    description:
      - IP addresses and CIDR blocks that may use an interface endpoint; up to 20 on T Cloud Public, 32 on Huawei
        Cloud. The list is compared and changed as a whole.
      - Has an effect only with O(enable_whitelist=true), and is an error otherwise, unless the whitelist of the
        endpoint is already enabled. An error for a gateway endpoint. Can be changed in place on Huawei Cloud only.
      - To add a whitelist to an existing endpoint on T Cloud Public, set both options and O(recreate=true).
    type: list
    elements: str
  enable_whitelist:
    description:
      - Whether O(whitelist) is enabled. The cloud's default is V(false), and the whole VPC may use the endpoint. An
        error for a gateway endpoint. Can be changed in place on Huawei Cloud only.
    type: bool
  policy_statement:
    description:
      - Policy of a gateway endpoint, as up to 10 statements. It limits all requests through the endpoint, in addition
        to the policies of users and buckets. An empty list stands for the cloud's default, which allows everything.
      - Policies are compared by their meaning. An error for an interface endpoint. Can be changed in place on Huawei
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
        description: Actions, such as V(obs:bucket:ListBucket) or V(obs:object:*).
        type: list
        elements: str
        required: true
        aliases: [action]
      Resource:
        description: Resources, such as V(obs:*:*:*:bucket/*) for all objects of a bucket.
        type: list
        elements: str
        required: true
        aliases: [resource]
      Condition:
        description: Conditions. Huawei Cloud only.
        type: dict
        aliases: [condition]
      Sid:
        description: Name of the statement. Huawei Cloud only.
        type: str
        aliases: [sid]
  policy_document:
    description:
      - Policy of an interface endpoint. The service must have C(enable_policy). An empty dictionary removes the policy.
        Huawei Cloud only.
    type: dict
  description:
    description:
      - Description of up to 128 characters other than C(<) and C(>). The owner of the service does not see it. Cannot
        be changed in place.
    type: str
  upgrade:
    description:
      - Whether to upgrade the endpoint to the professional edition. An upgrade cannot be reverted. Huawei Cloud only,
        in some regions.
      - The cloud does not show the edition of an endpoint. Each run sends the request again and reports a change.
    type: bool
    version_added: 1.0.0
    default: false
  wait_for_acceptance:
    description:
      - Whether to wait until the owner of the service has accepted the endpoint. A rejection is then an error.
      - If V(false), the task succeeds while the endpoint is in status C(pendingAcceptance). Has no effect with
        O(wait=false).
    type: bool
    default: false
  specification_name:
    description:
      - Specification of the endpoint. The only value that the cloud knows is V(default). T Cloud Public only.
        Cannot be changed in place.
    type: str
  ip_version:
    description:
      - IP version. V(dualstack) exists on Huawei Cloud, professional edition. V(ipv6) is reserved on T Cloud
        Public. Cannot be changed in place.
    type: str
    choices: [ipv4, ipv6, dualstack]
  ipv6_address:
    description:
      - IPv6 address, with O(ip_version=dualstack). The cloud chooses an address if this is not set. Huawei Cloud only.
        Cannot be changed in place.
    type: str
  edition:
    description:
      - Edition of an interface endpoint. T Cloud Public only. Reserved for future use. Cannot be changed in place.
    type: str
    choices: [profession, basic]
  enterprise_project_id:
    description:
      - ID of the enterprise project, V(0) for the default one. T Cloud Public only. Cannot be changed in place.
    type: str
  dns_name:
    description:
      - A domain name of your own for an interface endpoint, such as V(shop.internal.example.com). The name stays the
        same when the endpoint is created again. An error for a gateway endpoint.
      - The module creates an A record in a private zone of the endpoint's VPC, after the endpoint is accepted. The
        zone is the one with the longest suffix of the name, unless O(dns_zone) names it.
      - The record follows the address of the endpoint, and is deleted before the endpoint. Its description contains
        the ID of the endpoint. With O(state=absent), set this option again, or the record stays. A task without this
        option does not look at records.
      - The module changes and deletes only records that it created for the endpoint, or for an endpoint that does not
        exist any more. See also O(replace_dns_record).
      - VPCs that use the same name need a zone each. A zone can have several VPCs, but one record cannot point to two
        endpoints.
      - Needs rights for the cloud's DNS service. An unchanged run needs 2 more GETs, a creation with this option
        another one to read the service.
    type: str
    version_added: 1.0.0
  dns_zone:
    description:
      - Name of the private zone for O(dns_name), such as V(internal.example.com). O(dns_name) must be in it.
    type: str
    version_added: 1.0.0
  create_dns_zone:
    description:
      - Whether to create a private zone for the VPC if it has none for O(dns_name). Its name is O(dns_zone), by
        default O(dns_name) without the first label. The module never deletes a zone.
      - The VPC resolves no other names that end with the zone's name. The module warns of a zone of one label.
      - In a cloud that does not allow two private zones of the same name, the VPC is added to the existing zone.
    type: bool
    version_added: 1.0.0
    default: false
  replace_dns_record:
    description:
      - Whether to change an existing record of O(dns_name) that has another value and was not created for this
        endpoint. If V(false), such a record is an error. A changed record is deleted with the endpoint.
    type: bool
    version_added: 1.0.0
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
    - The endpoint as the API shows it, with C(tags) as a dictionary. After a deletion, the endpoint as it was before;
      empty if there was none.
    - In check mode, an endpoint that would be created has an empty C(id) and C(ip).
  returned: success
  type: dict
  contains:
    id:
      description: ID of the endpoint.
      type: str
      sample: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc
    status:
      description: Status, V(pendingAcceptance), V(creating), V(accepted), V(rejected), V(failed) or V(deleting).
      type: str
      sample: accepted
    vpc_id:
      description: ID of the VPC.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id:
      description: ID of the subnet.
      returned: for interface endpoints
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed81
    ip:
      description: Private IP address of the service in the VPC.
      returned: for accepted interface endpoints
      type: str
      sample: 192.168.14.23
    dns_names:
      description: Domain names of the service in the VPC.
      returned: for accepted endpoints with O(enable_dns)
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
      description: Whether the endpoint has a domain name. False while it waits for acceptance.
      returned: for interface endpoints
      type: bool
      sample: true
    enable_whitelist:
      description: Whether C(whitelist) is enabled.
      returned: for interface endpoints
      type: bool
      sample: false
    whitelist:
      description: IP addresses and CIDR blocks that may use the endpoint.
      returned: for interface endpoints
      type: list
      elements: str
      sample: []
    routetables:
      description: IDs of the route tables.
      returned: for gateway endpoints
      type: list
      elements: str
      sample: [4189d3c2-8882-4871-a3c2-d380272eed86]
    policy_statement:
      description: Policy.
      returned: for gateway endpoints
      type: list
      elements: dict
      sample: [{Effect: Allow, Action: ["obs:*:*"], Resource: ["obs:*:*:*:*", "obs:*:*:*:*/*"]}]
    marker_id:
      description: Number of the connection. The owner of the service sees it, too.
      type: int
      sample: 16777510
    description:
      description: Description; may be empty.
      type: str
      sample: front end
    project_id:
      description: ID of the project.
      type: str
      sample: 6e9dfd51d1124e8d8498dce894923a0d
    created_at:
      description: Time of the creation, as the API shows it.
      type: str
      sample: "2026-01-30T07:42:01Z"
    updated_at:
      description: Time of the last change.
      type: str
      sample: "2026-01-30T07:42:03Z"
    tags:
      description: Tags.
      type: dict
      sample: {env: dev}
not_named:
  description: What is said of the names that no object has yet, one text each.
  returned: in check mode, when the task names something that does not exist yet
  type: list
  elements: str
  sample: ["There is no VPC named 'frontend' in project eu-de in region eu-de."]
dns_record:
  description:
    - The record of O(dns_name), in check mode the predicted one. After a deletion, the record as it was before.
    - Only C(name) and C(note) while the endpoint waits for acceptance.
  returned: with O(dns_name)
  type: dict
  contains:
    name:
      description: The name.
      type: str
      sample: shop.internal.example.com
    value:
      description: The IP address of the endpoint. Empty in check mode if it is not known yet.
      type: str
      sample: 192.168.14.23
    zone_name:
      description: Name of the private zone.
      type: str
      sample: internal.example.com
    zone_id:
      description: ID of the private zone.
      type: str
      sample: ff8080825b8fc86c015b94bc6f8712c3
    id:
      description: ID of the record set.
      type: str
      sample: 2c9eb155587228570158722b6ac30007
    note:
      description: Why there is no record yet.
      returned: while the endpoint waits for acceptance
      type: str
      sample: The record is made once the endpoint is accepted. It is pendingAcceptance.
resolved:
  description:
    - The objects that names of the task mean, each with C(kind), C(name) and C(id). C(kind) is V(vpc), V(subnet),
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

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner.runner import run_module
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    EXCLUSIVE_NAMES,
    endpoint_spec,
)

ARGUMENTS = {
    "argument_spec": endpoint_spec(),
    "required_one_of": [("id", "endpoint_service_id", "endpoint_service_name")],
    "mutually_exclusive": [("endpoint_service_id", "endpoint_service_name"), *EXCLUSIVE_NAMES],
    "supports_check_mode": True,
}
PROGRAM = converge_endpoint


def main():
    run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
