# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_token
short_description: Get or revoke the cached token
version_added: 1.0.0
description:
  - With O(state=present), gets an IAM token, stores it in the cache for later tasks, and returns when it expires. A
    cached token is kept. With an access key no token is needed, and the module does nothing.
  - With O(state=absent), revokes the token at IAM and removes it from the cache. Use this as the last step of a job on
    a shared machine.
  - The token itself is never returned.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
attributes:
  diff_mode:
    support: none
    details:
      - All values that could be compared are secret.
seealso:
  - name: Ways to log in
    description: Sources of credentials and their order.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/logging-in.md
options:
  state:
    description: Whether a token must be in the cache. V(absent) revokes it for all processes that use the same cache.
    type: str
    choices: [present, absent]
    default: present
  check_api:
    description:
      - Whether to check that the VPCEP API serves the version that this collection uses. The task fails if it does not.
        Has no effect with O(state=absent), nor in check mode without a token.
    type: bool
    default: false
  api_versions:
    description:
      - Whether to return the versions that the API serves. Has no effect with O(state=absent), nor in check mode
        without a token.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Log in once for the whole job
  crossvpc.vpcep.vpcep_token:
    check_api: true
  register: login

- name: Show when the token expires
  ansible.builtin.debug:
    msg: "{{ login.token.project_name }} until {{ login.token.expires_at }}"

- name: Log out
  crossvpc.vpcep.vpcep_token:
    state: absent
"""

RETURN = r"""
token:
  description:
    - Properties of the token. Empty after O(state=absent), and in check mode if there is no token. With an access key,
      C(issued_at) and C(expires_at) are null.
  returned: success
  type: dict
  sample:
    issued_at: "2026-01-01T03:04:05.678000Z"
    expires_at: "2026-01-02T03:04:05.678000Z"
    project_id: 6e9dfd51d1124e8d8498dce894923a0d
    project_name: eu-de
    domain_id: 5fc973eea581490997e82ea11a1df31f
    region: eu-de
    api_url: https://vpcep.eu-de.otc.t-systems.com
api_versions:
  description: Versions that the API serves, as it shows them.
  returned: when O(api_versions=true)
  type: list
  elements: dict
  sample: [{id: v1, status: CURRENT}]
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import FLAG, TEXT
from ..module_utils._resources.project import manage_token
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "state": {"type": TEXT, "default": "present", "choices": ["present", "absent"]},
        "check_api": {"type": FLAG, "default": False},
        "api_versions": {"type": FLAG, "default": False},
    },
}
PROGRAM = manage_token


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
