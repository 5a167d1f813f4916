# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_connection
short_description: Accept or reject endpoints of a service
version_added: 0.2.0
description:
  - The provider's side of an approval. Accepts endpoints that wait to be connected to an endpoint service, or rejects
    them. One that is connected can be rejected, and one that was rejected can be accepted.
  - Endpoints belong to whoever created them, often another account. The owner of the service cannot delete them, and
    sees them in the service's list of connections only, which is what this module goes by.
  - The API takes one endpoint in each request. Several are decided at the same time.
  - An endpoint that is just being created is waited for. One that has failed, or is not there, is an error when
    O(endpoints) names it, and is left alone otherwise. All others are decided before the task fails.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_connection_info
  - module: crossvpc.vpcep.vpcep_permission
  - module: crossvpc.vpcep.vpcep_service
  - name: Across accounts
    description: Whitelist and approval, with both sides in one run or each on its own.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  state:
    description:
      - What the connections are to be. V(accepted) gives an endpoint its address; V(rejected) takes it out of service,
        at once also if it was connected. Either can be changed later.
    type: str
    choices: [accepted, rejected]
    default: accepted
  endpoints:
    description:
      - IDs of the endpoints. A new one that the service does not list yet is looked for during half a minute.
    type: list
    elements: str
  domain_ids:
    description:
      - All endpoints of these accounts, whatever their status. With O(pending=true), those of them that wait.
    type: list
    elements: str
  pending:
    description:
      - All endpoints that wait for a decision, and those that are just being created. Without O(domain_ids), of
        whatever account the whitelist admits.
    type: bool
  description:
    description:
      - Your own words about these connections, of up to 512 characters other than C(<) and C(>). They are kept with the
        connection, not with the endpoint, and can be changed at any time. Huawei Cloud only.
    type: str
  wait:
    description:
      - Whether to wait for endpoints that are being created, and until the decision is in force. Without waiting,
        those that are being created are left alone, with a warning.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds that the whole task may take. When they are over, the task fails; what was decided stays so.
    type: int
    default: 600
"""

EXAMPLES = r"""
- name: Publish a service whose endpoints need the approval of its owner
  crossvpc.vpcep.vpcep_service:
    name: web
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    server_type: VM
    approval_enabled: true
    ports: [{client_port: 443, server_port: 8443}]
  register: provider

- name: Connect to it
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
  register: consumer

- name: Accept this endpoint
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_id: "{{ provider.service.id }}"
    endpoints: ["{{ consumer.endpoint.id }}"]

- name: Accept everybody who waits
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_name: web
    pending: true

- name: Cut an account off
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_name: web
    domain_ids: [5fc973eea581490997e82ea11a1d0101]
    state: rejected
"""

RETURN = r"""
connections:
  description:
    - The connections that were chosen, as they are now.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the endpoint.
      type: str
      sample: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc
    status:
      description: Status of the connection.
      type: str
      sample: accepted
    domain_id:
      description: Account that the endpoint belongs to.
      type: str
      sample: 6e9dfd51d1124e8d8498dce894923a0d
    marker_id:
      description: Number that the cloud gave the connection.
      type: int
      sample: 16777510
    description:
      description: The service owner's words about it.
      returned: on Huawei Cloud
      type: str
      sample: team blue
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: list connections of endpoint service 4189d3c2-8882-4871-a3c2-d380272eed83
    status: 404
    code: EndPoint.0005
    message: The requested resource does not exist.
    request_id: 8f0e9a3c1b7d4e5f
    hint: Check the ID, and that it belongs to this project and region.
timeout:
  description:
    - Details of the wait that timed out, with the last C(status) seen and the C(seconds).
  returned: when O(wait_timeout) was over
  type: dict
  sample: {what: endpoints of endpoint service 4189d3c2-8882-4871-a3c2-d380272eed83, status: creating, seconds: 600}
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import (
    FLAG,
    FREE_TEXT,
    LIST,
    TEXT,
    WHOLE,
    WORD,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    SERVICE_NAMES,
    auth_options,
    service_options,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import DECISIONS

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "state": {"type": TEXT, "default": "accepted", "choices": list(DECISIONS)},
        "endpoints": {"type": LIST, "elements": WORD},
        "domain_ids": {"type": LIST, "elements": WORD},
        "pending": {"type": FLAG},
        "description": {"type": FREE_TEXT},
        "wait": {"type": FLAG, "default": True},
        "wait_timeout": {"type": WHOLE, "default": 600},
    },
    "required_one_of": [SERVICE_NAMES, ("endpoints", "domain_ids", "pending")],
    "mutually_exclusive": [SERVICE_NAMES, ("endpoints", "domain_ids"), ("endpoints", "pending")],
    "supports_check_mode": True,
}
PROGRAM = decide_connections


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
