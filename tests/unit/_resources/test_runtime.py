"""What the calls of one task share."""

from typing import Any, cast

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime, once_per_task

CALLS: list[tuple[str, int]] = []


@once_per_task
def read(_runtime: Runtime, name: str, number: int = 0) -> tuple[str, int]:
    CALLS.append((name, number))
    return name, number


def test_calls_with_the_same_arguments_share_a_result() -> None:
    runtime = Runtime(cast(Any, None))
    for number in (1, 2, 1):
        assert read(runtime, "a", number=number) == ("a", number)
    assert CALLS == [("a", 1), ("a", 2)]
