"""Quotas, tags in use, the token, and the checks before a task: what concerns a project as a whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import check_project
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.project import (
    find_quotas,
    find_tags,
    manage_token,
)

UUID = "4189d3c2-8882-4871-a3c2-d380272eed99"


# Quotas and tags


def test_quotas(task: Any, cloud: Any, join: Any) -> None:
    """Objects of all accounts and in all statuses count."""
    (one,) = join(account="provider")
    cloud.change("endpoints", one, status="failed")
    cloud.settings(quota_services=7)
    found = task(find_quotas)
    assert not found["changed"] and task.sent == [("GET", "listQuotas")]
    endpoints, services = sorted(found["quotas"], key=lambda quota: quota["type"])
    assert endpoints == {"type": "endpoint", "used": 1, "quota": 50}
    assert services == {"type": "endpoint_service", "used": 1, "quota": 7}
    assert task(find_quotas, type="endpoint_service")["quotas"] == [services]


def test_tags(task: Any, cloud: Any, publish: Any, join: Any) -> None:
    assert task(find_tags, resource_type="endpoint_service")["tags"] == {}
    for name, tags in (("a", {"env": "prod", "team": ""}), ("b", {"env": "dev"})):
        publish(name, tags=[{"key": key, "value": value} for key, value in tags.items()])
    found = task(find_tags, resource_type="endpoint_service")
    assert found == {"changed": False, "tags": {"env": ["dev", "prod"], "team": [""]}}
    assert task.sent == [("GET", "listProjectTags")]
    assert task(find_tags, resource_type="endpoint")["tags"] == {}


# The token


@pytest.fixture(autouse=True)
def new_process() -> Any:
    """Tokens of other tests are not at hand, nor is a revoked one kept; call it for another process."""
    token_cache.forget_memory()
    yield token_cache.forget_memory
    token_cache.forget_memory()


@pytest.fixture
def task(task: Any, tmp_path: Path) -> Any:
    """With a token cache of its own."""
    task.folder = str(tmp_path / "cache")
    return task


def asked(cloud: Any) -> list[str]:
    """What the last task asked IAM for."""
    return [entry["operation"] for entry in cloud.log(service="iam")]


def files(task: Any) -> list[str]:
    """The tokens on disk."""
    return [str(file) for file in Path(task.folder).rglob("*.json")]


def test_a_token_is_got_once(task: Any, cloud: Any, new_process: Any) -> None:
    first = task(manage_token)
    assert first["changed"] and asked(cloud) == ["createToken"] and len(files(task)) == 1
    about = {"project_id": cloud.project_id(), "domain_id": cloud.domain_id(), "region": cloud.region}
    assert about.items() <= first["token"].items() and first["token"]["api_url"] == cloud.api_url
    assert first["token"]["expires_at"] and first["token"]["issued_at"]
    new_process()
    again = task(manage_token)
    assert not again["changed"] and again["token"] == first["token"]
    assert cloud.log() == []


def test_no_result_holds_a_secret(task: Any, cloud: Any) -> None:
    held: list[str] = [cloud.account()["password"], cloud.credentials()["secret_key"]]

    def watched(options: Any, runtime: Any) -> Any:
        result = manage_token(options, runtime)
        if runtime.session.auth.token:
            held.append(runtime.session.auth.token.value)
        return result

    results = [
        task(watched),
        task(watched, check=True),
        task(watched, state="absent"),
        task(watched, api_versions=True, check_api=True),
        task(watched, **key(cloud)),
    ]
    held.append(token_of(task))
    results.append(task(watched, **ready(cloud, held[-1])))
    assert len([secret for secret in held if len(secret) > 1000]) >= 3  # tokens of the cloud are long
    for secret in held:
        assert not secret or secret not in json.dumps(results)


def test_absent_ends_the_token_and_its_file(task: Any, cloud: Any, new_process: Any) -> None:
    before = cloud.state()["tokens"]
    task(manage_token)
    assert cloud.state()["tokens"] == before + 1
    new_process()
    gone = task(manage_token, state="absent")
    assert gone == {"changed": True, "token": {}}
    assert asked(cloud) == ["revokeToken"] and files(task) == [] and cloud.state()["tokens"] == before
    assert not task(manage_token, state="absent")["changed"] and cloud.log() == []
    assert task(manage_token)["changed"]


def test_check_mode_neither_logs_in_nor_out(task: Any, cloud: Any) -> None:
    assert task(manage_token, check=True) == {"changed": True, "token": {}} and cloud.log() == []
    assert not task(manage_token, check=True, state="absent")["changed"] and cloud.log() == []
    info = task(manage_token)["token"]
    assert task(manage_token, check=True) == {"changed": False, "token": info} and cloud.log() == []
    assert task(manage_token, check=True, state="absent")["changed"] and cloud.log() == []
    assert len(files(task)) == 1


def key(cloud: Any) -> Any:
    """The options of an access key, without those of the user."""
    return {"username": None, "password": None, "user_domain_name": None, "project_name": None, **cloud.credentials()}


def test_an_access_key_needs_no_token(task: Any, cloud: Any) -> None:
    for check in (True, False):
        result = task(manage_token, check=check, **key(cloud))
        assert not result["changed"] and asked(cloud) == ["listAuthDomains"]  # whose key it is, a GET
        assert not task(manage_token, check=check, state="absent", **key(cloud))["changed"] and cloud.log() == []
    about = {"project_id": cloud.project_id(), "domain_id": cloud.domain_id(), "expires_at": None}
    assert about.items() <= result["token"].items() and files(task) == []


def token_of(task: Any, **options: Any) -> str:
    """A token that another program obtained."""

    def get(_options: Any, runtime: Any) -> str:
        runtime.session.token_info()
        return str(runtime.session.auth.token.value)

    return str(task(get, token_cache=False, **options))


def ready(cloud: Any, token: str) -> Any:
    empty = {"username": None, "password": None, "user_domain_name": None, "project_name": None}
    return {**empty, "token": token}


def test_a_token_that_was_given(task: Any, cloud: Any) -> None:
    given = ready(cloud, token_of(task))
    shown = task(manage_token, **given)
    assert not shown["changed"] and shown["token"]["project_id"] == cloud.project_id()
    assert set(asked(cloud)) == {"validateToken"}
    assert task(manage_token, check=True, state="absent", **given)["changed"] and cloud.log() == []
    assert task(manage_token, state="absent", **given)["changed"] and asked(cloud) == ["revokeToken"]
    with pytest.raises(VpcepError):
        task(manage_token, **given)


def test_asking_the_api(task: Any, cloud: Any) -> None:
    result = task(manage_token, check_api=True, api_versions=True)
    assert task.sent == [("GET", "getVersion"), ("GET", "listVersions")]
    assert [entry["path"].rstrip("/") for entry in cloud.log(service="vpcep")] == ["/v1", ""]
    assert [one["id"] for one in result["api_versions"]] == ["v1", "v2"]
    assert "api_versions" not in task(manage_token) and task.sent == []
    cloud.fault(operation="getVersion", status=200, body='{"version": {"id": "v1", "status": "DEPRECATED"}}')
    with pytest.raises(VpcepError, match=r"does not serve v1 \(status DEPRECATED\)"):
        task(manage_token, check_api=True)


# Preflight


@pytest.fixture
def preflight(task: Any) -> Any:
    """Runs the checks; returns whether they passed and, for each, its name, whether it is well, and what was seen."""

    def run(**options: Any) -> Any:
        result = task(check_project, **options)
        assert not result["changed"] and all(bool(one["advice"]) is (one["ok"] is not True) for one in result["checks"])
        return result["passed"], [(one["check"], one["ok"], one["value"]) for one in result["checks"]]

    return run


def test_nothing_is_checked_that_was_not_asked(preflight: Any, task: Any) -> None:
    assert preflight() == (True, []) and preflight(endpoints=0, vpc_ids=[]) == (True, [])
    assert task.sent == []


@pytest.mark.slow
def test_room_in_the_quota(preflight: Any, task: Any, cloud: Any, join: Any) -> None:
    join(3, account="provider")
    cloud.settings(quota_endpoints=5)
    name = "quota of type endpoint"
    assert preflight(endpoints=2) == (True, [(name, True, "3 of 5 used, 2 more wanted")])
    assert preflight(endpoints=3) == (False, [(name, False, "3 of 5 used, 3 more wanted")])
    passed, checks = preflight(endpoints=3, endpoint_services=1)
    assert not passed and [ok for _name, ok, _value in checks] == [True, False]
    assert preflight(endpoints=2, endpoint_services=1)[0] and task.sent == [("GET", "listQuotas")]
    cloud.fault(operation="listQuotas", status=200, body='{"quotas": {"resources": []}}')
    assert preflight(endpoints=1) == (True, [(name, None, "the cloud does not show it")])


@pytest.mark.parametrize("kind", ["endpoints", "services"])
def test_what_is_being_deleted_makes_room(preflight: Any, task: Any, cloud: Any, join: Any, kind: str) -> None:
    """A run that was cancelled in the middle of a replacement: the next one waits until the old one is gone."""
    (one,) = join(account="provider")
    cloud.settings(**{f"quota_{kind}": 1})
    wanted = {"endpoints": 1} if kind == "endpoints" else {"endpoint_services": 1}
    assert not preflight(**wanted)[0]
    cloud.change(kind, one if kind == "endpoints" else cloud.state()["services"][0]["id"], status="deleting")
    assert preflight(**wanted)[0] and len(task.sent) == 2


def test_ranges(preflight: Any, task: Any, cloud: Any) -> None:
    spare = cloud.spare("provider")[0]
    passed, checks = preflight(vpc_ids=[spare["vpc_id"]] * 2, subnet_ids=[spare["subnet_id"]])
    assert passed and [(name, ok) for name, ok, _value in checks] == [
        (f"range of VPC {spare['vpc_id']}", True),
        (f"range of subnet {spare['subnet_id']}", True),
    ]
    assert checks[1][2] == spare["cidr"] and task.sent == []
    assert [entry["operation"] for entry in cloud.log(service="network")] == ["getVpc", "getSubnet"]
    assert preflight(subnet_ids=[UUID]) == (False, [(f"range of subnet {UUID}", False, "not found")])


@pytest.mark.parametrize(
    ("cidr", "well"),
    [
        ("198.19.128.0/17", False),
        ("198.19.255.0/24", False),
        ("198.18.0.0/15", False),
        ("0.0.0.0/0", False),
        ("198.19.127.0/24", True),
        ("198.20.0.0/16", True),
        ("2001:db8::/32", None),
    ],
)
def test_the_reserved_range(preflight: Any, cloud: Any, cidr: str, well: Any) -> None:
    cloud.fault(service="network", status=200, body=json.dumps({"vpc": {"cidr": cidr}}))
    passed, [(_name, ok, value)] = preflight(vpc_ids=[UUID])
    assert ok is well and passed is (well is not False)
    assert (value == cidr) is (well is not None)


@pytest.mark.parametrize("fault", [{"preset": "unavailable"}, {"kind": "reset"}, {"status": 403, "body": "{}"}])
def test_without_the_network_service_nothing_is_concluded(preflight: Any, cloud: Any, fault: Any) -> None:
    cloud.fault(service="network", count=None, **fault)
    passed, [(name, ok, value)] = preflight(vpc_ids=[UUID])
    assert passed and ok is None and name == f"range of VPC {UUID}" and value.startswith("unknown: ")


@pytest.mark.slow
def test_a_service_and_who_may_connect(preflight: Any, task: Any, cloud: Any, publish: Any, allow: Any) -> None:
    service, other = publish(), cloud.domain_id("consumer")
    state, list_name = f"status of endpoint service {service}", f"whitelist of endpoint service {service}"
    about = {"endpoint_service_id": service}
    assert preflight(**about) == (True, [(state, True, "available")])
    # The service's own account may always connect; for it, the whitelist is not even read.
    assert preflight(**about, domain_ids=[cloud.domain_id()]) == (True, [(state, True, "available")])
    assert task.sent == [("GET", "getEndpointService")]
    passed, checks = preflight(**about, domain_ids=[other])
    assert not passed and checks[1] == (list_name, False, "empty")
    for record in ("iam:domain::" + other, "*"):
        allow(service, record)
        assert preflight(**about, domain_ids=[other])[0]
        assert not preflight(**about, domain_ids=[other, "aaa"])[0] or record == "*"
    cloud.change("services", service, status="failed")
    assert preflight(**about) == (False, [(state, False, "failed")])
    for passing in ("creating", "upgrading"):  # also with other connections
        cloud.fault(operation="getEndpointService", status=200, body=json.dumps({"id": service, "status": passing}))
        assert preflight(**about) == (True, [(state, True, passing)])
    with pytest.raises(ApiError):
        preflight(endpoint_service_id=UUID)


def test_organisation_paths_do_not_tell(preflight: Any, task: Any, cloud: Any, publish: Any) -> None:
    if cloud.profile == "otc":
        return
    service, path = publish(), "organizations:orgPath::o-1/*"
    body = {"action": "add", "permissions": [path], "permission_type": "orgPath"}
    task(lambda _, runtime: runtime.api.change("addOrRemovePermissions", service, body=body))
    passed, checks = preflight(endpoint_service_id=service, domain_ids=["aaa"])
    assert passed and checks[1] == (f"whitelist of endpoint service {service}", None, path)


def test_ports(preflight: Any, task: Any, cloud: Any) -> None:
    known = cloud.spare("provider")[0]["port_id"]
    passed, checks = preflight(port_ids=[known, UUID, known])
    assert not passed and [(name, ok) for name, ok, _value in checks] == [
        (f"port {known}", True),
        (f"port {UUID}", False),
    ]
    assert checks[0][2].startswith("status ACTIVE, address ") and checks[1][2] == "not found"
    assert [entry["operation"] for entry in cloud.log(service="network")] == ["getPort", "getPort"]
    cloud.fault(service="network", status=200, body='{"port": {"status": "DOWN"}}')
    seen = "status DOWN, address none, security groups none"
    assert preflight(port_ids=[UUID]) == (False, [(f"port {UUID}", False, seen)])
    cloud.fault(service="network", count=None, preset="unavailable")
    passed, [(_name, ok, value)] = preflight(port_ids=[UUID])
    assert passed and ok is None and value.startswith("unknown: ")
    assert task.sent == []


def test_names(preflight: Any, task: Any, cloud: Any) -> None:
    passed, checks = preflight(
        vpcs=["shop"],
        subnets=[{"vpc": "frontend", "subnet": "frontend-a"}, {"vpc": "frontend", "subnet": "192.168.14.0/24"}],
        backends=[{"server": "shop-1"}, {"load_balancer": "shop-lb", "vpc": "shop"}],
    )
    assert passed and [(value.split(",")[0]) for _name, _ok, value in checks] == [
        "10.30.0.0/16",
        "192.168.14.0/24",
        "status ACTIVE",
        "status ACTIVE",
    ]
    looked = ("listVpcsV3", "listSubnets", "listServers", "listLoadBalancersV3")
    assert [task.looks[name] for name in looked] == [1, 1, 1, 1] and task.sent == []


def test_wrong_names(preflight: Any, task: Any, cloud: Any) -> None:
    wrong = {
        "vpcs": ["shp"],
        "subnets": [{"vpc": "shop", "subnet": "a"}],
        "backends": [{"load_balancer": "shop-public-lb"}],
    }
    passed, checks = preflight(**wrong)
    assert not passed and checks == [
        ("VPC shp", False, "not found"),
        ("VPC shop, subnet a", False, "not found"),
        ("load balancer shop-public-lb", False, "not usable"),
    ]
    advice = [one["advice"] for one in task(check_project, **wrong)["checks"]]
    assert "Is 'shop' meant?" in advice[0] and "no private IPv4 address" in advice[2]
    passed, checks = preflight(check=True, vpcs=["new"], subnets=[{"vpc": "new", "subnet": "a"}])
    assert passed and [(ok, value) for _name, ok, value in checks] == [(None, "does not exist yet")] * 2
    cloud.settings(forbidden="vpc")
    passed, [(_name, ok, value)] = preflight(vpcs=["shop"])
    assert passed and ok is None and "vpc:vpcs:list" in value


def test_check_mode_before_the_service_exists(task: Any) -> None:
    assert task(check_project, check=True, endpoint_service_id="")["passed"] and task.sent == []
    with pytest.raises(InputError, match="endpoint_service_id"):
        task(check_project, endpoint_service_id="")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoints": -1}, "endpoints: -1 is negative"),
        ({"endpoint_services": -2}, "endpoint_services: -2 is negative"),
        ({"vpc_ids": ["a/b"]}, "vpc_ids: 'a/b' is not a UUID"),
        ({"endpoint_service_id": "a b"}, "endpoint_service_id: 'a b' is not an identifier"),
        ({"vpcs": ["x" * 65]}, "has 65 characters"),
        ({"subnets": [{"subnet": "10.0.0.0/40"}]}, "neither a name nor a range"),
        ({"backends": [{"vpc": "shop"}]}, "give one of server, load_balancer and address"),
    ],
)
def test_bad_input_sends_nothing(task: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        task(check_project, **options)
    assert message in str(caught.value) and task.sent == []
