"""The requests for zones and record sets, and their pages."""

from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.network import DnsApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import encoded


class Stub:
    """Answers requests in order, and keeps them."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Any, Any]] = []

    def request(self, method: str, path: Any, **extra: Any) -> Any:
        assert extra["api"] == "dns" and extra["version"] is None
        self.sent.append((method, encoded(path), dict(extra.get("params") or {}), extra.get("json")))
        return self.answers.pop(0)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in found]


def page(first: int, number: int, total: int | None = None) -> dict[str, Any]:
    metadata = {} if total is None else {"metadata": {"total_count": total}}
    return {"zones": [{"id": str(one)} for one in range(first, first + number)], **metadata}


def test_a_page_that_is_not_full_is_the_last_one() -> None:
    session = Stub(page(0, 500), page(500, 3))
    assert ids(DnsApi(session).list_zones()) == [str(number) for number in range(503)]  # type: ignore[arg-type]
    assert [query for _method, _path, query, _body in session.sent] == [
        {"type": "private", "limit": 500},
        {"type": "private", "limit": 500, "marker": "499"},
    ]


def test_a_cloud_may_list_fewer_at_once() -> None:
    session = Stub(page(0, 2, 5), page(2, 2, 5), page(4, 1, 5))
    assert len(DnsApi(session).list_zones()) == 5  # type: ignore[arg-type]


def test_a_wrong_total_does_not_ask_for_ever() -> None:
    session = Stub(page(0, 2, 9), page(0, 2, 9))
    assert len(DnsApi(session).list_zones()) == 2  # type: ignore[arg-type]


def test_record_sets_are_listed_by_a_fuzzy_name_or_all() -> None:
    session = Stub({"recordsets": [{"id": "1"}]}, {"recordsets": []})
    api = DnsApi(session)  # type: ignore[arg-type]
    assert ids(api.list_record_sets("z", "www.example.com")) == ["1"] and api.list_record_sets("z") == []
    assert session.sent == [
        ("GET", "v2/zones/z/recordsets", {"name": "www.example.com", "limit": 500}, None),
        ("GET", "v2/zones/z/recordsets", {"limit": 500}, None),
    ]


def test_changes() -> None:
    session = Stub({"id": "z"}, {}, {"id": "r"}, {"id": "r"}, None)
    api = DnsApi(session)  # type: ignore[arg-type]
    assert api.create_zone({"name": "a."}) == {"id": "z"}
    api.associate_vpc("z", {"router": {}})
    assert api.create_record_set("z", {"name": "b.a."}) == {"id": "r"}
    api.update_record_set("z", "r", {"records": []})
    api.delete_record_set("z", "r")
    assert [(method, path) for method, path, _query, _body in session.sent] == [
        ("POST", "v2/zones"),
        ("POST", "v2/zones/z/associaterouter"),
        ("POST", "v2/zones/z/recordsets"),
        ("PUT", "v2/zones/z/recordsets/r"),
        ("DELETE", "v2/zones/z/recordsets/r"),
    ]


def test_an_id_is_one_part_of_a_path() -> None:
    """Also one with a slash, from an answer."""
    session = Stub({}, {}, {}, {}, {})
    api = DnsApi(session)  # type: ignore[arg-type]
    api.associate_vpc("a/b", {})
    api.list_record_sets("a/b")
    api.create_record_set("a/b", {})
    api.update_record_set("a/b", "c/d", {})
    api.delete_record_set("a/b", "c/d")
    parts = [path.split("/") for _method, path, _query, _body in session.sent]
    assert {one[2] for one in parts} == {"a%2Fb"} and [one[4:] for one in parts[3:]] == [["c%2Fd"]] * 2
