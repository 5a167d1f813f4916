# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Events for changes of connections to endpoint services
version_added: 1.0.0
description:
  - Watches the connections of endpoint services of a project, and hands an event to the rulebook for each change.
  - C(event.kind) is C(requested) (an endpoint waits for approval), C(accepted), C(rejected), C(failed) or C(removed).
    C(event.connection) is the connection as the cloud shows it, C(event.account) the ID of the endpoint's account,
    C(event.since) the time of the change, and C(event.service) the service with C(id), C(name), C(service_name),
    C(ports) and C(tags). C(event.uuid) and C(event.meta.uuid) are the same whenever the same change is told again.
  - Text from the cloud is one printable line. In C({{), C({%) and C({#) a blank follows the brace, so that a playbook
    does not take it for a template.
  - What was handed over is kept in a file. After a restart, connections that still wait are told again, other events if
    they were handed over in the last 60 seconds, and all that changed meanwhile. In one life of the source nothing is
    told twice.
  - An error that may pass is logged, and the source goes on. A wrong login, or a missing right at the start, ends it.
  - Clouds may show an empty list to a login without the right to list. So connections that an empty list lacks count
    as C(removed) only if the service is gone, or if the next list is empty, too, the service has no accepted
    connection, and the login can list those of another service that has one. If no service has one, two empty lists
    count.
  - Needs C(ansible-core) and C(requests) in the Python of ansible-rulebook.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
options:
  options:
    description:
      - Options of this source as a dictionary, so that a rulebook can take them from one variable. They take precedence
        over options beside it.
    type: dict
  services:
    description:
      - The services to watch, by ID, by name, or by full name (region.name.id). A service may be created later.
      - Without it, all services of the project are watched, also new ones.
    type: list
    elements: str
  requests_per_minute:
    description:
      - The number of requests that the source may send, from 1 to 6000. Repeats after errors count.
      - A list of services or of connections is one request for each thousand. Services with changes in the last ten
        minutes are looked at every 2 to 8 seconds, if the budget allows, and all services in turns.
    type: float
    default: 60
  start:
    description:
      - What a source without a file of an earlier life tells about connections that it finds at its start. V(pending)
        tells those that wait, V(all) all of them, V(now) none.
    type: str
    choices: [now, pending, all]
    default: pending
  state_file:
    description:
      - The file for what was handed over. Its folder must belong to the user, and no other user may write to it. A
        file that is damaged or not private is not used, with a warning, and all connections that wait are told again.
      - A source locks its file, so that two sources need two files. The second one ends with an error.
      - By default a file in C(crossvpc.vpcep) below E(XDG_STATE_HOME) or C(~/.local/state), for each user and project
        and each list of O(services).
    type: path
"""

EXAMPLES = r"""
- name: Accept by a policy
  hosts: localhost
  sources:
    - crossvpc.vpcep.vpcep_connections:
        cloud: provider
        services: [web]
  rules:
    - name: An endpoint waits
      condition: event.kind == "requested"
      action:
        run_playbook:
          name: approve.yml
"""

import os
import sys
import typing as t


def make_importable() -> None:
    """Lets this file import its collection.

    ansible-rulebook runs the file by its path (runpy), in a Python that knows no collections. The folder that holds
    ansible_collections goes to the front of the search path. If an installed distribution has a package of that name,
    Python takes that one, and its path is extended.
    """
    folder = os.path.abspath(__file__)
    for _part in ["file", "event_source", "plugins", "eda", "extensions", "vpcep", "crossvpc"]:
        folder = os.path.dirname(folder)
    root = os.path.dirname(folder)
    if root not in sys.path:
        sys.path.insert(0, root)
    import ansible_collections

    if folder not in ansible_collections.__path__:
        ansible_collections.__path__.append(folder)


async def main(queue: t.Any, args: dict[str, t.Any]) -> None:
    """Puts events into the queue until ansible-rulebook cancels it."""
    make_importable()
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.source import watch

    await watch(queue, args)
