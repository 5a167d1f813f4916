"""What modules return, and how failed objects are spoken of."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import (
    endpoint_result,
    error_text,
    failed_object,
    service_result,
)


def test_a_service_is_the_apis_object_with_short_name_and_tags() -> None:
    answer = {
        "id": "x",
        "service_name": "eu-de.web.x",
        "tags": [{"key": "a", "value": "1"}],
        "created_at": "2024",
        "new": 1,
    }
    before = dict(answer)
    assert service_result(answer) == {**answer, "name": "web", "tags": {"a": "1"}}
    assert service_result(answer, ["*"])["permissions"] == ["*"]
    assert answer == before


def test_what_an_answer_lacks() -> None:
    assert service_result({"id": "x"}) == {"id": "x", "name": "", "tags": {}}
    assert service_result({"id": "x"}, [])["permissions"] == []
    assert endpoint_result({"id": "x", "tags": None, "ip": "10.0.0.1"}) == {"id": "x", "tags": {}, "ip": "10.0.0.1"}


@pytest.mark.parametrize("tags", ["abc", 5, [{}], ["a"], [{"key": "a", "value": []}]])
def test_tags_that_nobody_understands_are_shown_as_they_came(tags: Any) -> None:
    assert endpoint_result({"id": "x", "tags": tags})["tags"] == tags


@pytest.mark.parametrize("error, text", [
    ([{"error_code": "EndPoint.2041", "error_message": "Bad IP."}], "EndPoint.2041: Bad IP"),
    ([{"code": "EndPoint.2041", "message": "Bad IP."}], "EndPoint.2041: Bad IP"),
    ({"error_code": "EndPoint.2041", "error_msg": "Bad IP."}, "EndPoint.2041: Bad IP"),
    ([{"error_code": "A"}, {"message": "b"}, {}, None, "x"], "A; b"),
    (None, "the cloud gives no reason"),
    ([], "the cloud gives no reason"),
    ([{}], "the cloud gives no reason"),
    ("text", "the cloud gives no reason"),
])  # fmt: skip
def test_error_text(error: Any, text: str) -> None:
    assert error_text({"error": error}) == text


def test_failed_object() -> None:
    message = str(failed_object("endpoint service", {"id": "x", "error": [{"code": "E.1", "message": "No."}]}))
    assert message.startswith("Endpoint service x is in status failed: E.1: No")
    assert "recreate" in message and "state: absent" in message
