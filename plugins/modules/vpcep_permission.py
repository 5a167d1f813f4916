# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_permission
short_description: Manage the whitelist of a service
version_added: 1.0.0
description:
  - Adds and removes whitelist records of an endpoint service. The whitelist lists the accounts whose endpoints may
    connect. The module does not change the service itself. Use it if the whitelist and the service are managed by
    different teams.
  - The account of the service may always connect and is not listed.
  - Removing a record does not disconnect endpoints. A warning names endpoints that stay connected although the
    whitelist no longer admits their account. O(reject_revoked=true) rejects them.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.service
  - crossvpc.vpcep.service.reject_revoked
attributes:
  idempotent:
    support: partial
    details:
      - With O(update_description=true) each run reports a change, because Huawei Cloud does not show the descriptions
        of records.
seealso:
  - module: crossvpc.vpcep.vpcep_permission_info
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection
  - name: Across accounts
    description: Whitelist and approval, with both accounts in one run or in separate runs.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  state:
    description:
      - Whether the records must be on the whitelist (V(present)), must not be on it (V(absent)), or must be the only
        records (V(exact)), in which case all other records are removed.
    type: str
    choices: [present, absent, exact]
    default: present
  permissions:
    description:
      - Records as account IDs, C(iam:domain::ID), or V(*) for all accounts. Huawei Cloud also accepts
        C(organizations:orgPath::PATH).
      - The cloud does not check whether an account exists. It also accepts the ID of a project by mistake.
      - With O(state=exact), an empty list removes all records.
    type: list
    elements: str
    required: true
  description:
    description: Description of the added records, of up to 128 characters other than C(<) and C(>). Huawei Cloud only.
    type: str
  update_description:
    description:
      - Whether to set O(description) also for existing records. Huawei Cloud does not show descriptions. Each run sets
        them again and reports a change.
    type: bool
    default: false
  wait_timeout:
    description: Maximum duration of the whole task, in seconds, including the rejections of O(reject_revoked=true).
    type: int
    default: 600
"""

EXAMPLES = r"""
- name: Admit two accounts
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions:
      - 5fc973eea581490997e82ea11a1d0101
      - iam:domain::5fc973eea581490997e82ea11a1d0102

- name: Remove one account and disconnect its endpoints
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0102]
    state: absent
    reject_revoked: true

- name: Admit only this account
  crossvpc.vpcep.vpcep_permission:
    endpoint_service_name: web
    permissions: [5fc973eea581490997e82ea11a1d0103]
    state: exact
"""

RETURN = r"""
permissions:
  description:
    - All records of the service after the task, as the API shows them. Not all clouds show C(permission_type) and
      C(description). In check mode, new records have an empty C(id).
  returned: success
  type: list
  elements: dict
  sample:
    - id: f2659906-c622-480a-83e9-ef42bdb67b90
      permission: iam:domain::5fc973eea581490997e82ea11a1d0101
      permission_type: domainId
      description: team blue
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
timeout: {type: dict, returned: after a timeout, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:timeout).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import FLAG, FREE_TEXT, LIST, TEXT, WHOLE, WORD
from ..module_utils._resources.permissions import converge_permissions
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import SERVICE_NAMES, auth_options, service_options

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
}
PROGRAM = converge_permissions


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
