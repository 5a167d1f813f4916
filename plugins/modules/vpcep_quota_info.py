# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_quota_info
short_description: Show quotas
version_added: 0.2.0
description:
  - Shows how many endpoint services and endpoints the account may have in the region, and how many there are. Those
    that have failed or were rejected count, too.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_preflight_info
options:
  type:
    description:
      - Only the quota of this kind of resource. The cloud counts for each account and region.
    type: str
    choices: [endpoint_service, endpoint]
"""

EXAMPLES = r"""
- name: Show the quotas
  crossvpc.vpcep.vpcep_quota_info:
  register: project

- name: Check that there is room for another endpoint
  ansible.builtin.assert:
    that: endpoints.used < endpoints.quota
  vars:
    endpoints: "{{ project.quotas | selectattr('type', '==', 'endpoint') | first }}"
"""

RETURN = r"""
quotas:
  description:
    - The quotas as the API shows them.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: Kind of resource.
      type: str
      sample: endpoint
    used:
      description: How many there are.
      type: int
      sample: 4
    quota:
      description: How many there may be.
      type: int
      sample: 50
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: list quotas
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
      path: /v1/6e9dfd51d1124e8d8498dce894923a0d/quotas
      status: 200
      ms: 41
      request_id: 8f0e9a3c1b7d4e5f
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import TEXT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_quotas
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import RESOURCE_KINDS

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "type": {"type": TEXT, "choices": list(RESOURCE_KINDS)},
    },
    "supports_check_mode": True,
}
PROGRAM = find_quotas


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
