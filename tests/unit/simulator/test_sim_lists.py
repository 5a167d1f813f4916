"""Lists: pages, filters and tags."""

from typing import Any

import pytest

SERVICES, ENDPOINTS = "/vpc-endpoint-services", "/vpc-endpoints"
DNS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be"


def names(answer: Any) -> list[str]:
    return [one["service_name"].split(".")[1] for one in answer["endpoint_services"]]


def test_pages(otc: Any) -> None:
    for number in range(12):
        otc.provider.service(service_name=f"s{number}")
    newest_first = [f"s{number}" for number in range(11, -1, -1)]
    everything = {"offset=0": newest_first[:10], "limit=1000": newest_first, "offset=10": newest_first[10:]}
    everything |= {"limit=0": [], "offset=99": [], "limit=2&offset=3": newest_first[3:5]}
    everything |= {f"sort_dir=asc&sort_key={key}&limit=1": ["s0"] for key in ("created_at", "create_at")}
    for query, expected in everything.items():
        answer = otc.provider.ok("GET", SERVICES, **dict(pair.split("=") for pair in query.split("&")))
        assert (query, names(answer), answer["total_count"]) == (query, expected, 12)


def test_filters_of_services(otc: Any) -> None:
    wanted, other = otc.provider.service(service_name="shop-1"), otc.provider.service(service_name="shop-11")
    for query, expected in (
        ({"endpoint_service_name": "SHOP-1"}, 2),
        ({"endpoint_service_name": "hop-11"}, 1),
        ({"endpoint_service_name": "eu-de."}, 2),
        ({"endpoint_service_name": wanted["service_name"]}, 1),
        ({"endpoint_service_name": wanted["id"]}, 1),
        ({"endpoint_service_name": "nothing"}, 0),
        ({"id": wanted["id"]}, 1),
        ({"id": wanted["id"], "endpoint_service_name": other["id"]}, 0),
        ({"id": "unknown"}, 0),
        ({"status": "available"}, 2),
        ({"status": "failed"}, 0),
    ):
        assert (query, otc.provider.ok("GET", SERVICES, **query)["total_count"]) == (query, expected)


def test_filters_of_endpoints(otc: Any) -> None:
    service = otc.provider.service(service_name="shop")["id"]
    one, other = otc.provider.endpoint(service), otc.provider.endpoint(DNS)
    for query, expected in (
        ({"endpoint_service_name": "shop"}, [one["id"]]),
        ({"endpoint_service_name": "DNS"}, [other["id"]]),
        ({"vpc_id": other["vpc_id"]}, [other["id"]]),
        ({"id": one["id"]}, [one["id"]]),
        ({}, [other["id"], one["id"]]),
    ):
        assert [found["id"] for found in otc.provider.ok("GET", ENDPOINTS, **query)["endpoints"]] == expected
    assert otc.consumer.ok("GET", ENDPOINTS)["endpoints"] == []


# Tags


TAGGED = {"red": {"env": "dev", "team": "red"}, "blue": {"env": "prod", "team": "blue"}, "bare": {}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "red blue bare"),
        ({"tags": [("env", ["dev"])]}, "red"),
        ({"tags": [("env", [])]}, "red blue"),
        ({"tags": [("env", ["dev"]), ("team", ["blue"])]}, ""),
        ({"tags": [("team", ["*ue"])]}, "blue"),
        ({"not_tags": [("env", ["dev"]), ("team", ["red"])]}, "blue bare"),
        ({"not_tags_any": [("env", ["dev"]), ("team", ["blue"])]}, "bare"),
        ({"matches": "B"}, "blue bare"),
    ],
)
def test_finding_by_tags(otc: Any, query: dict[str, Any], found: str) -> None:
    for name, tags in TAGGED.items():
        otc.provider.service(service_name=name, tags=[{"key": k, "value": v} for k, v in tags.items()])
    body = {n: [{"key": k, "values": v} for k, v in pairs] for n, pairs in query.items() if n != "matches"}
    if "matches" in query:
        body["matches"] = [{"key": "resource_name", "value": query["matches"]}]
    path = "/endpoint_service/resource_instances/action"
    answer = otc.provider.ok("POST", path, {**body, "action": "filter"})
    assert sorted(one["resource_name"] for one in answer["resources"]) == sorted(found.split())
    assert otc.provider.ok("POST", path, {**body, "action": "count"}) == {"total_count": len(found.split())}
