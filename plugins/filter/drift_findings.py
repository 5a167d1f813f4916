# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: drift_findings
short_description: Tell what differs between a file and the cloud
version_added: 1.0.0
description:
  - Takes results of M(crossvpc.vpcep.vpcep_service) and M(crossvpc.vpcep.vpcep_endpoints) in check mode and diff mode.
author:
  - The crossvpc authors (@crossvpc)
positional: plan, service, endpoints, listed
options:
  _input:
    description: Name of the file.
    type: str
    required: true
  plan:
    description: What P(crossvpc.vpcep.drift_plan#filter) returned.
    type: dict
    required: true
  service:
    description: Result of the service's task.
    type: dict
    required: true
  endpoints:
    description: Result of the endpoints' task, which loops over the groups of the plan.
    type: dict
    required: true
  listed:
    description:
      - The endpoints of the project, as M(crossvpc.vpcep.vpcep_endpoint_info) returns them. They are used to find an
        endpoint that has another address now. Needed only if an endpoint was not found or cannot be changed.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show what differs
  ansible.builtin.debug:
    msg: "{{ 'web.yml' | crossvpc.vpcep.drift_findings(plan, service, {}) }}"
  vars:
    plan: {service: {name: web, tags: {env: prod}}, listed: {}, groups: [], defaults: true}
    service:
      service: {id: 4189d3c2-8882-4871-a3c2-d380272eed83, name: web}
      diff: {before: {tags: {}}, after: {tags: {env: prod}}}
"""

RETURN = r"""
_value:
  description:
    - One entry for each option that differs, with V(file), V(kind), V(id), V(name), V(option), V(in_file), V(in_cloud)
      and V(message), which says why an object cannot be compared.
  type: list
  elements: dict
"""

import typing as t


def drift_findings(
    file: str,
    plan: dict[str, t.Any],
    service: dict[str, t.Any],
    endpoints: dict[str, t.Any],
    listed: t.Sequence[t.Any] = (),
) -> t.Any:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate import drift

    given = [in_process.plain(one) for one in (plan, service, endpoints, listed)]
    return in_process.untrusted(drift.drift_findings(str(file), *given))


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"drift_findings": drift_findings}
