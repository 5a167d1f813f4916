# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_connection_info
short_description: List the connections of a service
version_added: 0.2.0
description:
  - Lists the endpoints that are connected to an own endpoint service or want to be, of all accounts. All pages are
    read.
  - An answer without connections is not an error.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_connection
  - module: crossvpc.vpcep.vpcep_service_info
options:
  id:
    description:
      - ID of the endpoint, which is also the connection's.
    type: str
  marker_id:
    description:
      - Number that the cloud gave the connection, by which backends know it when C(tcp_proxy) passes it on.
    type: int
  domain_ids:
    description:
      - Only endpoints of these accounts, by their IDs.
    type: list
    elements: str
  status:
    description:
      - Only endpoints in one of these statuses.
    type: list
    elements: str
    choices: [pendingAcceptance, creating, accepted, rejected, failed, deleting]
"""

EXAMPLES = r"""
- name: List all connections of a service
  crossvpc.vpcep.vpcep_connection_info:
    endpoint_service_name: web

- name: List those who wait for approval
  crossvpc.vpcep.vpcep_connection_info:
    endpoint_service_name: web
    status: pendingAcceptance
  register: waiting

- name: Show which accounts these are
  ansible.builtin.debug:
    msg: "{{ waiting.connections | map(attribute='domain_id') | unique }}"
"""

RETURN = r"""
connections:
  description:
    - The connections as the API shows them.
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import LIST, TEXT, WHOLE, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import find_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    SERVICE_NAMES,
    auth_options,
    service_options,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ENDPOINT_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "id": {"type": TEXT},
        "marker_id": {"type": WHOLE},
        "domain_ids": {"type": LIST, "elements": WORD},
        "status": {"type": LIST, "elements": WORD, "choices": list(ENDPOINT_STATUSES)},
    },
    "required_one_of": [SERVICE_NAMES],
    "mutually_exclusive": [SERVICE_NAMES],
    "supports_check_mode": True,
}
PROGRAM = find_connections


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
