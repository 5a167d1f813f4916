# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_connection
short_description: Accept or reject endpoints of a service, one by one or by a policy
version_added: 1.0.0
description:
  - Accepts or rejects endpoints that are connected to an endpoint service or wait for approval. A connected endpoint
    can be rejected, and a rejected endpoint can be accepted.
  - The owner of the service often does not own the endpoints and cannot delete them. This module reads and changes only
    the connections of the service, so it works for endpoints of other accounts.
  - The API takes one endpoint in each request. Requests are sent in parallel.
  - The module waits for endpoints in status C(creating). A failed or missing endpoint is an error if O(endpoints) lists
    it, and is ignored otherwise. All other endpoints are accepted or rejected before the task fails.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.service
seealso:
  - module: crossvpc.vpcep.vpcep_connection_info
  - module: crossvpc.vpcep.vpcep_permission
  - module: crossvpc.vpcep.vpcep_service
  - name: Across accounts
    description: Whitelist and approval, with both accounts in one run or in separate runs.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/cross-account.md
options:
  state:
    description:
      - Desired status of the connections. An endpoint gets its address when it is V(accepted). When it is V(rejected),
        it stops working immediately. Both can be changed later.
    type: str
    choices: [accepted, rejected]
    default: accepted
  endpoints:
    description:
      - IDs of the endpoints. If the service does not list an endpoint yet, the module waits for it for 30 seconds.
    type: list
    elements: str
  domain_ids:
    description: IDs of accounts. Selects all their endpoints, or with O(pending=true) those that wait for approval.
    type: list
    elements: str
  pending:
    description:
      - Whether to select all endpoints that wait for approval or are being created. Without O(domain_ids), these are
        endpoints of all accounts that the whitelist admits.
    type: bool
  policy:
    description:
      - Accept policy for all connections of the service that wait for approval or are being created. Connections that
        are accepted or rejected stay as they are.
      - The rules in O(policy.reject) come before those in O(policy.accept). The first rule that names the account of a
        connection is applied. The task warns about a rule that an earlier one makes ineffective.
      - A limit holds also when several tasks apply the same policy at once. The oldest connections are accepted first.
        With a limit, the task waits at least one second before it accepts a connection.
      - Excludes O(endpoints), O(domain_ids), O(pending) and O(description).
    type: dict
    suboptions:
      accept:
        description: Rules for accounts whose endpoints are accepted.
        type: list
        elements: dict
        suboptions:
          domain_id:
            description: ID of the account. V(*) means each account that no earlier rule names.
            type: str
            required: true
          limit:
            description:
              - Maximum number of accepted endpoints of this service, for each account of the rule. Endpoints
                that are accepted already count, also those that the policy did not accept. For connections beyond the
                limit, O(policy.otherwise) decides.
              - Without it there is no limit.
            type: int
          tags:
            description:
              - The rule counts only for a service that has these tags, so that services can share a policy. The cloud
                does not show the tags of other accounts' endpoints.
            type: dict
      reject:
        description: Rules for accounts whose endpoints are rejected.
        type: list
        elements: dict
        suboptions:
          domain_id:
            description: As O(policy.accept[].domain_id).
            type: str
            required: true
          tags:
            description: As O(policy.accept[].tags).
            type: dict
      otherwise:
        description:
          - What happens to other connections, and to those beyond a limit. With V(wait), they wait for approval. With
            V(reject), they are rejected.
        type: str
        choices: [wait, reject]
        default: wait
  description:
    description:
      - Description of the connections, of up to 512 characters other than C(<) and C(>). It belongs to the connection
        and not to the endpoint. It can be changed at any time. Huawei Cloud only.
    type: str
  wait:
    description:
      - Whether to wait for endpoints that are being created, and until the new status is reached. If V(false),
        endpoints that are being created are not changed, with a warning.
    type: bool
    default: true
  wait_timeout:
    description:
      - Maximum duration of the whole task, in seconds. After it the task fails. Connections that were already accepted
        or rejected keep their status.
    type: int
    default: 600
"""

EXAMPLES = r"""
- name: Create a service that requires approval
  crossvpc.vpcep.vpcep_service:
    name: web
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    server_type: VM
    approval_enabled: true
    ports: [{client_port: 443, server_port: 8443}]
  register: provider

- name: Connect to the service
  crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
  register: consumer

- name: Accept this endpoint
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_id: "{{ provider.service.id }}"
    endpoints: ["{{ consumer.endpoint.id }}"]

- name: Accept all endpoints that wait for approval
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_name: web
    pending: true

- name: Accept two endpoints of one account and any number of another; others wait for a person
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_name: web
    policy:
      accept:
        - {domain_id: 5fc973eea581490997e82ea11a1d0101, limit: 2}
        - {domain_id: a1b2c3d4e5f60718293a4b5c6d7e8f90}
      reject:
        - {domain_id: 0a1b2c3d4e5f60718293a4b5c6d7e8f9}
      otherwise: wait

- name: Reject all endpoints of an account
  crossvpc.vpcep.vpcep_connection:
    endpoint_service_name: web
    domain_ids: [5fc973eea581490997e82ea11a1d0101]
    state: rejected
"""

RETURN = r"""
connections:
  description:
    - The selected connections after the task, as the API shows them. With O(policy), all connections of the service.
    - C(id) is the ID of the endpoint, C(domain_id) that of its account, and C(marker_id) the number of the connection.
      Huawei Cloud also shows C(description).
    - With O(policy), C(decided_by) is the rule from which the status follows, such as V(accept[0]), V(reject[0]) or
      V(otherwise), or V(accept[0].limit) for a connection beyond the limit of that rule. It is null if the policy would
      lead to another status.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc
      status: accepted
      domain_id: 6e9dfd51d1124e8d8498dce894923a0d
      marker_id: 16777510
      decided_by: accept[0]
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
timeout: {type: dict, returned: after a timeout, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:timeout).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import FLAG, FREE_TEXT, LIST, TEXT, WHOLE, WORD
from ..module_utils._resources.connections import decide_connections
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import SERVICE_NAMES, auth_options, policy_option, service_options
from ..module_utils._schema.fields import DECISIONS

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        **service_options(),
        "state": {"type": TEXT, "default": "accepted", "choices": list(DECISIONS)},
        "endpoints": {"type": LIST, "elements": WORD},
        "domain_ids": {"type": LIST, "elements": WORD},
        "pending": {"type": FLAG},
        "policy": policy_option(),
        "description": {"type": FREE_TEXT},
        "wait": {"type": FLAG, "default": True},
        "wait_timeout": {"type": WHOLE, "default": 600},
    },
    "required_one_of": [SERVICE_NAMES, ("endpoints", "domain_ids", "pending", "policy")],
    "mutually_exclusive": [
        SERVICE_NAMES,
        ("endpoints", "domain_ids"),
        ("endpoints", "pending"),
        *(("policy", other) for other in ("endpoints", "domain_ids", "pending", "description")),
    ],
}
PROGRAM = decide_connections


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
