# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vpcep_service_info
short_description: Find endpoint services
version_added: 0.1.0
description:
  - Lists the endpoint services of the project, the cloud's own services, or looks up one service of anybody.
  - An answer without services is not an error. All pages are read, and every filter matches exactly.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_service
  - module: crossvpc.vpcep.vpcep_connection_info
  - module: crossvpc.vpcep.vpcep_endpoint_info
options:
  scope:
    description:
      - V(own) lists the services of the project.
      - V(public) lists the cloud's own services, such as OBS and DNS.
      - V(describe) looks up one service of any account by O(id) or by its full O(name); it shows no backend.
    type: str
    choices: [own, public, describe]
    default: own
  id:
    description:
      - ID of the service. With O(scope=describe) of anybody's.
    type: str
  name:
    description:
      - Name of the service. With O(scope=own) the short or the full name, otherwise the full name.
    type: str
    aliases: [service_name]
  status:
    description:
      - Only services in one of these statuses. For O(scope=own).
    type: list
    elements: str
    choices: [creating, available, failed, deleting]
  vpc_id:
    description:
      - Only services whose backend is in this VPC. For O(scope=own).
    type: str
  port_id:
    description:
      - Only services with this backend. For O(scope=own).
    type: str
  tags:
    description:
      - Only services with all of these tags; a tag without value asks for its key only. For O(scope=own).
    type: dict
  include:
    description:
      - What else to read of each service, its connections and its whitelist. One request a service and kind, several
        at once. For O(scope=own).
      - For hundreds of services this takes seconds where a loop over M(crossvpc.vpcep.vpcep_connection_info) and
        M(crossvpc.vpcep.vpcep_permission_info) takes minutes.
    type: list
    elements: str
    choices: [connections, permissions]
    version_added: 0.2.0
"""

EXAMPLES = r"""
- name: List the services of the project
  crossvpc.vpcep.vpcep_service_info:
  register: mine

- name: Find one by its short name
  crossvpc.vpcep.vpcep_service_info:
    name: web

- name: List what can be used in development
  crossvpc.vpcep.vpcep_service_info:
    status: available
    tags:
      env: dev

- name: See who is connected to which service, and who may
  crossvpc.vpcep.vpcep_service_info:
    include: [connections, permissions]

- name: Look up the cloud's DNS service
  crossvpc.vpcep.vpcep_service_info:
    scope: public
    name: com.t-systems.otc.eu-de.dns
  register: dns

- name: Look up a service of another account
  crossvpc.vpcep.vpcep_service_info:
    scope: describe
    id: "{{ dns.services[0].id }}"
"""

RETURN = r"""
services:
  description:
    - The services as the API shows them, with the short C(name) added and C(tags) as a dictionary.
    - With O(scope=own), each holds what M(crossvpc.vpcep.vpcep_service) returns; the others show no backend.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the service.
      type: str
      sample: 4189d3c2-8882-4871-a3c2-d380272eed83
    name:
      description: Short name; empty when there is none.
      type: str
      sample: web
    service_name:
      description: Full name.
      type: str
      sample: eu-de.web.4189d3c2-8882-4871-a3c2-d380272eed83
    service_type:
      description: V(interface) or V(gateway).
      type: str
      sample: interface
    status:
      description: Status, V(creating), V(available), V(failed) or V(deleting).
      returned: with O(scope=own)
      type: str
      sample: available
    connection_count:
      description: Number of endpoints that are connected or being created.
      returned: with O(scope=own)
      type: int
      sample: 2
    connections:
      description: Connections of the service, as in RV(crossvpc.vpcep.vpcep_connection_info#module:connections).
      returned: when O(include) has V(connections)
      type: list
      elements: dict
      sample: [{id: 530d6f2f-d115-4df2-8c36-32d19f3c0bbc, status: accepted}]
    permissions:
      description: Whitelist records of the service.
      returned: when O(include) has V(permissions)
      type: list
      elements: str
      sample: ["iam:domain::5fc973eea581490997e82ea11a1d0101"]
error:
  description:
    - What the cloud refused, for playbooks to decide on. Codes can be relied on, the cloud's texts cannot.
  returned: when the cloud refused something
  type: dict
  sample:
    operation: list endpoint services
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
      path: /v1/6e9dfd51d1124e8d8498dce894923a0d/vpc-endpoint-services?limit=1000
      status: 200
      ms: 41
      request_id: 8f0e9a3c1b7d4e5f
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.option_types import DICT, LIST, TEXT, WORD
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import INCLUDED, find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import SERVICE_STATUSES

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "scope": {"type": TEXT, "default": "own", "choices": ["own", "public", "describe"]},
        "id": {"type": TEXT},
        "name": {"type": TEXT, "aliases": ["service_name"]},
        "status": {"type": LIST, "elements": WORD, "choices": list(SERVICE_STATUSES)},
        "vpc_id": {"type": TEXT},
        "port_id": {"type": TEXT},
        "tags": {"type": DICT},
        "include": {"type": LIST, "elements": WORD, "choices": list(INCLUDED)},
    },
    "supports_check_mode": True,
}
PROGRAM = find_services


def main():
    entry.run_module(AnsibleModule(**ARGUMENTS), PROGRAM)


if __name__ == "__main__":
    main()
