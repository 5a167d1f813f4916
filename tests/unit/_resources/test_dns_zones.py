"""Which names are possible, and which zone of a VPC holds one."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.dns_zones import choose, no_zone, vpcs_of
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.dns import check_dns_options, fqdn, owner

VPC, OTHER = "19664294-0BF6-4271-ad3a-94b8c79c6558", "f0791650-db8c-4a20-8a44-a06c6e24b15b"
NAME = "shop.internal.example.com."


def zone(name: str, *vpcs: str, **more: Any) -> dict[str, Any]:
    routers = [{"router_id": vpc.lower(), "status": "ACTIVE"} for vpc in vpcs]
    return {"id": f"id of {name}", "name": name, "status": "ACTIVE", "routers": routers, **more}


def chosen(*zones: dict[str, Any], zone_name: str | None = None) -> str | None:
    own = [one for one in zones if VPC.lower() in vpcs_of(one)]
    found = choose(own, NAME, zone_name)
    return found and found["name"]


def test_the_longest_suffix_of_the_zones_of_the_vpc() -> None:
    short, long = zone("example.com.", VPC), zone("internal.example.com.", OTHER, VPC)
    assert chosen(short, long) == chosen(long, short) == "internal.example.com."
    assert chosen(short, zone("internal.example.com.", OTHER)) == "example.com."
    assert chosen(zone("Internal.Example.com", VPC)) == "Internal.Example.com"  # a cloud that keeps what was written
    assert chosen(zone(NAME, VPC), long) == NAME
    assert chosen(zone("l.example.com.", VPC), zone("hop.internal.example.com.", VPC), zone("", VPC)) is None


def test_a_zone_by_name() -> None:
    zones = [zone("example.com.", VPC), zone("internal.example.com.", VPC)]
    assert chosen(*zones, zone_name="example.com.") == "example.com."
    assert chosen(*zones, zone_name="com.") is None


def test_a_new_zone_has_one_vpc_in_another_member_and_one_may_be_leaving() -> None:
    assert chosen({"id": "1", "name": "example.com.", "router": {"router_id": VPC}}) == "example.com."
    leaving = zone("example.com.", VPC)
    leaving["routers"][0]["status"] = "PENDING_DELETE"
    assert chosen(leaving) is None
    assert chosen({"id": "1", "name": "example.com.", "routers": "odd", "router": None}) is None


def test_never_the_first_of_several() -> None:
    twins = [zone("example.com.", VPC), zone("example.com.", VPC, id="other")]
    with pytest.raises(VpcepError, match=r"several private zones .*: id of .*, other"):
        chosen(*twins)


def test_what_the_error_lists() -> None:
    others = [zone("example.com.", OTHER), zone("example.net.", VPC)]
    text = str(no_zone(others, NAME, None, VPC))
    assert "Private zones of that VPC: example.net." in text
    assert "Zone example.com (id of example.com.) does not serve that VPC" in text and "create_dns_zone" in text
    assert "has no private zone internal.example.com" in str(no_zone(others, NAME, "internal.example.com.", VPC))
    assert "dns:zone:list" in str(no_zone([], NAME, None, VPC)) and "dns:zone:list" not in text


@pytest.mark.parametrize("name", ["shop.example.com", "Shop.example.COM.", "a.b", "1.x-2.b", f"{'a' * 63}.b"])
def test_possible_names(name: str) -> None:
    check_dns_options({"dns_name": name}, "otc")
    assert fqdn(name).endswith(".") and fqdn(name) == fqdn(name).lower()


IMPOSSIBLE = [
    "",
    "shop",
    "shop.",
    "10.0.0.1",
    "-a.b",
    "a-.b",
    "a..b",
    ".a.b",
    "a_b.c",
    "*.b.c",
    "a b.c",
    f"{'a' * 64}.b",
]
IMPOSSIBLE += ["a.b\n", "x." * 127 + "com", "müller.de"]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_names(name: str) -> None:
    with pytest.raises(InputError, match="dns_name"):
        check_dns_options({"dns_name": name}, "otc")


def test_options_that_do_not_fit_together() -> None:
    check_dns_options({"dns_name": "a.b.c", "dns_zone": "C."}, "otc")
    check_dns_options({"create_dns_zone": False, "replace_dns_record": False}, "otc")
    for options, text in [
        ({"dns_name": "a.b.c", "dns_zone": "d"}, "is not in dns_zone"),
        ({"dns_name": "a.b.c", "dns_zone": "b.*"}, "dns_zone: .*is not the name of a zone"),
        ({"dns_zone": "b.c"}, "dns_zone has an effect only with dns_name"),
        ({"create_dns_zone": True}, "create_dns_zone has an effect only with dns_name"),
        ({"dns_name": "a.b.c", "routetables": ["x"]}, "only on an interface endpoint"),
    ]:
        with pytest.raises(InputError, match=text):
            check_dns_options(options, "otc")


def test_whose_a_record_is() -> None:
    text = "Made by crossvpc.vpcep for endpoint 530d6f2f-d115-4df2-8c36-32d19f3c0bbc"
    made = {"id": "1", "type": "A", "description": text}
    assert owner(made) == "530d6f2f-d115-4df2-8c36-32d19f3c0bbc"
    for other in (
        {"description": None},
        {"description": f"{text} no"},
        {"description": f"not {text}"},
        {"type": "TXT"},
    ):
        assert owner({**made, **other}) is None
