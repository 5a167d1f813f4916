# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_permission_info
short_description: List the whitelist of a service
version_added: 0.2.0
description:
  - Lists the whitelist records of an own endpoint service. All pages are read, and every filter matches exactly.
  - An answer without records is not an error.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_permission
  - module: crossvpc.vpcep.vpcep_service
options:
  permissions:
    description:
      - Only these records, as account IDs, C(iam:domain::ID) or V(*). Huawei Cloud also knows
        C(organizations:orgPath::PATH). They are compared exactly, as the cloud's own filter finds parts of them, too.
    type: list
    elements: str
  permission_type:
    description:
      - Only records for accounts (V(domainId)) or for organisation paths (V(orgPath)).
    type: str
    choices: [domainId, orgPath]
"""

EXAMPLES = r"""
- name: List who may connect
  crossvpc.vpcep.vpcep_permission_info:
    endpoint_service_name: web
  register: whitelist

- name: Look whether a certain account may
  crossvpc.vpcep.vpcep_permission_info:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0101]
"""

RETURN = r"""
permissions:
  description:
    - The records as the API shows them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the record.
      type: str
      sample: f2659906-c622-480a-83e9-ef42bdb67b90
    permission:
      description: Who may connect.
      type: str
      sample: iam:domain::5fc973eea581490997e82ea11a1d0101
    permission_type:
      description: Kind of record, C(domainId) for accounts or C(orgPath) for organisation paths.
      returned: where the cloud shows it
      type: str
      sample: domainId
    description:
      description: Description.
      returned: where the cloud shows it
      type: str
      sample: team blue
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: list whitelist records of endpoint service 4189d3c2-8882-4871-a3c2-d380272eed83
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import LIST, TEXT, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import find_permissions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    SERVICE_NAMES,
    auth_options,
    service_options,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import PERMISSION_TYPES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "permissions": {"type": LIST, "elements": WORD},
        "permission_type": {"type": TEXT, "choices": list(PERMISSION_TYPES)},
    },
    "required_one_of": [SERVICE_NAMES],
    "mutually_exclusive": [SERVICE_NAMES],
    "supports_check_mode": True,
}
PROGRAM = find_permissions


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
