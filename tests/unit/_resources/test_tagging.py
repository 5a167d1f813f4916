"""Tags: a changed value takes one call, and also gets there where the cloud does not overwrite."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

CALL = "changeResourceTags"


@pytest.fixture(params=["service", "endpoint", "fleet"])
def tagged(task: Any, cloud: Any, backend: Any, subnet: Any, request: Any) -> Any:
    """Sets the tags of an object; returns those that it has then."""
    service = task(converge_service, name="web", **backend)["service"]["id"]

    def to(tags: Any, **more: Any) -> Any:
        if request.param == "service":
            return task(converge_service, name="web", tags=tags, **more)["service"]["tags"]
        if request.param == "endpoint":
            return task(converge_endpoint, endpoint_service_id=service, tags=tags, **subnet, **more)["endpoint"]["tags"]
        definition = {**subnet, "tags": tags}
        return task(converge_endpoints, endpoints=[definition], endpoint_service_id=service, **more)["endpoints"][0][
            "tags"
        ]

    return to


@pytest.mark.slow
def test_a_changed_value_is_one_call(task: Any, tagged: Any) -> None:
    tagged({"a": "1", "b": "1"})
    assert tagged({"a": "2", "b": "1"}) == {"a": "2", "b": "1"}
    assert task.writes == [CALL]
    assert tagged({"a": "3", "c": "1"}) == {"a": "3", "c": "1"}
    assert task.writes == [CALL] * 2


@pytest.mark.slow
@pytest.mark.parametrize("existing", ["keep", "refuse"])
def test_a_cloud_that_does_not_overwrite(task: Any, cloud: Any, tagged: Any, existing: str) -> None:
    tagged({"a": "1", "b": "1"})
    cloud.settings(existing_tags=existing)
    assert tagged({"a": "2", "b": "1", "c": "new"}) == {"a": "2", "b": "1", "c": "new"}
    assert task.writes == [CALL] * 3
    assert tagged({"a": "2"}, purge_tags=False) == {"a": "2", "b": "1", "c": "new"} and task.writes == []


@pytest.mark.slow
def test_as_many_tags_as_possible_are_changed(task: Any, tagged: Any) -> None:
    tagged({f"old{number}": "1" for number in range(20)})
    wanted = {f"old{number}": "2" for number in range(10)} | {f"new{number}": "1" for number in range(10)}
    assert tagged(wanted) == wanted
    assert 2 <= len(task.writes) <= 3
