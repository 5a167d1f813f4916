"""Objects that another user deletes during a run."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from tests.support.programs import Cloud

from . import expected_state
from .scenario import Scenario
from .test_faults import judge
from .traps import meanwhile

Begin = Callable[..., Scenario]
KINDS = ("services", "endpoints")


def ids(cloud: Cloud, kind: str) -> list[str]:
    return [item["id"] for item in cloud.state()[kind]]


def remove_all(cloud: Cloud, kind: str) -> None:
    """As another user would; endpoints are deleted with their service."""
    for gone in ("endpoints", kind):
        for one in ids(cloud, gone):
            cloud.remove(gone, one)


@pytest.mark.fault_injection("another user deletes objects, before every request")
@pytest.mark.parametrize("scenario", ["connect", "change", "disconnect"])
@pytest.mark.parametrize("kind", KINDS)
def test_deleted_meanwhile(begin: Begin, row: Any, kind: str, scenario: str) -> None:
    """Between list and get, while waiting, after a decision: an error or success, and the next run converges."""
    number, reached = 0, True
    while reached:
        number += 1
        reached = deleted_at(begin, row, kind, scenario, number)
    assert number > 5


def deleted_at(begin: Begin, row: Any, kind: str, scenario: str, number: int) -> bool:
    """One life with a deletion before request *number*; False when the scenario was over by then."""
    life = begin()
    if scenario != "connect":
        life.connect()
    struck = []

    def happens() -> None:
        struck.append(number)
        remove_all(life.cloud, kind)

    life.trap = meanwhile(number, happens)
    with suppress(VpcepError):
        getattr(life, scenario)()
    row.doubled += expected_state.twice(life.cloud.state())
    life.trap = None
    getattr(life, scenario)()
    judge(life, scenario, row, f"{kind} deleted before request {number} of {scenario}")
    return bool(struck)
