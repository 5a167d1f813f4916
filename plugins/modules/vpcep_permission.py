# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_permission
short_description: Manage the whitelist of a service
version_added: 0.2.0
description:
  - Adds and removes whitelist records of an endpoint service, which say whose endpoints may connect. The service itself
    is left alone; for teams that own nothing but the whitelist.
  - The service's own account may always connect and is not listed.
  - Removing a record disconnects nobody. When endpoints of accounts that are not named any more stay connected, a
    warning names them; O(reject_revoked=true) rejects them.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.service
attributes:
  idempotent:
    support: partial
    details:
      - With O(update_description=true), because Huawei Cloud does not show the descriptions of records.
seealso:
  - module: crossvpc.vpcep.vpcep_permission_info
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection
  - name: Across accounts
    description: Whitelist and approval, with both sides in one run or each on its own.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  state:
    description:
      - Whether the records are to be on the whitelist (V(present)), or not (V(absent)), or whether they are to be all
        of it (V(exact)), which removes the others.
    type: str
    choices: [present, absent, exact]
    default: present
  permissions:
    description:
      - Records, as account IDs, C(iam:domain::ID) or V(*) for everybody. Huawei Cloud also knows
        C(organizations:orgPath::PATH).
      - The cloud does not check whether there is such an account, and accepts the ID of a project, too.
      - With O(state=exact), an empty list removes all records.
    type: list
    elements: str
    required: true
  description:
    description:
      - Your own words about the records that are added, of up to 128 characters other than C(<) and C(>). Huawei Cloud
        only.
    type: str
  update_description:
    description:
      - Whether O(description) is set for records that exist already, too. Huawei Cloud does not show descriptions, so
        that each run sets them again and reports a change.
    type: bool
    default: false
  reject_revoked:
    description:
      - Whether endpoints of other accounts that the whitelist does not admit (any more) are rejected, which
        disconnects them. Their owners still have to delete them.
      - Nothing is rejected while organisation paths are on the whitelist, because the accounts behind these are not
        known.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds that the whole task may take, with O(reject_revoked=true) also for the rejections to be in force.
    type: int
    default: 600
"""

EXAMPLES = r"""
- name: Let two accounts connect
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
      - iam:domain::5fc973eea581490997e82ea11a1d0102

- name: Shut one of them out, and disconnect it
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0102]
    state: absent
    reject_revoked: true

- name: Let nobody but this account connect
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0103]
    state: exact
"""

RETURN = r"""
permissions:
  description:
    - All records of the service, as they are now. In check mode, new ones have an empty C(id).
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
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import converge_permissions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import (
    SERVICE_NAMES,
    auth_options,
    service_options,
)

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "state": {"type": TEXT, "default": "present", "choices": ["present", "absent", "exact"]},
        "permissions": {"type": LIST, "elements": WORD, "required": True},
        "description": {"type": FREE_TEXT},
        "update_description": {"type": FLAG, "default": False},
        "reject_revoked": {"type": FLAG, "default": False},
        "wait_timeout": {"type": WHOLE, "default": 600},
    },
    "required_one_of": [SERVICE_NAMES],
    "mutually_exclusive": [SERVICE_NAMES],
    "supports_check_mode": True,
}
PROGRAM = converge_permissions


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
