# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters that draw have in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  _input:
    description:
      - The accounts to draw, each as a dictionary. What several of them know of one object becomes one object.
      - Nothing is asked of the cloud.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What to call the account.
        type: str
      domain_id:
        description: ID of the account. Left out, it is taken from its services, or from connections to other services.
        type: str
      project_id:
        description: ID of the project. Left out, it is taken from services and endpoints.
        type: str
      project_name:
        description: Name of the project.
        type: str
      region:
        description: Region.
        type: str
      services:
        description:
          - What M(crossvpc.vpcep.vpcep_service_info) returns as
            RV(crossvpc.vpcep.vpcep_service_info#module:services). With its option
            O(crossvpc.vpcep.vpcep_service_info#module:include) they hold their connections and permissions.
        type: list
        elements: dict
      endpoints:
        description:
          - What M(crossvpc.vpcep.vpcep_endpoint_info) returns as
            RV(crossvpc.vpcep.vpcep_endpoint_info#module:endpoints).
        type: list
        elements: dict
      connections:
        description:
          - For the ID of each service, what M(crossvpc.vpcep.vpcep_connection_info) returns as
            RV(crossvpc.vpcep.vpcep_connection_info#module:connections). They show endpoints of other accounts.
        type: dict
      permissions:
        description:
          - For the ID of each service, what M(crossvpc.vpcep.vpcep_permission_info) returns as
            RV(crossvpc.vpcep.vpcep_permission_info#module:permissions).
        type: dict
  names:
    description:
      - What to call accounts and VPCs, by their IDs. The API of VPC endpoints does not know their names.
    type: dict
    default: {}
  limit:
    description:
      - So many boxes of endpoints are drawn one by one. When there are more endpoints, equal ones fold into one box
        with their number, those of one VPC first, then VPCs of one account, then accounts. Endpoints that are not
        accepted fold last.
      - From 1 to 400.
    type: int
    default: 40
  title:
    description:
      - Title of the picture.
    type: str
    default: VPC endpoints
"""
