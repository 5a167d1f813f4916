"""A cloud that answers oddly, from some request on: each check ends with a report, and the next one cleans up."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from tests.unit._check.conftest import only_create
from tests.unit._check.test_safety import CANARY, mine

pytestmark = pytest.mark.slow

WRONG_TYPES = {
    **{name: {CANARY: [CANARY]} for name in ("endpoint_services", "endpoints", "vpcs", "permissions", "page_info")},
    **{name: [CANARY, None, 7, {"id": {}}, {"name": [], "id": CANARY}] for name in ("tags", "ports", "routetables")},
    **{name: [CANARY] for name in ("id", "status", "service_name", "description", "versions", "quotas", "error")},
}
NO_OBJECTS = {name: [None, CANARY] for name in ("endpoint_services", "endpoints", "vpcs", "permissions", "tags")}
MANY = {
    name: [
        {"id": f"{CANARY}-{number}", "name": CANARY, "tags": [{"key": "vpcep-check", "value": CANARY}]}
        for number in range(50)
    ]
    for name in ("endpoint_services", "endpoints", "vpcs", "connections", "tags", "ports", "zones")
}
ODD: dict[str, dict[str, Any]] = {
    "html": {"status": 502, "body": f"<html>{CANARY}</html>", "content_type": "text/html"},
    "html_200": {"status": 200, "body": f"<html>{CANARY}</html>", "content_type": "text/html"},
    "empty": {"status": 200, "body": ""},
    "null": {"status": 200, "body": "null"},
    "list": {"status": 200, "body": f'["{CANARY}"]'},
    "text": {"status": 200, "body": f'"{CANARY}"'},
    "wrong_types": {"status": 200, "body": json.dumps(WRONG_TYPES)},
    "no_objects": {"status": 200, "body": json.dumps(NO_OBJECTS)},
    "endless_pages": {"status": 200, "body": json.dumps({**MANY, "total_count": 10**9})},
    "redirect": {"status": 302, "headers": {"Location": f"https://{CANARY}.example/"}, "body": ""},
    "throttled": {"status": 429, "headers": {"Retry-After": "3600"}, "body": ""},
    "throttled_shortly": {"preset": "throttle"},
    "failure": {"status": 500, "body": json.dumps({"error_code": CANARY, "error_msg": CANARY})},
    "forbidden": {"status": 403, "body": json.dumps({"error_code": CANARY, "error_msg": CANARY})},
    "not_found": {"status": 404, "body": json.dumps({"error_code": f"EndPoint.{CANARY}", "error_msg": CANARY})},
    "other_status": {"status": 299, "body": json.dumps({CANARY: CANARY})},
    "no_status": {"status": 999, "body": CANARY},
    "unauthorized": {"status": 401, "body": json.dumps({"error": {"message": CANARY, "code": 401}})},
    "wrong_date": {"status": 400, "headers": {"Date": "Mon, 01 Jan 1990 00:00:00 GMT"}, "body": "{}"},
    "reset": {"kind": "reset"},
    "reset_after": {"kind": "reset", "carried_out": True},
    "truncate": {"kind": "truncate"},
    "not_json": {"kind": "not_json"},
}


def checked(checker: Any, **options: Any) -> Any:
    """The result of a check; it has a report without anything of the answers."""
    result = checker(**options)
    assert result["report"]["assumptions"] and result["table"] and result["markdown"]
    stopped = result.pop("stopped")
    if stopped:  # a name is not found, or the list cannot be read: the text says which
        checker.task.warnings.remove(stopped)
    log = [checker.task.runtime.loggable(entry) for entry in checker.task.runtime.session.http]
    assert "4711" not in json.dumps([result, log, checker.task.warnings])
    for part, numbers in result["report"]["parts"].items():
        assert numbers["requests"] <= (60 if part == "creating" else 100)
        assert numbers["seconds"] <= 600
    return result


@pytest.mark.parametrize("nth", [1, 60, 75])
@pytest.mark.parametrize("name", ODD)
def test_odd_answers(checker: Any, cloud: Any, name: str, nth: int) -> None:
    cloud.fault(service="any" if nth > 1 else "vpcep", nth=nth, count=None, **ODD[name])
    result = checked(checker)
    left = len(mine(cloud))
    assert bool(left) <= bool(result["left"])
    cloud.clear_faults()
    cloud.advance(60)
    assert checked(checker, program=only_create)["left"] == 0
    assert mine(cloud) == []


@pytest.mark.parametrize("options", [{"subnet": "nope", "subnet_id": None}, {"vpc": "spare", "vpc_id": None}])
def test_a_name_that_has_not_one_object(checker: Any, cloud: Any, options: Any) -> None:
    result = checker(**options)
    names = next(one for one in result["report"]["facts"] if one["fact"] == "names")
    assert names == {"fact": "names", "value": "not one object has this name", "ok": False}
    assert f"named '{options.get('subnet') or options['vpc']}'" in result["stopped"]
    assert checker.task.writes == ["listResourcesByTags"] * 3


@pytest.mark.parametrize("name", ODD)
def test_a_login_with_odd_answers(checker: Any, cloud: Any, name: str) -> None:
    cloud.fault(service="iam", count=None, **ODD[name])
    with pytest.raises(VpcepError) as caught:
        checker(token_cache=False)
    result = caught.value.partial
    assert any(line.startswith("login ") and line.endswith("PROBLEM") for line in result["table"])
    assert result["markdown"] and "4711" not in json.dumps(result)
