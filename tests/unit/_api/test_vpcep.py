"""Lists: all pages are read, also if the list changes meanwhile, and no other request is sent."""

import inspect
import itertools
import re
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import (
    CHANGES,
    ENDPOINT_KIND,
    LIST_LIMIT,
    LIST_RESTARTS,
    VpcepApi,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import encoded
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError
from tests.support import contract
from tests.support.cases import for_each

Object = dict[str, Any]


def items(*numbers: int) -> list[Object]:
    return [{"id": f"e{number}"} for number in numbers]


class Session:
    """Answers lists as the cloud does: ten items unless told otherwise, and never more than the largest page.

    change: called with the number of the request before it is answered; most: the largest page.
    """

    def __init__(self, held: list[Object], member: str = "endpoints", most: int = 1000, change: Any = None) -> None:
        self.held, self.member, self.most = held, member, most
        self.change = change or (lambda number: None)
        self.requests: list[tuple[str, str, Object]] = []
        self.total: Any = lambda: len(self.held)

    def request(self, method: str, path: Any, **extra: Any) -> Any:
        self.requests.append((method, encoded(path) if path else "", extra))
        assert len(self.requests) < 100, "an endless loop"
        self.change(len(self.requests))
        parameters = extra.get("params", {})
        limit, offset = min(parameters.get("limit", 10), self.most), parameters.get("offset", 0)
        answer: Object = {self.member: self.held[offset : offset + limit]}
        if self.total is not None:
            answer["total_count"] = self.total()
        return answer


def found(connection: Session, **filters: Any) -> list[str]:
    return [item["id"] for item in VpcepApi(connection).list_endpoints(**filters)]


@pytest.mark.parametrize("number, requests", [(0, 1), (1, 1), (11, 1), (999, 1), (1000, 1), (1001, 2), (2500, 3)])
def test_all_pages_in_as_few_requests_as_possible(number: int, requests: int) -> None:
    connection = Session(items(*range(number)))
    assert found(connection) == [f"e{index}" for index in range(number)]
    assert len(connection.requests) == requests
    assert [extra["params"] for _method, _path, extra in connection.requests] == [
        {"limit": 1000, "offset": page * 1000} for page in range(requests)
    ]


def test_whitelist_records_come_in_smaller_pages() -> None:
    connection = Session(items(*range(700)), "permissions", most=500)
    assert len(VpcepApi(connection).list_permissions("s")) == 700
    assert [extra["params"]["limit"] for _method, _path, extra in connection.requests] == [500, 500]


@pytest.mark.fault_injection("compressed answers that are too large")
def test_a_list_without_an_end_ends() -> None:
    """Of a server that ignores the offset, does not count, and forgets an ID: nothing new comes."""
    connection = Session([])
    connection.total = None
    connection.request = lambda *_request, **_extra: {"endpoints": [*items(*range(1000)), {}, {"id": None}]}
    assert len(VpcepApi(connection).list_endpoints()) >= 1002


@pytest.mark.slow
@pytest.mark.fault_injection("compressed answers that are too large")
@pytest.mark.parametrize("odd", [[], [{}]], ids=["all with IDs", "the last without one"])
def test_a_list_of_more_than_a_project_can_have_is_none(odd: list[Object]) -> None:
    connection = Session([*items(*range(LIST_LIMIT)), *(odd or items(LIST_LIMIT))], most=10**9)
    connection.request = lambda *_request, **_extra: {"endpoints": connection.held, "total_count": 10**9}
    with pytest.raises(ApiError, match="more than 100,000 objects"):
        VpcepApi(connection).list_endpoints()


@pytest.mark.slow
@pytest.mark.fault_injection("compressed answers that are too large")
def test_pages_without_an_end_are_no_list() -> None:
    numbers = itertools.count()
    connection = Session([])
    connection.request = lambda *_request, **_extra: {
        "endpoints": [{"id": str(next(numbers))} for _item in range(1000)]
    }
    with pytest.raises(ApiError, match="more than 100,000 objects"):
        VpcepApi(connection).list_endpoints()


def test_filters_go_with_every_page_and_none_is_left_out() -> None:
    connection = Session(items(*range(1500)))
    found(connection, vpc_id="v", id=None)
    assert [extra["params"] for _method, _path, extra in connection.requests] == [
        {"vpc_id": "v", "limit": 1000, "offset": 0},
        {"vpc_id": "v", "limit": 1000, "offset": 1000},
    ]


def test_a_cloud_with_smaller_pages() -> None:
    connection = Session(items(*range(35)), most=10)
    assert len(found(connection)) == 35
    assert [extra["params"]["offset"] for _method, _path, extra in connection.requests] == [0, 10, 20, 30]


@pytest.mark.parametrize("number, requests", [(0, 1), (5, 1), (1000, 2), (1001, 2)])
@pytest.mark.parametrize("total", [None, lambda: None, lambda: "7", lambda: True])
def test_without_a_usable_total_the_last_page_is_the_one_that_is_not_full(
    total: Any, number: int, requests: int
) -> None:
    connection = Session(items(*range(number)))
    connection.total = total
    assert len(found(connection)) == number
    assert len(connection.requests) == requests


@pytest.mark.slow
def test_a_server_that_neither_counts_nor_skips_does_not_hold_us_up() -> None:
    class Stubborn(Session):
        def request(self, method: str, path: Any, **extra: Any) -> Any:
            super().request(method, path, **extra)
            return {"endpoints": items(*range(1000))}

    connection = Stubborn([])
    assert len(found(connection)) == 1000
    assert len(connection.requests) <= 2 * LIST_RESTARTS


def test_a_total_that_is_too_high_ends_with_the_first_empty_page() -> None:
    connection = Session(items(*range(5)))
    connection.total = lambda: 7
    assert len(found(connection)) == 5
    assert len(connection.requests) == 2


# The list changes between two pages; newest first, as the cloud sorts


def test_an_object_made_between_two_pages_loses_and_doubles_nothing() -> None:
    def change(number: int) -> None:
        if number == 2:
            connection.held.insert(0, {"id": "new"})

    connection = Session(items(*range(1500)), change=change)
    assert sorted(found(connection)) == sorted(["new", *(f"e{index}" for index in range(1500))])
    assert len(connection.requests) == 4


def test_an_object_deleted_between_two_pages_hides_no_other() -> None:
    def change(number: int) -> None:
        if number == 2:
            del connection.held[0]

    connection = Session(items(*range(1500)), change=change)
    assert found(connection) == [f"e{index}" for index in range(1, 1500)]


def test_one_made_and_one_deleted_do_not_cancel_each_other() -> None:
    """The total stays the same, but what is shifted to the next page comes twice."""

    def change(number: int) -> None:
        if number == 2:
            connection.held.insert(0, {"id": "new"})
            del connection.held[-1]

    connection = Session(items(*range(1500)), change=change)
    assert sorted(found(connection)) == sorted(["new", *(f"e{index}" for index in range(1499))])


def test_a_list_that_never_rests_is_read_to_its_end_all_the_same() -> None:
    def change(number: int) -> None:
        connection.held.insert(0, {"id": f"new{number}"})

    connection = Session(items(*range(2500)), change=change)
    assert set(found(connection)) >= {f"e{index}" for index in range(2500)}
    assert len(connection.requests) == 3 * LIST_RESTARTS


def test_the_same_object_twice_is_one() -> None:
    connection = Session(items(1, 2, 1))
    assert found(connection) == ["e1", "e2"]
    assert len(connection.requests) == 1


def test_objects_without_id_stay_apart() -> None:
    connection = Session([{"permission": "a"}, {"permission": "b"}])
    assert len(VpcepApi(connection).list_endpoints()) == 2


# What is no page


@pytest.mark.parametrize("answer", [
    None, {}, [], "text", 5, {"endpoints": None}, {"endpoints": {}}, {"endpoints": [None]}, {"endpoints": ["x"]},
    {"endpoint_services": []}, {"error_msg": "no"}, {"total_count": 0}, {"endpoints": None, "total_count": 1},
])  # fmt: skip
def test_an_answer_that_is_no_page_is_an_error_and_never_an_empty_list(answer: Any) -> None:
    class Odd:
        def request(self, *words: Any, **extra: Any) -> Any:
            return answer

    with pytest.raises(ApiError, match=r"list endpoints.*no list 'endpoints'") as caught:
        VpcepApi(Odd()).list_endpoints()
    assert caught.value.status == 200


def test_null_is_an_empty_list_if_the_total_says_so() -> None:
    class Null:
        def request(self, *words: Any, **extra: Any) -> Any:
            return {"endpoints": None, "total_count": 0}

    assert VpcepApi(Null()).list_endpoints() == []


def test_an_odd_second_page_is_an_error_as_well() -> None:
    class Odd(Session):
        def request(self, method: str, path: Any, **extra: Any) -> Any:
            answer = super().request(method, path, **extra)
            return answer if len(self.requests) == 1 else {}

    with pytest.raises(ApiError):
        VpcepApi(Odd(items(*range(1500)))).list_endpoints()


# Shortcuts: the rest by IDs, when that saves requests


def short(connection: Session, shortcut: Any, **filters: Any) -> list[str]:
    return [item["id"] for item in VpcepApi(connection).list_services(shortcut, **filters)]


class ById(Session):
    """Finds objects by ID, too."""

    def request(self, method: str, path: Any, **extra: Any) -> Any:
        wanted = extra["params"].get("id")
        if wanted is None:
            return super().request(method, path, **extra)
        self.requests.append((method, path, extra))
        return {self.member: [item for item in self.held if item["id"] == wanted]}


def services(number: int, **more: Any) -> ById:
    return ById(items(*range(number)), "endpoint_services", **more)


@pytest.mark.parametrize("number, pages", [(0, None), (1000, None), (1001, 1), (2000, 1), (2001, 2), (4500, 4)])
def test_a_shortcut_is_asked_once_with_the_pages_that_are_left(number: int, pages: Any) -> None:
    asked: list[int] = []
    connection = services(number)
    assert len(short(connection, asked.append)) == number  # it says None: page by page
    assert asked == ([] if pages is None else [pages])
    assert len(connection.requests) == 1 + (pages or 0)


def test_the_rest_comes_by_ids() -> None:
    connection = services(3500)
    found = short(connection, lambda pages: ["e7", "e3000", "gone", "e2000"], endpoint_service_name="web")
    assert found[:1000] == [f"e{index}" for index in range(1000)]
    assert found[1000:] == ["e3000", "e2000"]  # one of the first page is not asked for again, a gone one is left out
    assert [extra["params"] for _method, _path, extra in connection.requests[1:]] == [
        {"endpoint_service_name": "web", "id": one} for one in ("e3000", "gone", "e2000")
    ]


def test_nothing_is_left() -> None:
    connection = services(3500)
    assert len(short(connection, lambda pages: [])) == 1000 and len(connection.requests) == 1


def test_a_list_that_does_not_count_has_no_shortcut() -> None:
    connection = services(1500)
    connection.total = None
    assert len(short(connection, lambda pages: [])) == 1500


# The operations


METHODS = {
    re.match(r"\w+", method.__doc__).group(): method
    for name, method in inspect.getmembers(VpcepApi, inspect.isfunction)
    if name != "change" and not name.startswith("_")
}
READS = ("list", "get", "describe", "create", "find")  # the answer of these holds nothing
ARGUMENTS = {"resource_kind": ENDPOINT_KIND, "body": {"a": 1}}
NEVER_TWICE = ("addServerResources",)  # beside creations: nothing shows whether it was carried out


def call(api: VpcepApi, operation: str) -> None:
    if operation in CHANGES:
        ids = ["an_id/x"] * CHANGES[operation].path.count("{}")
        body = ARGUMENTS["body"] if "requestBody" in contract.operation(operation)[2] else {}
        api.change(operation, *ids, body=body)
        return
    parameters = list(inspect.signature(METHODS[operation]).parameters.values())[1:]
    words = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    METHODS[operation](api, *(ARGUMENTS.get(word, f"{word}/x") for word in words))


@for_each([*METHODS, *CHANGES])
def test_each_request_is_the_operation_that_it_names(operation: str) -> None:
    """Method and path as in the OpenAPI description; creations and only they are never repeated blindly.

    An ID with a slash, from an answer, is one part of the path.
    """
    connection = Session([], member="")
    try:
        call(VpcepApi(connection, deadline="soon"), operation)
    except ApiError:
        assert METHODS[operation].__name__.startswith(READS)
    ((verb, path, extra),) = connection.requests
    expected_verb, template, described = contract.operation(operation)
    assert verb == expected_verb
    version = extra.get("version", "v1")
    place = f"/{version}/{{project_id}}/" if version else "/"
    assert template.startswith(place)
    pattern = re.sub(r"\{\w+\}", "[a-z_]+(%2Fx)?", template.removeprefix(place))
    assert re.fullmatch(pattern, path)
    assert extra.get("json") == ({"a": 1} if "requestBody" in described else None)
    assert extra["deadline"] == "soon"
    creates = operation.startswith("create") or operation in NEVER_TWICE
    reads = verb == "GET" or operation == "listResourcesByTags"
    assert extra["kind"] == ("create" if creates else "read" if reads else "repeat")
    assert extra["addressed"] is not creates


def test_every_operation_of_the_api_is_known_once() -> None:
    operations = [described["operationId"] for _verb, _path, described in contract.operations()]
    assert sorted([*METHODS, *CHANGES]) == sorted(operations)
