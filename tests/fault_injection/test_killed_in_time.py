"""Killed at every second after a run's first change, while objects are being created and deleted for some seconds.

A kill at a request leaves the cloud time to finish while the next run starts. Here the next run finds what is on its
way, and has to end well at once.
"""

from typing import Any

import pytest

from .test_killed import JOBS, judge
from .workspace import APART, DIRECT, Workspace

DELAY = 10.0  # seconds that a change of state takes: longer than the next run takes to its first look
LONGEST = 60  # seconds; a run is over before


@pytest.mark.timeout(1800)
@pytest.mark.fault_injection("the role and a list killed at every second")
@pytest.mark.parametrize("name", ["connect_vpcs", "disconnect_vpcs", "fleet_connect"])
def test_killed_at_every_second(place: Workspace, row: Any, name: str, short: bool) -> None:
    job = JOBS[name]
    for second in (1,) if short else range(LONGEST):
        way = (DIRECT, APART)[second % 2]
        place.fresh(job.prepare, delay=DELAY)
        playbook = job.playbook(place)
        if not place.kill_after(playbook, way, second):
            break
        row.tried += 1
        judge(place, job, playbook, way, f"{name}, at second {second}", row, reruns=1)
