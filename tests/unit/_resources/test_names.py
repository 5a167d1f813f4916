"""VPCs, subnets and route tables by name: which object is meant, what it costs, and what is said of a wrong name."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.network import NetworkApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints, find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.names import is_name, names_of_networks

FRONTEND = "4189d3c2-8882-4871-a3c2-d380272eed82"
FRONTEND_A = "4189d3c2-8882-4871-a3c2-d380272eed81"


@pytest.fixture
def connect(task: Any, publish: Any) -> Any:
    """Runs vpcep_endpoint at an open service."""
    service = publish(approval_enabled=False)
    return lambda **options: task(converge_endpoint, endpoint_service_id=service, **options)


# What an export may write as a name


@pytest.mark.parametrize("text", ["{{ x }}", "[1]", FRONTEND, "10.0.0.0/8", "a" * 65])
def test_texts_that_options_do_not_take_as_names(text: str) -> None:
    assert not is_name("vpc", text)


def test_other_texts_are_names() -> None:
    assert all(is_name("vpc", text) for text in ("frontend", " a", "x{y}", "1e3", "yes"))


# The object with the name


def test_an_endpoint_by_names(connect: Any, task: Any, cloud: Any) -> None:
    made = connect(vpc="frontend", subnet="frontend-a")
    assert (made["endpoint"]["vpc_id"], made["endpoint"]["subnet_id"]) == (FRONTEND, FRONTEND_A)
    assert made["resolved"] == [
        {"kind": "vpc", "name": "frontend", "id": FRONTEND},
        {"kind": "subnet", "name": "frontend-a", "id": FRONTEND_A},
    ]
    again = connect(vpc="frontend", subnet="frontend-a")
    assert not again["changed"] and again["resolved"] == made["resolved"]
    assert task.sent == [("GET", "listEndpoints")]
    assert task.looks == {"listVpcsV3": 1, "listSubnets": 1}
    by_id = connect(vpc=FRONTEND, subnet=FRONTEND_A)
    assert not by_id["changed"] and by_id["resolved"] == [] and task.looks == {}
    assert "resolved" not in connect(vpc_id=FRONTEND, subnet_id=FRONTEND_A) and task.looks == {}
    assert not connect(vpc_id=FRONTEND, subnet="frontend-a", id=made["endpoint"]["id"])["changed"]
    assert task.looks == {"listSubnets": 1}


@pytest.mark.parametrize("names", [("vpc", "subnet"), ("vpc_id", "subnet_id"), ("vpc_id", "subnet")])
def test_letters_of_ids_have_no_case(connect: Any, names: tuple[str, str]) -> None:
    made = connect(vpc_id=FRONTEND, subnet_id=FRONTEND_A)["endpoint"]
    given = dict(zip(names, (FRONTEND.upper(), FRONTEND_A.upper()), strict=True))
    assert not connect(**given)["changed"]
    assert not connect(**given, id=made["id"])["changed"]


def test_a_range_tells_a_subnet(connect: Any, cloud: Any) -> None:
    cloud.add("subnets", vpc="frontend", name="frontend-a", cidr="192.168.15.0/24")
    with pytest.raises(
        VpcepError, match=r"2 subnets named 'frontend-a' .*192.168.14.0/24.*192.168.15.0/24.*range"
    ) as error:
        connect(vpc="frontend", subnet="frontend-a")
    assert FRONTEND_A in str(error.value)
    assert connect(vpc="frontend", subnet="192.168.14.0/24")["endpoint"]["subnet_id"] == FRONTEND_A
    with pytest.raises(VpcepError, match=r"no subnet with range 192.168.14.0/25 in VPC .*range 192.168.14.0/24"):
        connect(vpc="frontend", subnet="192.168.14.0/25")


@pytest.mark.parametrize("how", ["exact", "fuzzy"])
def test_a_filter_that_finds_more(connect: Any, cloud: Any, how: str) -> None:
    cloud.settings(vpc_name_filter=how)
    for name in ("frontend-1", "Frontend", "front"):
        cloud.add("vpcs", name=name, subnets=[{"name": "frontend-a"}])
    assert connect(vpc="frontend", subnet="frontend-a")["endpoint"]["vpc_id"] == FRONTEND
    with pytest.raises(VpcepError, match="There is no VPC named 'FRONTEND'"):
        connect(vpc="FRONTEND", subnet="frontend-a")


def test_a_list_of_subnets_that_is_not_of_one_vpc(connect: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.add("vpcs", name="other", subnets=[{"name": "frontend-a"}])
    truth = NetworkApi.list_subnets
    monkeypatch.setattr(NetworkApi, "list_subnets", lambda self, vpc_id=None: truth(self))
    assert connect(vpc="frontend", subnet="frontend-a")["endpoint"]["subnet_id"] == FRONTEND_A


def test_two_vpcs_of_one_name(connect: Any, task: Any, cloud: Any) -> None:
    other = cloud.add("vpcs", name="frontend", cidr="10.99.0.0/16")
    with pytest.raises(VpcepError, match=r"2 VPCs named 'frontend' .*192.168.0.0/16.*10.99.0.0/16.*vpc_id") as error:
        connect(vpc="frontend", subnet="frontend-a")
    assert other["id"] in str(error.value) and task.sent == []


def test_more_vpcs_than_a_page(connect: Any, task: Any, cloud: Any) -> None:
    """Without v3 there is no filter, and a full page has no link to the next one."""
    cloud.settings(unpublished="listVpcsV3")
    cloud.add_all("vpcs", [{"name": f"many-{number}"} for number in range(2000)])
    cloud.add("vpcs", name="last", subnets=[{"name": "a"}])
    assert connect(vpc="last", subnet="a")["changed"]
    assert task.looks == {"listVpcsV3": 1, "listVpcs": 2, "listSubnets": 1}
    assert not connect(vpc="last", subnet="a")["changed"]
    assert task.looks == {"listVpcs": 2, "listSubnets": 1}, "a region is asked once for what it does not have"


def test_route_tables_by_name(task: Any, cloud: Any) -> None:
    cloud.add("routetables", vpc="frontend", name="other")
    obs = next(one["id"] for one in cloud.info()["public_services"] if one["name"].endswith(".obs"))
    options = {"endpoint_service_id": obs, "vpc": "frontend", "routetables": ["other"]}
    made = task(converge_endpoint, **options)
    tables = {one["name"]: one["id"] for one in cloud.objects("routetables") if one["vpc_id"] == FRONTEND}
    assert made["endpoint"]["routetables"] == [tables["other"]]
    assert {"kind": "route_table", "name": "other", "id": tables["other"]} in made["resolved"]
    assert not task(converge_endpoint, **options)["changed"] and task.looks == {"listVpcsV3": 1, "listRouteTables": 1}
    with pytest.raises(VpcepError, match=r"no route table named 'othr' in VPC .* Is 'other' meant"):
        task(converge_endpoint, **{**options, "routetables": ["othr"]})
    cloud.add("routetables", vpc="frontend", name="other")
    with pytest.raises(VpcepError, match="2 route tables named 'other'"):
        task(converge_endpoint, **options)
    cloud.settings(unpublished="listRouteTables")
    with pytest.raises(VpcepError, match=r"APIGW\.0101.*does not list route tables.*give the ID"):
        task(converge_endpoint, **options)


# Wrong names


def test_the_nearest_name_is_suggested(connect: Any, task: Any, cloud: Any) -> None:
    with pytest.raises(VpcepError) as error:
        connect(vpc="frontnd", subnet="frontend-a")
    text = str(error.value)
    assert "There is no VPC named 'frontnd' in project" in text and "Is 'frontend' meant?" in text
    assert "in region" in text and " more. " in text and "vpc:vpcs:list" in text
    assert text.count("(range") == 10 and task.sent == []
    with pytest.raises(VpcepError, match=r"no subnet named 'a' in VPC .*frontend-a \(range .*vpc:subnets:get"):
        connect(vpc="frontend", subnet="a")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vpc": "x" * 65}, "vpc .* has 65 characters"),
        ({"vpc": ""}, "vpc .* has 0 characters"),
        ({"vpc": "a", "subnet": "y" * 65}, "subnet .* has 65 characters"),
        ({"vpc": "a", "subnet": "10.0.0.0/33"}, "subnet: '10.0.0.0/33' is neither a name nor a range"),
        ({"vpc": "a", "subnet": "10.0.0.1/24"}, "neither a name nor a range"),
        ({"vpc": "a", "vpc_id": FRONTEND}, "vpc and vpc_id are mutually exclusive"),
        ({"vpc_id": FRONTEND, "subnet": "a", "subnet_id": FRONTEND_A}, "subnet and subnet_id are mutually exclusive"),
        ({"vpc": "a", "port_ip": "300.1.1.1"}, "port_ip"),
        ({"vpc": "a", "subnet": "b", "routetables": ["c"]}, "give one of them"),
        ({"subnet": "b"}, r"vpc_id \(or vpc\) is missing"),
    ],
)
def test_bad_input_sends_nothing(task: Any, cloud: Any, options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        task(converge_endpoint, endpoint_service_id="s", **options)
    assert cloud.log() == []


@pytest.mark.parametrize("setting", ["empty_lists", "forbidden"])
@pytest.mark.parametrize(("operation", "right"), [("listVpcsV3", "vpc:vpcs:list"), ("listSubnets", "vpc:subnets:get")])
def test_a_missing_right_is_named(
    connect: Any, task: Any, cloud: Any, setting: str, operation: str, right: str
) -> None:
    cloud.settings(**{setting: operation})
    with pytest.raises(VpcepError, match=right) as error:
        connect(vpc="frontend", subnet="frontend-a")
    assert isinstance(error.value, ApiError) is (setting == "forbidden") and task.writes == []


def test_a_name_that_is_very_long_in_a_list(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkApi, "find_vpcs", lambda _self: [{"id": FRONTEND, "name": "x" * 5000}])
    with pytest.raises(VpcepError, match=r"There is no VPC named 'x' .*It has xxx") as error:
        connect(vpc="x", subnet="frontend-a")
    assert len(str(error.value)) < 1000


# Deletions


@pytest.mark.parametrize("how", [{"vpc": "gone", "subnet": "frontend-a"}, {"vpc": "frontend", "subnet": "gone"}])
def test_an_empty_list_does_not_prove_that_an_endpoint_is_gone(connect: Any, cloud: Any, task: Any, how: Any) -> None:
    assert not connect(state="absent", **how)["changed"], "no endpoint of the service exists"
    made = connect(vpc="frontend", subnet="frontend-a")["endpoint"]["id"]
    for check in (False, True):
        with pytest.raises(VpcepError, match=f"named 'gone' .*whether one of these endpoints is meant: {made}"):
            connect(state="absent", check=check, **how)
    assert task.writes == [] and len(cloud.state()["endpoints"]) == 1
    assert connect(state="absent", id=made, **how)["changed"] and task.looks == {}
    assert not connect(state="absent", **how)["changed"]


def test_a_right_that_is_revoked_in_the_middle(connect: Any, cloud: Any, task: Any) -> None:
    names = {"vpc": "frontend", "subnet": "frontend-a"}
    made = connect(**names)["endpoint"]["id"]
    cloud.settings(empty_lists="vpc")
    for state in ("present", "absent"):
        with pytest.raises(VpcepError, match="vpc:vpcs:list"):
            connect(state=state, **names)
        assert task.writes == []
    assert [one["id"] for one in cloud.state()["endpoints"]] == [made]
    cloud.settings(empty_lists="")
    assert connect(state="absent", **names)["changed"]


# Check mode


def test_a_vpc_that_is_yet_to_come(connect: Any, task: Any, cloud: Any) -> None:
    found = connect(vpc="new", subnet="new-a", check=True)
    assert found["changed"] and found["action"] == "create"
    assert (found["endpoint"]["vpc_id"], found["endpoint"]["subnet_id"]) == ("", "")
    assert any("There is no VPC named 'new'" in text for text in task.warnings)
    cloud.add("vpcs", name="new")
    assert connect(vpc="new", subnet="new-a", check=True)["changed"]
    assert any("There is no subnet named 'new-a'" in text for text in task.warnings)
    with pytest.raises(VpcepError):
        connect(vpc="new", subnet="new-a")


def test_check_mode_predicts_as_by_ids(connect: Any, task: Any, cloud: Any) -> None:
    by_name = connect(vpc="frontend", subnet="frontend-a", check=True)
    by_id = connect(vpc_id=FRONTEND, subnet_id=FRONTEND_A, check=True)
    assert {**by_id, "resolved": by_name["resolved"]} == by_name and task.writes == []


# Another object under the same name


def test_a_name_that_means_another_vpc_now(connect: Any, task: Any, cloud: Any) -> None:
    first = cloud.add("vpcs", name="blue", subnets=[{"name": "blue-a"}])
    made = connect(vpc="blue", subnet="blue-a")["endpoint"]
    cloud.change("vpcs", first["id"], name="blue-old")
    second = cloud.add("vpcs", name="blue", subnets=[{"name": "blue-a"}])
    options = {"id": made["id"], "vpc": "blue", "subnet": "blue-a"}
    with pytest.raises(
        InputError, match=f"vpc_id .*The name 'blue' now means vpc {second['id']}.*'blue-a' now means"
    ) as e:
        connect(**options)
    assert made["vpc_id"] == first["id"] and "recreate" in str(e.value) and task.writes == []
    replaced = connect(recreate=True, **options)
    assert (replaced["action"], replaced["endpoint"]["vpc_id"]) == ("replace", second["id"])
    assert connect(vpc="blue-old", subnet="blue-a")["action"] == "create"


# Filters, and names to show


def test_filters_of_endpoints(connect: Any, task: Any, cloud: Any) -> None:
    made = connect(vpc="frontend", subnet="frontend-a")["endpoint"]["id"]
    found = task(find_endpoints, vpc="frontend", subnet="frontend-a")
    assert [one["id"] for one in found["endpoints"]] == [made] and len(found["resolved"]) == 2
    assert task(find_endpoints, vpc="backend")["endpoints"] == [] and task.looks == {"listVpcsV3": 1}
    assert [one["id"] for one in task(find_endpoints, subnet="192.168.14.0/24")["endpoints"]] == [made]
    assert task.looks == {"listSubnets": 1}
    with pytest.raises(VpcepError, match="Is 'frontend' meant"):
        task(find_endpoints, vpc="fronted")
    assert task(find_endpoints, check=True, vpc="fronted")["endpoints"] == [] and task.warnings
    with pytest.raises(InputError, match="mutually exclusive"):
        task(find_endpoints, vpc="frontend", vpc_id=FRONTEND)


def test_filters_of_services(task: Any, service: str, cloud: Any) -> None:
    name = next(one["name"] for one in cloud.objects("vpcs") if one["id"] == cloud.spare()[0]["vpc_id"])
    found = task(find_services, vpc=name)
    assert [one["id"] for one in found["services"]] == [service] and found["resolved"][0]["name"] == name
    assert task(find_services, vpc="backend")["services"] == []
    with pytest.raises(InputError, match="vpc: services in scope public do not show this"):
        task(find_services, vpc="backend", scope="public")
    assert task(find_services, vpc="nowhere", check=True)["services"] == []


def test_names_to_show(task: Any, cloud: Any) -> None:
    names = task(lambda _options, runtime: names_of_networks(runtime.session))
    assert (names[FRONTEND], names[FRONTEND_A]) == ("frontend", "frontend-a")
    assert sum(task.looks.values()) == 2
    cloud.settings(forbidden="vpc")
    assert task(lambda _options, runtime: names_of_networks(runtime.session)) == {}
    assert task(find_services, include=["networks"]) == {"changed": False, "services": [], "networks": {}}
    cloud.settings(forbidden="")
    assert task(find_services, include=["networks"])["networks"] == names
