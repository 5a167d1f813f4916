# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_endpoint_info
short_description: Find endpoints
version_added: 0.1.0
description:
  - Lists the endpoints of the project. All pages are read, and every filter matches exactly.
  - An answer without endpoints is not an error.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.endpoint_filters
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint
  - module: crossvpc.vpcep.vpcep_endpoints
  - module: crossvpc.vpcep.vpcep_connection_info
"""

EXAMPLES = r"""
- name: List the endpoints of the project
  crossvpc.vpcep.vpcep_endpoint_info:

- name: List those that wait for the approval of somebody else
  crossvpc.vpcep.vpcep_endpoint_info:
    status: pendingAcceptance

- name: List those of one VPC that belong to production
  crossvpc.vpcep.vpcep_endpoint_info:
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    tags:
      env: prod
"""

RETURN = r"""
endpoints:
  description:
    - The endpoints as the API shows them, with C(tags) as a dictionary. Each holds what
      M(crossvpc.vpcep.vpcep_endpoint) returns.
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
    ip:
      description: Private address.
      returned: when it is an interface endpoint and accepted
      type: str
      sample: 192.168.14.23
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import DICT, LIST, TEXT, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ENDPOINT_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "id": {"type": TEXT},
        "endpoint_service_id": {"type": TEXT},
        "endpoint_service_name": {"type": TEXT},
        "vpc_id": {"type": TEXT},
        "subnet_id": {"type": TEXT},
        "status": {"type": LIST, "elements": WORD, "choices": list(ENDPOINT_STATUSES)},
        "tags": {"type": DICT},
    },
    "supports_check_mode": True,
}
PROGRAM = find_endpoints


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
