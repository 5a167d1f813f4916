"""Filters that the API does not have."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import (
    find_endpoints,
    find_services,
    has_tags,
    has_values,
    search_body,
    search_filters,
    tag_filter,
    tagged_ones,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ENDPOINT,
    ENDPOINT_FILTERS,
    SERVICE_FILTERS,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import fits
from tests.support.situations import examples

TAGS = [{"key": "env", "value": "dev"}, {"key": "port", "value": "8080"}, {"key": "empty", "value": ""}]


def test_fits() -> None:
    assert fits(["failed", "creating"], "creating")
    assert not fits(["failed"], "creating")
    assert not fits(["failed"], None)
    assert fits(None, "creating") and fits([], "creating") and fits(None, None)


@pytest.mark.parametrize("wanted, found", [
    (None, True),
    ({}, True),
    ({"env": "dev"}, True),
    ({"env": "prod"}, False),
    ({"env": None}, True),
    ({"owner": None}, False),
    ({"owner": ""}, False),
    ({"empty": ""}, True),
    ({"empty": None}, True),
    ({"env": ""}, False),
    ({"env": "dev", "port": "8080"}, True),
    ({"env": "dev", "port": "80"}, False),
    ({"port": 8080}, True),
    ({"ENV": "dev"}, False),
    ({"env": ["prod", "dev"]}, True),
    ({"env": ["prod"], "port": None}, False),
    ({"empty": []}, True),
])  # fmt: skip
def test_has_tags(wanted: Any, found: bool) -> None:
    assert has_tags(tag_filter(wanted), {"tags": TAGS}) is found
    assert has_tags(tag_filter(wanted), {"tags": {tag["key"]: tag["value"] for tag in TAGS}}) is found


@pytest.mark.parametrize("answer", [{}, {"tags": None}, {"tags": []}, {"tags": {}}])
def test_objects_without_tags(answer: Any) -> None:
    assert has_tags(tag_filter(None), answer) and has_tags({}, answer)
    assert not has_tags({"env": None}, answer)


@pytest.mark.parametrize("wanted", [{"env": [["dev"]]}, {"other": {}}])
def test_a_value_that_no_tag_can_have_is_bad_input(wanted: Any) -> None:
    with pytest.raises(InputError, match="tags: "):
        tag_filter(wanted)


JSON = st.recursive(
    st.sampled_from([None, True, 0, "", "env", "dev"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["key", "value", "env"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.mark.slow
@examples(80)
@given(st.dictionaries(st.sampled_from(["env", "a"]), JSON, max_size=2), JSON)
def test_any_filter_and_any_answer(wanted: Any, tags: Any) -> None:
    try:
        assert has_tags(tag_filter(wanted), {"id": "x", "tags": tags}) in (True, False)
    except VpcepError:
        return


NAMED = [
    {"id": "1f", "tags": [{"key": "env", "value": "dev"}], "service_name": "eu-de.Web-1.1f"},
    {"id": "2f", "tags": [{"key": "env", "value": "prod"}, {"key": "port", "value": "80"}], "service_name": "eu-de.2f"},
    {"id": "3a", "service_name": "eu-de.web-2.3a", "public_border_group": "center"},
]


@pytest.mark.parametrize("options, found", [
    ({"tags_any": {"env": "dev", "port": 80}}, "12"),
    ({"tags_any": {"env": ["dev", "prod"]}}, "12"),
    ({"tags_any": {"owner": None}}, ""),
    ({"tags_any": {}}, "123"),
    ({"not_tags": {"env": None}}, "3"),
    ({"not_tags": {"env": None, "port": None}}, "13"),
    ({"not_tags": {"env": "dev"}, "tags": {"env": None}}, "2"),
    ({"without_any_tag": True}, "3"),
    ({"without_any_tag": False}, "123"),
    ({"matches": {"resource_name": "WEB"}}, "13"),
    ({"matches": {"resource_name": "2F"}}, "2"),
    ({"matches": {"resource_name": "eu-de"}}, ""),
    ({"matches": {"resource_name": "web"}, "not_tags": {"env": "dev"}}, "3"),
    ({"public_border_group": "center"}, "3"),
])  # fmt: skip
def test_filters_of_services(options: Any, found: str) -> None:
    runtime = SimpleNamespace(api=SimpleNamespace(list_services=lambda *_args, **_filters: NAMED), cloud="otc")
    assert "".join(one["id"][0] for one in find_services(options, runtime)["services"]) == found


def test_filters_of_endpoints() -> None:
    runtime = SimpleNamespace(api=SimpleNamespace(list_endpoints=lambda *_args, **_filters: NAMED), cloud="otc")
    for options, found in (
        ({"tags_any": {"env": "dev"}, "not_tags": {"port": None}, "matches": {"resource_name": "1F"}}, ["1f"]),
        ({"without_any_tag": True}, ["3a"]),
        ({"matches": {"resource_name": "web"}}, []),
    ):
        assert [one["id"] for one in find_endpoints(options, runtime)["endpoints"]] == found


@pytest.mark.parametrize("options", [
    {"matches": {"resource_name": ""}},
    {"matches": {"name": "x"}},
    {"matches": "web"},
    {"without_any_tag": True, "tags": {"a": None}},
    {"without_any_tag": True, "tags_any": {"a": None}},
    {"tags_any": {"a": {}}},
    {"not_tags": {"a": [[]]}},
])  # fmt: skip
def test_filters_that_cannot_match(options: Any) -> None:
    with pytest.raises(InputError, match=next(iter(options))):
        find_endpoints(options, SimpleNamespace(api=None, cloud="otc"))
    with pytest.raises(InputError, match="scope public do not show this"):
        find_services({"scope": "public", **options}, SimpleNamespace(api=None, cloud="otc"))


# The cloud's own search by tags


class Project:
    """Many objects in pages of a thousand, and a search by tags that finds values by their endings, too.

    tags: those of some objects, by number; refusal: raised instead of an answer to a search.
    """

    cloud = "otc"

    def __init__(self, number: int, tags: dict[int, dict[str, str]], refusal: Exception | None = None) -> None:
        self.held = [
            {"id": f"e{index}", "tags": [{"key": k, "value": v} for k, v in tags.get(index, {}).items()]}
            for index in range(number)
        ]
        self.refusal = refusal
        self.searches: list[Any] = []
        self.requests = 0
        self.api = VpcepApi(self)

    def request(self, method: str, path: str, params: Any = None, json: Any = None, **extra: Any) -> Any:
        self.requests += 1
        if path.endswith("/resource_instances/action"):
            assert method == "POST" and extra["kind"] == "read"
            self.searches.append((path, json))
            if self.refusal:
                raise self.refusal
            found = [item["id"] for item in self.held if all(self.fits(item, tag) for tag in json["tags"])]
            return {"resources": [{"resource_id": one} for one in found[: int(json["limit"])]]}
        found = [item for item in self.held if params.get("id") in (None, item["id"])]
        page = found[params.get("offset", 0) :][: params.get("limit", 10)]
        return {"endpoints": page, "endpoint_services": page, "total_count": len(found)}

    @staticmethod
    def fits(item: Any, wanted: Any) -> bool:
        values = [tag["value"] for tag in item["tags"] if tag["key"] == wanted["key"]]
        texts = wanted["values"]
        return any(
            not texts or any(value.endswith(text[1:]) if text[:1] == "*" else value == text for text in texts)
            for value in values
        )

    def find(self, tags: Any) -> list[str]:
        return [item["id"] for item in find_endpoints({"tags": tags}, self)["endpoints"]]


@pytest.mark.parametrize(
    ("number", "matching", "searches", "requests"),
    [
        (1000, 1, 0, 1),  # one page is one request
        (2000, 1, 0, 2),  # a search for the one page that is left saves nothing
        (3000, 0, 1, 2),
        (3000, 1, 1, 4),  # two pages, or a search and one object: the search found nothing
        (4000, 1, 1, 3),
        (6000, 3, 1, 5),
        (6000, 4, 1, 7),
        (6000, 5000, 1, 7),
    ],
)
def test_the_search_is_used_when_it_saves_requests(number: int, matching: int, searches: int, requests: int) -> None:
    last = range(number - matching, number)
    project = Project(number, {index: {"env": "dev", "n": str(index)} for index in last})
    assert sorted(project.find({"env": "dev", "n": None})) == sorted(f"e{index}" for index in last)
    assert (len(project.searches), project.requests) == (searches, requests)
    for path, body in project.searches:
        assert path == "endpoint/resource_instances/action"
        tags = [{"key": "env", "values": ["dev"]}, {"key": "n", "values": []}]
        assert body == {"action": "filter", "limit": str(number // 1000 - 1), "offset": "0", "tags": tags}


def test_services_are_searched_for_as_services() -> None:
    project = Project(5000, {4999: {"env": "dev"}})
    assert [one["id"] for one in find_services({"tags": {"env": "dev"}}, project)["services"]] == ["e4999"]
    assert [path for path, _body in project.searches] == ["endpoint_service/resource_instances/action"]


@pytest.mark.parametrize("cloud", ["otc", "huawei"])
def test_the_search_has_all_filters_of_the_cloud(cloud: str) -> None:
    options = {
        "tags_any": {"env": ["dev", "prod"]},
        "not_tags": {"env": None},
        "matches": {"resource_name": "web"},
        "tags": {f"key{number}": None for number in range(11)},
    }
    bodies = []
    api = SimpleNamespace(
        find_by_tags=lambda kind, body: bodies.append(body) or [],
        list_services=lambda shortcut, **_filters: shortcut(5) or [],
    )
    find_services(options, SimpleNamespace(api=api, cloud=cloud))
    find_services({"without_any_tag": True, "matches": {"resource_name": "x"}}, SimpleNamespace(api=api, cloud=cloud))
    page = {"action": "filter", "limit": "5", "offset": "0"}
    alone = {"without_any_tag": True} if cloud == "huawei" else {}
    assert bodies == [
        {
            **page,
            "tags_any": [{"key": "env", "values": ["dev", "prod"]}],
            "not_tags": [{"key": "env", "values": []}],
            "matches": [{"key": "resource_name", "value": "web"}],
        },
        {**page, "matches": [{"key": "resource_name", "value": "x"}], **alone},
    ]


@pytest.mark.slow
def test_what_the_search_finds_is_looked_at_again() -> None:
    """To the cloud, a value that begins with a star means an ending."""
    project = Project(9000, {8000: {"env": "*dev"}, 8001: {"env": "mydev"}, 5: {"env": "dev"}})
    assert project.find({"env": "*dev"}) == ["e8000"]
    assert len(project.searches) == 1 and project.requests < 9


def test_whoever_may_not_search_reads_all_pages() -> None:
    refusal = ApiError(operation="find", status=403, message="no")
    project = Project(5000, {4999: {"env": "dev"}}, refusal)
    assert project.find({"env": "dev"}) == ["e4999"]
    assert (len(project.searches), project.requests) == (1, 6)


@pytest.mark.parametrize("status", [400, 404, 500, None])
def test_other_refusals_are_errors(status: Any) -> None:
    project = Project(5000, {}, ApiError(operation="find", status=status, message="no"))
    with pytest.raises(ApiError):
        project.find({"env": "dev"})


@pytest.mark.parametrize("wanted", [{}, None])
def test_without_tags_there_is_no_search(wanted: Any) -> None:
    assert tagged_ones(None, "endpoint", tag_filter(wanted)) is None
    project = Project(3000, {})
    assert len(project.find(wanted)) == 3000 and project.requests == 3


@pytest.mark.parametrize("name", SERVICE_FILTERS)
def test_each_field_in_the_list_is_a_filter_of_services(name: str) -> None:
    shown = [{"id": "a", name: "one"}, {"id": "b", name: "other"}, {"id": "c"}, {"id": "d", name: None}]
    runtime = SimpleNamespace(api=SimpleNamespace(list_services=lambda *_args, **_filters: shown), cloud="otc")
    assert [item["id"] for item in find_services({name: "other"}, runtime)["services"]] == ["b"]
    with pytest.raises(InputError, match=f"^{name}: services in scope public do not show this"):
        find_services({name: "other", "scope": "public"}, runtime)


@pytest.mark.parametrize("name", ENDPOINT_FILTERS)
def test_each_field_in_the_list_is_a_filter_of_endpoints(name: str) -> None:
    value = "4189d3c2-8882-4871-a3c2-d380272eed82"
    shown = [{"id": "a", name: value}, {"id": "b", name: "other"}, {"id": "c"}]
    runtime = SimpleNamespace(api=SimpleNamespace(list_endpoints=lambda *_args, **_filters: shown))
    assert [item["id"] for item in find_endpoints({name: value}, runtime)["endpoints"]] == ["a"]


def test_a_filter_reads_the_member_that_shows_the_field() -> None:
    """The answer shows ``port_ip`` as ``ip``."""
    assert has_values(ENDPOINT, ["port_ip"], {"port_ip": "10.0.0.9"}, {"ip": "10.0.0.9"})
    assert not has_values(ENDPOINT, ["port_ip"], {"port_ip": "10.0.0.9"}, {"ip": "10.0.0.8"})


def test_the_cloud_finds_all_that_passes(task: Any, publish: Any) -> None:
    for name, tags in (("web-1", {"env": "dev"}), ("web-2", {"env": "prod", "n": "1"}), ("db", {})):
        publish(name, tags=[{"key": key, "value": value} for key, value in tags.items()])
    for options in (
        {"tags_any": {"env": "dev", "n": None}},
        {"not_tags": {"env": None, "n": "1"}},
        {"matches": {"resource_name": "WEB"}, "not_tags": {"env": "dev"}},
        {"without_any_tag": True},
    ):
        found = {one["id"] for one in task(find_services, **options)["services"]}
        body = search_body(search_filters(options), task.runtime)
        page = {"action": "filter", "limit": "100", "offset": "0"}
        searched = task(lambda _, runtime: runtime.api.find_by_tags("endpoint_service", {**page, **body}))  # noqa: B023
        assert found and found <= {one["resource_id"] for one in searched}
