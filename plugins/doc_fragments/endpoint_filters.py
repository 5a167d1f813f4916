# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that choose among the endpoints of a project."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - ID of the endpoint. One that does not exist is no error, but an empty list.
    type: str
  endpoint_service_id:
    description:
      - Only endpoints of this service.
    type: str
  endpoint_service_name:
    description:
      - Only endpoints of the service with this short or full name.
    type: str
  vpc_id:
    description:
      - Only endpoints in this VPC. The cloud filters by this itself, so that fewer are read.
    type: str
  subnet_id:
    description:
      - Only interface endpoints in this subnet (the VPC's, Neutron's network).
    type: str
  status:
    description:
      - Only endpoints in one of these statuses. C(pendingAcceptance) is for the service's owner to decide.
    type: list
    elements: str
    choices: [pendingAcceptance, creating, accepted, rejected, failed, deleting]
  tags:
    description:
      - Only endpoints with all of these tags; a tag without value asks for its key only.
    type: dict
"""
