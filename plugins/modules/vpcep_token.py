# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_token
short_description: Get or revoke the cached token
version_added: 0.2.0
description:
  - With O(state=present), gets an IAM token into the cache, for all tasks of the next hours, and tells until when. A
    token that is there already is kept. With an access key there is no token, and nothing to do.
  - With O(state=absent), revokes the token at IAM and removes it from the cache, as the last step of a job on a machine
    that others use, too.
  - The token itself is never returned.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
attributes:
  diff_mode:
    support: none
    details:
      - There is nothing to compare that is not secret.
seealso:
  - name: Ways to log in
    description: Where credentials are looked for, and which ones win.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/logging-in.md
options:
  state:
    description:
      - Whether there is to be a token. V(absent) ends it for all processes that use the same cache.
    type: str
    choices: [present, absent]
    default: present
  check_api:
    description:
      - Whether to ask the API of VPC endpoints, too, if it serves the version that this collection speaks. The task
        fails when it does not. Not with O(state=absent), and in check mode only if there is a token.
    type: bool
    default: false
  api_versions:
    description:
      - Whether to return the versions that the API serves. Not with O(state=absent), and in check mode only if there is
        a token.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Log in once for the whole job
  crossvpc.vpcep.vpcep_token:
    check_api: true
  register: login

- name: Show until when
  ansible.builtin.debug:
    msg: "{{ login.token.project_name }} until {{ login.token.expires_at }}"

- name: Log out
  crossvpc.vpcep.vpcep_token:
    state: absent
"""

RETURN = r"""
token:
  description:
    - What is known of the token, without the token itself. Empty after O(state=absent), and in check mode when there is
      none.
  returned: success
  type: dict
  contains:
    expires_at:
      description: End of its life, as IAM says it. Null with an access key.
      type: str
      sample: "2026-01-02T03:04:05.678000Z"
    issued_at:
      description: Beginning of its life.
      type: str
      sample: "2026-01-01T03:04:05.678000Z"
    project_id:
      description: ID of the project that it is for.
      type: str
      sample: 6e9dfd51d1124e8d8498dce894923a0d
    project_name:
      description: Name of the project.
      type: str
      sample: eu-de
    domain_id:
      description: ID of the account.
      type: str
      sample: 5fc973eea581490997e82ea11a1df31f
    region:
      description: Region.
      type: str
      sample: eu-de
    api_url:
      description: Address of the API, from the token's catalog unless it was given.
      type: str
      sample: https://vpcep.eu-de.otc.t-systems.com
api_versions:
  description:
    - Versions that the API serves, as it describes them.
  returned: when O(api_versions=true)
  type: list
  elements: dict
  sample: [{id: v1, status: CURRENT}]
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: log in to IAM
    status: 401
    code: IAM.0062
    message: Incorrect password.
    request_id: 8f0e9a3c1b7d4e5f
    hint: The password is wrong. It is not tried again, since repeated failures lock the user.
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import FLAG, TEXT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.token_tasks import manage_token
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "state": {"type": TEXT, "default": "present", "choices": ["present", "absent"]},
        "check_api": {"type": FLAG, "default": False},
        "api_versions": {"type": FLAG, "default": False},
    },
    "supports_check_mode": True,
}
PROGRAM = manage_token


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
