# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that make objects."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - ID of the object. If it does not exist, O(state=present) fails and O(state=absent) is done.
    type: str
  state:
    description:
      - Whether the object is to exist as described, or not at all. One that is being deleted counts as gone, and is
        waited for before another one is created. One that the cloud does not delete while it is being created is
        deleted as soon as possible.
    type: str
    choices: [present, absent]
    default: present
  tags:
    description:
      - Tags as a dictionary. At most 20; keys of 1 to 128 and values of up to 255 letters, digits, blanks and the
        signs C(_.:=+-@), in values also C(/). Older installations allow less.
      - Left out, tags are not managed; an empty dictionary removes all of them (with O(purge_tags=true)).
    type: dict
  purge_tags:
    description:
      - Whether tags that O(tags) does not name are removed. Without effect when O(tags) is not given.
    type: bool
    default: true
  recreate:
    description:
      - What to do when the object has failed, or when an option asks for what the cloud cannot change in place.
        V(false) fails and names the options and both values; V(true) deletes the object and creates it again,
        which breaks its connections for a minute or two and gives it another ID.
      - The new object takes over what the task does not name, as far as the cloud shows it and it still fits. A
        service also takes over its whitelist, but not its connections, which belong to the endpoints of the old one.
      - Settings that the cloud never shows are named in a warning. A setting that it does not show yet, such as the
        domain name of an endpoint that waits for acceptance, has to be given; otherwise nothing is deleted.
      - Before it deletes anything, the module checks whether the cloud would accept the new object. It cannot check
        whether the service of another account still admits yours.
      - If the task is killed while the old object is being deleted, the same task takes over its settings when it is
        run again. If it is killed later, before the new object is complete, what the task does not name can be lost. To
        exclude that, name all restrictions in the task.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the object is ready, or gone. Creation and deletion take a minute or two.
      - When several runs create the same object at the same time, one object stays. With V(false) this
        needs a cloud that lists a new object at once; otherwise the next run deletes the double.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds that the whole task may take. When they are over, the task fails and the cloud goes on; running the
        task again goes on waiting and creates nothing twice.
    type: int
    default: 600
"""
