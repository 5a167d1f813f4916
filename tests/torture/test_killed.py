# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at every request: just before it is carried out, and just after, before its answer arrives.

The role runs as users run it. What counts is what is there after a rerun, and that a third run changes nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pytest

from . import wanted
from .place import Place

RERUNS = 3  # until one of them ends well: a service may be in use for a moment
PLAYBOOKS = ("connect_vpcs", "disconnect_vpcs")
SHARES = 6  # so that the work can be divided among processes
SHORT = [
    ("connect_vpcs", "createEndpointService"),
    ("connect_vpcs", "createEndpoint"),
    ("disconnect_vpcs", "deleteEndpoint"),
]
"""What a short run kills after."""


class Moment(NamedTuple):
    """When to kill: at which request (number, or operation), and whether it is carried out before."""

    what: str
    request: dict[str, Any]
    carried_out: bool


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    full = [(playbook, str(share)) for playbook in PLAYBOOKS for share in range(SHARES)]
    metafunc.parametrize(("playbook", "share"), SHORT if metafunc.config.getoption("--short") else full)


@cache
def moments(place: Place, playbook: str, thorough: bool) -> list[Moment]:
    """All moments of an undisturbed run."""
    place.fresh(connected=playbook == "disconnect_vpcs")
    run = place.run(playbook)
    assert run.code == 0, run.output
    return [
        Moment(f"request {number} ({entry['operation']})", {"nth": number}, carried_out)
        for number, entry in enumerate(place.simulator.log(), 1)
        for carried_out in ((False, True) if thorough or entry["method"] != "GET" else (number % 2 == 0,))
    ]


@pytest.mark.timeout(900)
@pytest.mark.torture("the role killed at every request, before and after it")
def test_killed(place: Place, row: Any, pytestconfig: pytest.Config, playbook: str, share: str) -> None:
    """A read changes nothing, carried out or not, so that only a thorough run kills it both before and after."""
    if share.isdigit():
        mine = moments(place, playbook, bool(pytestconfig.getoption("--thorough")))[int(share) :: SHARES]
    else:
        mine = [Moment(share, {"operation": share}, carried_out=True)]
    for moment in mine:
        live(place, playbook, moment, row)


def live(place: Place, playbook: str, moment: Moment, row: Any) -> None:
    """One life: killed, run again until it ends well, and once more."""
    what = f"{playbook}, {'after' if moment.carried_out else 'before'} {moment.what}"
    place.fresh(connected=playbook == "disconnect_vpcs")
    row.tried += 1
    if not place.kill_at(playbook, moment.carried_out, **moment.request):
        row.lost.append(f"{what}: it ended before it could be killed")
        return
    for _rerun in range(RERUNS):
        run = place.run(playbook)
        if run.code == 0:
            break
    lost, doubled = findings(place, playbook)
    if run.code != 0:
        lost.append(f"no rerun ended well: {run.end}")
    elif not lost and not doubled:
        run = place.run(playbook)
        if (run.code, run.changed) != (0, 0):
            lost.append(f"the third run changed {run.changed}, exit code {run.code}: {run.end}")
    row.lost += [f"{what}: {text}" for text in lost]
    row.doubled += [f"{what}: {text}" for text in doubled]
    row.leaked += [f"{what}: {text}" for text in place.leaks()]


def findings(place: Place, playbook: str) -> wanted.Findings:
    """What is lost and doubled after a rerun."""
    state = place.simulator.state()
    if playbook == "disconnect_vpcs":
        return wanted.leftovers(state)
    return wanted.compare(state, wanted.SERVICE, wanted.ENDPOINT, place.simulator.domain_id("consumer"))
