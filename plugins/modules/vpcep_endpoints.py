# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_endpoints
short_description: Connect many VPCs to endpoint services
version_added: 0.2.0
description:
  - Brings a list of endpoints to what it describes, each as M(crossvpc.vpcep.vpcep_endpoint) would, in one go. All are
    looked up with one listing, created, changed and deleted over several connections at once, and waited for with
    one listing per look.
  - A failure of one endpoint does not stop the others. The task fails at the end, names each that failed, and
    returns what became of the others.
  - When the cloud asks for fewer requests, all connections slow down.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
notes:
  - Check mode fails where the run would fail, as far as GET requests show it. For creations it looks at each service,
    VPC and subnet as M(crossvpc.vpcep.vpcep_endpoint) does, at each of them once, and at the quota.
  - Check mode does not check objects that the credentials may not read, and does not take into account what earlier
    tasks of the play would change.
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_endpoint_info
  - name: Performance
    description: What a fleet costs, against a loop.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/performance.md
options:
  endpoints:
    description:
      - The endpoints. The options of each are those of M(crossvpc.vpcep.vpcep_endpoint), where they are explained.
      - No two of them may mean the same endpoint.
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description: ID of an endpoint that exists; instead of service, VPC and subnet.
        type: str
      endpoint_service_id:
        description: ID of the service; left out, the task's O(endpoint_service_id).
        type: str
      endpoint_service_name:
        description: Name of the service, instead of its ID; left out, the task's O(endpoint_service_name).
        type: str
      vpc_id:
        description: ID of the VPC that is to be connected; needed unless there is an C(id).
        type: str
      subnet_id:
        description: ID of the VPC's subnet (Neutron's network) in which an interface endpoint gets its address.
        type: str
      port_ip:
        description: Address for an interface endpoint, free in its subnet; left out, the cloud chooses one.
        type: str
      enable_dns:
        description: Whether an interface endpoint gets a private domain name; left out, a new one gets none.
        type: bool
      routetables:
        description: IDs of the route tables of a gateway endpoint; left out, a new one takes the VPC's default table.
        type: list
        elements: str
      whitelist:
        description:
          - Addresses and CIDR blocks that may use an interface endpoint. Refused where C(enable_whitelist) is off, and
            for a gateway endpoint.
        type: list
        elements: str
      enable_whitelist:
        description: Whether O(endpoints[].whitelist) is in force; left out, a new endpoint serves the whole VPC.
        type: bool
      policy_statement:
        description:
          - What may be done through a gateway endpoint, as up to 10 statements; empty for everything. Refused for an
            interface endpoint.
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
            description: Actions that it is about, such as V(obs:object:*).
            type: list
            elements: str
            required: true
            aliases: [action]
          Resource:
            description: Resources that it is about, such as V(obs:*:*:*:bucket/*).
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
        description: Policy of an interface endpoint, whose service has to have C(enable_policy). Huawei Cloud only.
        type: dict
      description:
        description: Words of your own about the endpoint, of up to 128 characters.
        type: str
      tags:
        description: Tags as a dictionary; left out, they are not managed.
        type: dict
      specification_name:
        description: Specification; left out, V(default). Open Telekom Cloud only.
        type: str
      ip_version:
        description: IP version. V(dualstack) is Huawei Cloud's, V(ipv6) is reserved on Open Telekom Cloud.
        type: str
        choices: [ipv4, ipv6, dualstack]
      ipv6_address:
        description: IPv6 address; left out, the cloud chooses one. Huawei Cloud only.
        type: str
      edition:
        description: Edition. Open Telekom Cloud; reserved there.
        type: str
        choices: [profession, basic]
      enterprise_project_id:
        description: ID of the enterprise project, V(0) for the default one. Open Telekom Cloud only.
        type: str
      upgrade:
        description: Whether to upgrade to the professional edition, for good. Huawei Cloud only.
        type: bool
      purge_tags:
        description: As the task's O(purge_tags), for this endpoint.
        type: bool
      recreate:
        description: As the task's O(recreate), for this endpoint.
        type: bool
      wait_for_acceptance:
        description: As the task's O(wait_for_acceptance), for this endpoint.
        type: bool
  endpoint_service_id:
    description:
      - ID of the service of all endpoints that name none, and whose other endpoints O(purge) removes.
    type: str
  endpoint_service_name:
    description:
      - Name of that service, instead of its ID.
    type: str
  state:
    description:
      - Whether all endpoints of the list are to exist as described, or not at all.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - Whether endpoints of the services that the task or its list names are removed when they are not in the list.
        Only those of the same project; nothing of other services.
      - Nothing is removed when it is not clear of every endpoint in the list which one is meant.
    type: bool
    default: false
  concurrency:
    description:
      - How many requests may be under way at once; 1 to 16. All of them slow down when the cloud asks for it.
    type: int
    default: 8
  purge_tags:
    description:
      - Whether tags that O(endpoints[].tags) does not name are removed. Without effect on endpoints without it.
    type: bool
    default: true
  recreate:
    description:
      - Whether endpoints that have failed, or that differ in what cannot be changed in place, are deleted and created
        again. Otherwise these fail. As with M(crossvpc.vpcep.vpcep_endpoint), the new endpoints take over what their
        definitions do not name.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until all endpoints are ready, or gone. Creation and deletion take a minute or two, whatever
        their number.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds that the whole task may take. When they are over, what is not ready fails and the cloud goes on; running
        the task again goes on waiting and creates nothing twice.
    type: int
    default: 600
  wait_for_acceptance:
    description:
      - Whether to wait until the services' owners have accepted the endpoints. A rejection is an error then.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Connect two VPCs to a service, and disconnect all others of this project
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

- name: Show where the service is reached
  ansible.builtin.debug:
    msg: "{{ consumers.endpoints | map(attribute='ip') | list }}"

- name: Disconnect both
  crossvpc.vpcep.vpcep_endpoints:
    endpoints:
      - id: "{{ consumers.endpoints[0].id }}"
      - id: "{{ consumers.endpoints[1].id }}"
    state: absent
"""

RETURN = r"""
endpoints:
  description:
    - The endpoints in the order of the list, each as M(crossvpc.vpcep.vpcep_endpoint) returns it; empty for one that
      failed (unless check mode foresees it) or that was not there to be removed.
  returned: always, unless the list could not be worked on at all
  type: list
  elements: dict
  sample:
    - {id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted, ip: 192.168.14.23}
outcomes:
  description: How it went with each, in the same order.
  returned: as endpoints
  type: list
  elements: dict
  contains:
    changed:
      description: Whether this endpoint was changed.
      type: bool
    failed:
      description: Whether this endpoint failed.
      type: bool
    action:
      description: What was done, or in check mode would be; V(none), V(create), V(change), V(replace) or V(delete).
      type: str
    id:
      description: ID of the endpoint, also of one that failed; empty when it is not known, or not there yet.
      type: str
    msg:
      description: The error.
      returned: when it failed
      type: str
    error:
      description: What the cloud answered, as the modules return it for a single object.
      returned: when it failed because of an answer
      type: dict
    obstacles:
      description: Why the cloud would refuse this endpoint. RV(endpoints) has the predicted endpoint.
      returned: in check mode, when it would fail
      type: list
      elements: str
obstacles:
  description:
    - Why the cloud would refuse endpoints, each sentence with the endpoint that it is about.
  returned: in check mode, when nothing else made endpoints fail
  type: list
  elements: str
  sample: ["endpoints[0] (front end): There is no VPC 4189d3c2-8882-4871-a3c2-d380272eed82 in project eu-de."]
purged:
  description: The endpoints that O(purge) removed, as they were.
  returned: as endpoints
  type: list
  elements: dict
  sample:
    - {id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbd, status: accepted, ip: 192.168.14.24}
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: list endpoints
    status: 403
    code: EndPoint.0004
    message: Authentication information is incorrect or you have no permissions.
    request_id: 8f0e9a3c1b7d4e5f
    hint: Ask the account's administrator for the missing role or policy action.
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options, fleet_options

ARGUMENTS = {
    "argument_spec": {**auth_options(), **fleet_options()},
    "mutually_exclusive": [("endpoint_service_id", "endpoint_service_name")],
    "supports_check_mode": True,
}
PROGRAM = converge_endpoints


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
