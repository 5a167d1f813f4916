# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that create objects."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - ID of an existing object. If it does not exist, O(state=present) fails and O(state=absent) reports no change.
    type: str
  tags:
    description:
      - Tags as a dictionary. At most 20; keys of 1 to 128 and values of up to 255 letters, digits, blanks and the
        signs C(_.:=+-@), in values also C(/). Older installations of the cloud have lower limits.
      - If not set, tags are not managed. An empty dictionary removes all tags, if O(purge_tags=true).
    type: dict
"""

    # Options that vpcep_endpoints sets for all its endpoints.
    SHARED = r"""
options:
  state:
    description:
      - Whether the object must exist (V(present)) or must not exist (V(absent)).
      - An object in status C(deleting) counts as absent. The module waits until it is deleted before it creates a new
        one. If the cloud refuses to delete an object that it is still creating, the module waits and deletes it later.
    type: str
    choices: [present, absent]
    default: present
  purge_tags:
    description: Whether to remove tags that C(tags) does not list. Has no effect if C(tags) is not set.
    type: bool
    default: true
  recreate:
    description:
      - Whether to replace an object that has failed, or whose change is not possible in place.
      - If V(false), the task fails and names the options with both values. If V(true), the module deletes the object
        and creates a new one with another ID. Its connections are interrupted for one or two minutes.
      - The new object keeps settings of the old one that the task does not set, as far as the cloud shows them and
        they are still valid. A service keeps its whitelist, but loses its connections.
      - A warning names settings that the cloud never shows. A setting that the cloud does not show yet, such as the
        domain name of an endpoint that waits for acceptance, must be set in the task. Otherwise nothing is deleted.
      - Before it deletes the object, the module checks whether the cloud would accept the new one. It cannot check
        whether the service of another account still admits your account.
      - If the task is killed while the old object is being deleted, a rerun still keeps its settings. If the task is
        killed later, before the new object is complete, settings that the task does not set can be lost. Set all
        restrictions in the task to prevent this.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the object is ready or deleted. Both take one or two minutes.
      - If several runs create the same object at the same time, one object remains. With V(false), this requires
        a cloud that lists new objects immediately. Otherwise the next run deletes the duplicate.
    type: bool
    default: true
  wait_timeout:
    description:
      - Maximum duration of the whole task, in seconds. After it the task fails, but the cloud continues. A rerun
        continues to wait and does not create a second object.
    type: int
    default: 600
notes:
  - Check mode cannot check objects that the user is not allowed to read, and does not know what earlier tasks of the
    play would change.
seealso:
  - name: The role connect_vpcs
    description: Service, endpoints and approval in one role, for one or two accounts.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID belongs to which option, and what to check first.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
"""
