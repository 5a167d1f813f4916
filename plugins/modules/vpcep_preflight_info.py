# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_preflight_info
short_description: Check a project before connecting VPCs
version_added: 0.2.0
description:
  - Checks what would make a later task fail. Whether the quota leaves room, whether ranges of VPCs and subnets keep
    clear of 198.19.128.0/17, which the cloud uses inside, and whether a service is available, or being created, and
    admits the accounts that are to connect. And whether the ports of backends are up, with the security groups that
    have to let this range in.
  - To check whether one service or endpoint can be created, run M(crossvpc.vpcep.vpcep_service) or
    M(crossvpc.vpcep.vpcep_endpoint) in check mode.
  - Checks only what it is given. Ranges are read from the network service; if that cannot be reached, the check is
    neither passed nor failed.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_quota_info
  - module: crossvpc.vpcep.vpcep_permission_info
  - name: The role connect_vpcs
    description: The whole job, in one account or across two.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID goes where, and what to check before.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
options:
  endpoint_services:
    description:
      - How many endpoint services are to be created. Fails when the quota does not leave room for them.
    type: int
  endpoints:
    description:
      - How many endpoints are to be created. Rejected and failed ones still count against the quota; those that are
        being deleted do not.
    type: int
  vpc_ids:
    description:
      - IDs of the VPCs of backends, whose ranges must not overlap with 198.19.128.0/17.
    type: list
    elements: str
  subnet_ids:
    description:
      - IDs of the subnets of endpoints (Neutron's networks), whose ranges must not overlap with it, either.
    type: list
    elements: str
  endpoint_service_id:
    description:
      - ID of an own service that endpoints are to be connected to. In check mode it may be empty, for one that is yet
        to be created, and is not checked then.
    type: str
  domain_ids:
    description:
      - IDs of accounts that are to connect to this service, which its whitelist has to admit. The own one needs none.
    type: list
    elements: str
  port_ids:
    description:
      - IDs of the network ports of backends. They have to be up; their addresses and security groups are shown.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Check that an endpoint can be created
  crossvpc.vpcep.vpcep_preflight_info:
    endpoints: 1
    subnet_ids: [4189d3c2-8882-4871-a3c2-d380272eed81]
  register: preflight

- name: Go no further otherwise
  ansible.builtin.assert:
    that: preflight.passed
    fail_msg: "{{ preflight.checks | rejectattr('ok') }}"
"""

RETURN = r"""
passed:
  description:
    - Whether no check failed.
  returned: success
  type: bool
  sample: true
checks:
  description:
    - The checks in a fixed order.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: What was checked.
      type: str
      sample: quota of type endpoint
    ok:
      description: Whether it is well; null when that could not be told.
      type: bool
      sample: true
    value:
      description: What was seen.
      type: str
      sample: 4 of 50 used, 1 more wanted
    advice:
      description: What to do about it; empty when it is well.
      type: str
      sample: ""
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import LIST, TEXT, WHOLE, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import check_project
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "endpoint_services": {"type": WHOLE},
        "endpoints": {"type": WHOLE},
        "vpc_ids": {"type": LIST, "elements": WORD},
        "subnet_ids": {"type": LIST, "elements": WORD},
        "endpoint_service_id": {"type": TEXT},
        "domain_ids": {"type": LIST, "elements": WORD},
        "port_ids": {"type": LIST, "elements": WORD},
    },
    "required_by": {"domain_ids": ("endpoint_service_id",)},
    "supports_check_mode": True,
}
PROGRAM = check_project


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
