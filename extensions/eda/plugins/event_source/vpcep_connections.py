from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Events for changes of connections to endpoint services
version_added: 1.0.0
description:
  - Polls the connections of the endpoint services of a project, and sends an event to the rulebook for each change.
  - C(event.kind) is C(requested) (an endpoint waits for approval), C(accepted), C(rejected), C(failed) or C(removed).
  - C(event.connection) is the connection as the cloud shows it. C(event.account) is the ID of the endpoint's account,
    and C(event.since) the time of the change. C(event.service) is the service with C(id), C(name), C(service_name),
    C(ports) and C(tags). C(event.uuid) and C(event.meta.uuid) are the same if an event is sent again.
  - Text from the cloud is one printable line. In C({{), C({%) and C({#) a blank follows the brace, so that a playbook
    does not take it for a template.
  - The source stores sent events in a file. After a restart, it sends the events of connections that still wait
    again, and other events of the last 60 seconds. It also sends events for changes during the interruption. Without
    a restart, it sends each event once.
  - The source logs temporary errors and continues. A wrong login, or a missing right at the start, ends it.
  - Clouds may show an empty list to a login without the right to list. So an empty list alone causes no C(removed).
    The source sends C(removed) if the service was deleted. It also sends it if the next list is empty, too, the
    service has no accepted connection, and the login sees the connections of another service. If no service has
    connections, two empty lists are enough.
  - Needs C(ansible-core) and C(requests) in the Python of ansible-rulebook.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.auth
options:
  options:
    description:
      - Options of this source as a dictionary, so that a rulebook can use one variable for them. They override other
        options of the source.
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
        minutes are polled every 2 to 8 seconds, if the budget allows, and the others in turn.
    type: float
    default: 60
  start:
    description:
      - Which connections cause an event at the start, if there is no file of an earlier run. V(pending) means those
        that wait, V(all) all of them, V(now) none.
    type: str
    choices: [now, pending, all]
    default: pending
  state_file:
    description:
      - The file for sent events. Its folder must belong to the user, and no other user may write to it. A file that
        is damaged or not private is not used, with a warning. The source then sends the events of all waiting
        connections again.
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
