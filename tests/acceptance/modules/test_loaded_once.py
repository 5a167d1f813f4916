# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks need is loaded in the parent of all workers: a task that goes well loads nothing."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.bench import endpoints

# The parent of all workers, which becomes one itself: finds actions as ansible-playbook does, and runs their modules.
WORKER = """
import json, sys
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader([sys.argv[1]])
tasks = json.loads(sys.argv[2])
actions = [action_loader.get(f"crossvpc.vpcep.{name}", class_only=True) for name, _options in tasks]
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import direct, in_process
known = {"_ansible_check_mode": False, "_ansible_diff": False, "_ansible_verbosity": 0, "_ansible_remote_tmp": "/tmp"}
before, results, service = set(sys.modules), [], None
for action, (name, options) in zip(actions, tasks):
    text = json.dumps({**options, **known, "_ansible_module_name": name}).replace("SERVICE", service or "")
    result = json.loads(in_process.run(action.module, json.loads(text), direct.POOLS, None))
    service = service or result["service"]["id"]
    results.append(result)
print(json.dumps([results, sorted(set(sys.modules) - before)]))
"""


def test_a_task_loads_nothing(controller: Any, simulator: Any, seed: list[dict[str, Any]]) -> None:
    simulator.settings(accept_any_id=True)
    (create,) = (options for name, options in seed[0].items() if name.startswith("crossvpc"))
    one, several = endpoints("SERVICE", 1)[0], {"endpoints": endpoints("SERVICE", 5)}
    tasks = [
        ("vpcep_service", create),
        ("vpcep_endpoint", one),
        ("vpcep_endpoint", {**one, "tags": {"changed": "yes"}}),
        ("vpcep_endpoint_info", {}),
        ("vpcep_endpoints", several),
        ("vpcep_endpoints", {**several, "state": "absent"}),
        ("vpcep_service", {**create, "state": "absent"}),
    ]
    done = controller.run("python", "-c", WORKER, str(controller.folder / "tree"), json.dumps(tasks))
    assert done.code == 0, done.output
    results, loaded = json.loads(done.output.splitlines()[-1])
    assert [result.get("changed") for result in results] == [True, True, True, False, True, True, True], results
    assert loaded == []
