"""The likeliest mistakes: the message of each names the cause and the remedy."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import auth as auth_module
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import diagnosis, diagnosis_objects
from tests.simulator.networks import generated
from tests.support.fake_server import Answer, FakeServer, closed_port
from tests.support.tls import make_certificate, serving

NOWHERE = "4189d3c2-8882-4871-a3c2-d380272eed01"
OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
OVERLAPPING = {"vpc_id": "c0de0000-0000-4000-8000-000000000002", "subnet_id": "c0de0000-0000-4000-8000-000000000015"}


@pytest.fixture
def join(run: Any, web: str, place: Any) -> Any:
    """Runs vpcep_endpoint for the consumer."""

    def endpoint(**options: Any) -> Any:
        return run("endpoint", account="consumer", **{"endpoint_service_id": web, **place, **options})

    return endpoint


# IDs of networks


@pytest.mark.slow
def test_neutron_subnet_id(join: Any, place: Any, shown: Any) -> None:
    given = generated(place["subnet_id"], "neutron-subnet")
    result = join(subnet_id=given)
    right = f"set subnet_id to its network ID, {place['subnet_id']}"
    shown(result, given, "Neutron subnet ID", right, code="EndPoint.4004")


def test_subnet_of_another_vpc(join: Any, cloud: Any, place: Any, shown: Any) -> None:
    other = cloud.spare("consumer")[1]
    result = join(subnet_id=other["subnet_id"])
    parts = (other["subnet_id"], f"is in VPC {other['vpc_id']}", "set vpc_id to that", place["subnet_id"])
    shown(result, *parts, code="EndPoint.2037")


def test_subnet_of_nowhere(join: Any, cloud: Any, place: Any, shown: Any) -> None:
    parts = (f"no subnet {NOWHERE}", cloud.project_id("consumer"), "region eu-de", place["subnet_id"])
    cloud.clear_log()
    shown(join(subnet_id=NOWHERE), *parts, code="EndPoint.4004")
    assert [entry["method"] for entry in cloud.log() if entry["service"] == "network"] == ["GET"]


def test_vpc_as_subnet(join: Any, place: Any, shown: Any) -> None:
    result = join(subnet_id=place["vpc_id"])
    parts = ("is the ID of a VPC", "set subnet_id to one of its subnets", place["subnet_id"])
    shown(result, *parts, code="EndPoint.4004")


def test_subnet_as_vpc(join: Any, place: Any, shown: Any) -> None:
    result = join(vpc_id=place["subnet_id"])
    shown(result, f"set vpc_id to the VPC it is in, {place['vpc_id']}", code="EndPoint.2001")


def test_vpc_of_another_project(run: Any, cloud: Any, backend: Any, shown: Any) -> None:
    result = run("service", auth=cloud.account(project="sub"), name="web", **backend)
    parts = (f"no VPC {backend['vpc_id']}", "project eu-de_sub", "region eu-de", "region and project_name")
    shown(result, *parts, code="EndPoint.2001")


def test_overlapping_range(join: Any, shown: Any) -> None:
    parts = (
        OVERLAPPING["subnet_id"],
        "198.19.200.0/24",
        "198.19.128.0/17",
        "set subnet_id to another",
        "vpcep_preflight_info",
    )
    shown(join(**OVERLAPPING), *parts, code="EndPoint.3009")


def test_route_table_for_an_interface_endpoint(join: Any, cloud: Any, place: Any, shown: Any) -> None:
    result = join(subnet_id=None, routetables=[cloud.spare("consumer")[0]["routetable_id"]])
    parts = ("interface service", "Set subnet_id, and leave routetables out", place["subnet_id"])
    shown(result, *parts, code="EndPoint.2010")


def test_route_table_of_another_vpc(join: Any, cloud: Any, place: Any, shown: Any) -> None:
    own, other = (cloud.spare("consumer")[number]["routetable_id"] for number in (0, 1))
    result = join(endpoint_service_id=OBS, subnet_id=None, routetables=[other])
    parts = (f"VPC {place['vpc_id']} has no route table {other}", own, "routetables")
    shown(result, *parts, code="EndPoint.4030")


def test_address_taken(join: Any, cloud: Any, shown: Any) -> None:
    network = cloud.spare("consumer")[0]
    address = network["cidr"].rsplit(".", 1)[0] + ".77"
    holder = join(port_ip=address)["endpoint"]["id"]
    other = join(port_ip=address, endpoint_service_id=public(cloud, "dns"))
    parts = (address, f"endpoint {holder}", "set port_ip to a free address")
    shown(other, *parts, code="EndPoint.2042")


def public(cloud: Any, word: str) -> str:
    return str(next(one["id"] for one in cloud.world.public_services if one["name"].endswith(word)))


# IDs of backends


def test_port_of_another_vpc(run: Any, cloud: Any, backend: Any, shown: Any) -> None:
    other = cloud.spare("provider")[1]
    result = run("service", name="web", **{**backend, "vpc_id": other["vpc_id"]})
    parts = (backend["port_id"], f"is in VPC {backend['vpc_id']}", f"not in {other['vpc_id']}", "set vpc_id")
    shown(result, *parts, code="EndPoint.3042")


def test_address_as_port(run: Any, backend: Any, shown: Any) -> None:
    result = run("service", name="web", **{**backend, "port_id": "10.10.1.10"})
    shown(result, "port_id: '10.10.1.10'", "looks like an IP address", "the ID of the network port")


def test_server_as_port(run: Any, backend: Any, shown: Any) -> None:
    server = generated(backend["port_id"], "device")
    result = run("service", name="web", **{**backend, "port_id": server})
    parts = (server, "the ID of a server", f"set port_id to the ID of its port, {backend['port_id']}")
    shown(result, *parts, code="EndPoint.3003")


def test_security_group_as_port(run: Any, backend: Any, shown: Any) -> None:
    group = generated(backend["vpc_id"], "security group")
    result = run("service", name="web", **{**backend, "port_id": group})
    shown(result, group, "is the ID of a security group", "set port_id", code="EndPoint.3003")


def test_port_of_nowhere(run: Any, cloud: Any, backend: Any, shown: Any) -> None:
    result = run("service", name="web", **{**backend, "port_id": NOWHERE})
    parts = (f"no port {NOWHERE}", cloud.project_id(), "region eu-de", "set port_id")
    shown(result, *parts, code="EndPoint.3003")


# Services


def test_service_of_another_region(join: Any, shown: Any) -> None:
    result = join(endpoint_service_id=NOWHERE)
    parts = (NOWHERE, "Region eu-de has no endpoint service", "their own region only", "endpoint_service_id")
    shown(result, *parts, code="EndPoint.2003")


def test_endpoint_as_service(join: Any, web: str, shown: Any) -> None:
    endpoint = join()["endpoint"]["id"]
    result = join(endpoint_service_id=endpoint)
    parts = (endpoint, "is the ID of an endpoint", f"set endpoint_service_id to that of its service, {web}")
    shown(result, *parts, code="EndPoint.2003")


def test_short_name_of_another_account(join: Any, shown: Any) -> None:
    result = join(endpoint_service_id=None, endpoint_service_name="web")
    shown(result, "'web'", "full name (region.name.id)", "ask its owner")


def test_name_as_service_id(join: Any, shown: Any) -> None:
    result = join(endpoint_service_id="eu-de.web")
    shown(result, "endpoint_service_id: 'eu-de.web'", "use endpoint_service_name")


def test_name_too_long(run: Any, backend: Any, shown: Any) -> None:
    result = run("service", name="orders-production", **backend)
    shown(result, "name ('orders-production') has 17 characters", "limit is 16")


def test_port_mapping_taken(run: Any, web: str, backend: Any, shown: Any) -> None:
    result = run("service", name="other", **backend)
    parts = (f"service web ({web})", "port 8443", backend["port_id"], "another server_port")
    shown(result, *parts, code="EndPoint.3044")


def test_in_use(run: Any, join: Any, cloud: Any, web: str, shown: Any) -> None:
    endpoint = join()["endpoint"]["id"]
    result = run("service", id=web, state="absent")
    parts = (web, "is in use", endpoint, cloud.domain_id("consumer"), "Delete these endpoints first", "force")
    shown(result, *parts)


def test_quota(join: Any, cloud: Any, place: Any, shown: Any) -> None:
    cloud.settings(quota_endpoints=1)
    join()
    other = cloud.spare("consumer")[1]
    result = join(vpc_id=other["vpc_id"], subnet_id=other["subnet_id"])
    shown(result, "1 of 1 endpoints are used", "delete what is not needed", "larger quota", code="Endpoint.1018")


# Whitelist and approval


@pytest.mark.slow
@pytest.mark.parametrize("admitted", ["nobody", "its project"])
def test_not_on_the_whitelist(run: Any, join: Any, cloud: Any, web: str, shown: Any, admitted: str) -> None:
    records = [] if admitted == "nobody" else [cloud.project_id("consumer")]
    run.ok("service", id=web, permissions=records)
    account, project = cloud.domain_id("consumer"), cloud.project_id("consumer")
    parts = (f"This account is {account}", "permissions", "vpcep_permission", f"{project} is the project's")
    shown(join(), *parts, code="EndPoint.2012")


@pytest.mark.slow
def test_approval_pending(run: Any, join: Any, web: str, shown: Any) -> None:
    run.ok("service", id=web, approval_enabled=True)
    result = join(wait_for_acceptance=True, wait_timeout=1)
    parts = ("pendingAcceptance", "owner has to accept it, with vpcep_connection", "wait_timeout")
    shown(result, *parts)


def test_address_before_the_approval(run: Any, join: Any, web: str, shown: Any) -> None:
    run.ok("service", id=web, approval_enabled=True)
    result = join()
    assert not result.get("failed") and "ip" not in result["endpoint"]
    (warning,) = result["warned"]
    endpoint = result["endpoint"]["id"]
    parts = (endpoint, "no ip yet", web, "accept it first", "wait_for_acceptance")
    shown.text(warning, *parts)


def test_ipv6_in_the_whitelist(join: Any, shown: Any) -> None:
    result = join(whitelist=["2001:db8::/32"], enable_whitelist=True)
    shown(result, "whitelist: '2001:db8::/32'", "is not an IPv4 address or CIDR block", "IPv6")


def test_tag_invalid(join: Any, shown: Any) -> None:
    result = join(tags={"cost centre": "a&b"})
    shown(result, "tags['cost centre']", "'a&b'", "other than letters, digits")


# Login


@pytest.fixture
def account(cloud: Any) -> Any:
    """The consumer's login with changes; None leaves out."""

    def login(**changes: Any) -> dict[str, Any]:
        merged = {**cloud.account("consumer"), **changes}
        return {name: value for name, value in merged.items() if value is not None}

    return login


@pytest.fixture
def look(run: Any, tmp_path: Path) -> Any:
    """Runs a module that only reads, without the tokens of other tests."""
    return lambda auth, **options: run("endpoint_info", auth=auth, **{"token_cache_dir": str(tmp_path), **options})


def test_wrong_password(look: Any, account: Any, shown: Any) -> None:
    result = look(account(password="not-the-right-one"))
    assert "not-the-right-one" not in str(result)
    parts = ("user consumer-user of account OTC00000000001000000002", "password", "user_domain_name", "not tried again")
    shown(result, *parts)


def test_no_passcode(look: Any, cloud: Any, shown: Any) -> None:
    auth = cloud.mfa_account()
    del auth["passcode"]
    parts = (f"user {auth['user_id']} with this password", "(MFA) needs a passcode, too", "not tried again")
    shown(look(auth), *parts)


def test_wrong_password_beside_a_passcode(look: Any, cloud: Any) -> None:
    result = look({**cloud.mfa_account(), "password": "not-the-right-one"})
    assert "the passcode that the MFA device shows now" in str(result)


def test_a_project_is_not_said_to_be_in_an_account_that_is_not_known(look: Any, cloud: Any) -> None:
    result = look({**cloud.mfa_account(), "project_name": "eu-de_production"})
    assert "no project eu-de_production in the account of user" in str(result)


def test_with_an_agency_the_other_accounts_project_is_not_blamed() -> None:
    given = SimpleNamespace(agency_name="network-team", auth_url="https://iam.example/v3")
    assert diagnosis.unknown_project(SimpleNamespace(credentials=given), {}, None) is None


def test_an_account_that_cannot_be_learnt_is_not_named() -> None:
    assert diagnosis_objects.not_admitted(SimpleNamespace(session=SimpleNamespace(domain_id=None)), {}, None) is None


def test_user_locked(look: Any, account: Any, cloud: Any, shown: Any) -> None:
    cloud.settings(lock_user_after=1)
    look(account(password="not-the-right-one"))
    shown(look(account()), "Account locked", "Wait for", "prolongs the lock", code="IAM.0061")


def test_no_account(look: Any, account: Any, shown: Any) -> None:
    shown(
        look(account(user_domain_name=None)),
        "user_domain_name (the name of the account) missing",
        "OS_USER_DOMAIN_NAME",
    )


def test_wrong_account(look: Any, account: Any, shown: Any) -> None:
    result = look(account(user_domain_name="OTC00000000001000000001"))
    shown(result, "user consumer-user of account OTC00000000001000000001", "the name of the account")


def test_no_credentials(look: Any, shown: Any) -> None:
    shown(look({}), "a password, a token, or an access key", "OS_PASSWORD", "cloud (or OS_CLOUD)")


def test_wrong_project(look: Any, account: Any, shown: Any) -> None:
    result = look(account(project_name="eu-de_production"))
    shown(result, "no project eu-de_production", "set project_name", "My Credentials")


def test_wrong_region(look: Any, account: Any, shown: Any) -> None:
    result = look(account(project_name=None, region="eu-nl"))
    shown(result, "no project eu-nl", "set region", "Each region has projects of its own")


def test_region_with_a_typing_error(look: Any, account: Any, monkeypatch: Any, shown: Any) -> None:
    def resolve(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    result = look(account(auth_url=None, project_name=None, region="eu-dd"))
    shown(result, "Region eu-dd is not known", "eu-de", "check region")


def test_token_expired(look: Any, account: Any, cloud: Any, token: str, shown: Any) -> None:
    cloud.control("POST", "/tokens/revoke", {})
    auth = {"auth_url": cloud.iam_url, "region": "eu-de", "token": token}
    shown(look(auth), "not valid any more", "give a new one")


@pytest.fixture
def token(cloud: Any) -> Any:
    """A token of the consumer's, and nothing of it in other tests."""
    server = cloud.server.simulation.identity
    owner = cloud.server.simulation.world.accounts["consumer"]
    return server.issue(owner, owner.main, "project").text


def test_token_of_another_project(look: Any, cloud: Any, token: str, shown: Any) -> None:
    other, own = cloud.project_id("consumer", "sub"), cloud.project_id("consumer")
    auth = {"auth_url": cloud.iam_url, "region": "eu-de", "token": token, "project_id": other}
    parts = (f"token is of project eu-de ({own})", f"project_id is {other}", "leave project_id out")
    shown(look(auth), *parts, code="EndPoint.0014")


# Access keys


def test_key_without_project(look: Any, cloud: Any, shown: Any) -> None:
    keys = {name: cloud.credentials("consumer")[name] for name in ("access_key", "secret_key", "auth_url")}
    shown(look(keys), "project_id (or project_name or region", "missing", "OS_PROJECT_ID")


def test_wrong_secret_key(look: Any, cloud: Any, shown: Any) -> None:
    keys = {**cloud.credentials("consumer"), "secret_key": "something-else-entirely"}
    result = look(keys)
    assert "something-else-entirely" not in str(result)
    shown(result, "secret_key is the one that came with access_key", "security_token", code="APIGW.0301")


def test_temporary_key_without_its_token(look: Any, cloud: Any, shown: Any) -> None:
    keys = cloud.credentials("consumer", temporary=True)
    del keys["security_token"]
    shown(look(keys), "A temporary key needs security_token", code="APIGW.0301")


def test_temporary_key_that_has_expired(look: Any, cloud: Any, shown: Any) -> None:
    keys = cloud.credentials("consumer", temporary=True, lifetime=-1)
    shown(look(keys), "has expired", "Get a new one", "security_token", code="APIGW.0301")


def test_clock_off(look: Any, cloud: Any, monkeypatch: Any, shown: Any) -> None:
    """It works all the same: the cloud's clock is used."""
    monkeypatch.setattr(auth_module, "time", SimpleNamespace(time=lambda: time.time() + 3600))
    result = look(cloud.credentials("consumer"))
    assert not result.get("failed")
    shown.text(result["warned"][0], "clock is about 60 minutes ahead", "by the cloud's clock", "Correct it")


# Addresses, proxies, certificates


def test_http_instead_of_https(look: Any, account: Any, shown: Any) -> None:
    result = look(account(auth_url="http://iam.eu-de.otc.t-systems.com"))
    shown(result, "would be sent unencrypted", "Give an address with https")


def test_redirect(look: Any, account: Any) -> None:
    with FakeServer() as server:
        server.react = lambda seen: Answer(301, None, {"Location": "https://iam.eu-de.otc.t-systems.com" + seen.path})
        result = look(account(auth_url=server.url))
    assert "redirects to https://iam.eu-de.otc.t-systems.com" in result["msg"]
    assert "with https instead of http" in result["msg"]


def test_auth_url_with_another_path(look: Any, account: Any, cloud: Any, shown: Any) -> None:
    root = cloud.iam_url.removesuffix("/v3")
    result = look(account(auth_url=root + "/identity"))
    shown(result, f"set it to {root}/v3")


@pytest.mark.parametrize("ending", ["", "/", "/v3", "/v3/", "/v3/auth/tokens"])
def test_auth_url_with_or_without_version(look: Any, account: Any, cloud: Any, ending: str) -> None:
    """No mistake at all."""
    assert not look(account(auth_url=cloud.iam_url.removesuffix("/v3") + ending)).get("failed")


def test_api_url_with_a_path(look: Any, account: Any, cloud: Any, shown: Any) -> None:
    result = look(account(api_url=cloud.api_url + "/vpcep"))
    shown(result, "leave /vpcep away", f"set it to {cloud.api_url}", code="APIGW.0101")


def test_nothing_answers(look: Any, account: Any, shown: Any) -> None:
    result = look(account(auth_url=f"https://127.0.0.1:{closed_port()}"))
    shown(result, "refused", "Nothing answers at this address", "auth_url", "firewall")


@contextmanager
def proxy(answer: bytes) -> Iterator[str]:
    """A proxy that answers each request for a tunnel in the same way; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _address = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(answer)

        Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_proxy_wants_a_password(look: Any, account: Any, monkeypatch: Any, shown: Any) -> None:
    with proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as place:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{place}")
        result = look(account(auth_url="https://iam.eu-de.otc.t-systems.com"))
    shown(result, "407", "HTTPS_PROXY", "http://user:password@host:port")


def test_proxy_answers_itself(look: Any, account: Any, monkeypatch: Any, shown: Any) -> None:
    with FakeServer() as server:
        page = b"<html><head><title>Access denied</title></head><body>Category: cloud</body></html>"
        server.react = lambda seen: Answer(403, page, {"Content-Type": "text/html"})
        monkeypatch.setenv("HTTP_PROXY", server.url)
        result = look(account(auth_url="http://iam.example", allow_http=True))
    shown(result, "Access denied", "A web page came", "HTTPS_PROXY and NO_PROXY")


def test_proxy_is_not_there(look: Any, account: Any, monkeypatch: Any, shown: Any) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    result = look(account(auth_url="https://iam.eu-de.otc.t-systems.com"))
    shown(result, "The proxy itself cannot be reached", "HTTPS_PROXY", "NO_PROXY")


def test_certificate_of_a_private_authority(look: Any, account: Any, tmp_path: Path, shown: Any) -> None:
    with serving(make_certificate(tmp_path)) as url:
        result = look(account(auth_url=url))
    shown(result, "certificate", "set ca_path (or OS_CACERT)")


def test_tls_where_there_is_none(look: Any, account: Any, cloud: Any, shown: Any) -> None:
    result = look(account(auth_url=cloud.iam_url.replace("http:", "https:")))
    shown(result, "does not speak TLS", "https or http")


# What the messages have in common


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403, "code": "EndPoint.0004"},
        {"status": 404, "body": '{"NeutronError": {"type": "HTTPNotFound", "message": "no resource"}}'},
        {"status": 404, "body": '{"message": "no Route matched"}'},
        {"status": 200, "body": '{"subnets": []}'},  # what a caller without the right gets
    ],
)
def test_a_look_that_fails_leaves_the_error_alone(join: Any, cloud: Any, answer: Any) -> None:
    cloud.fault(service="network", count=None, **answer)
    result = join(subnet_id=NOWHERE)
    assert result["error"]["code"] == "EndPoint.4004" and "network ID" in result["error"]["hint"]


@pytest.mark.slow
def test_a_fleet_looks_once_for_all(run: Any, cloud: Any, web: str) -> None:
    networks = cloud.spare("consumer")[:6]
    wrong = [{"vpc_id": one["vpc_id"], "subnet_id": generated(one["subnet_id"], "neutron-subnet")} for one in networks]
    cloud.clear_log()
    result = run("endpoints", account="consumer", endpoint_service_id=web, endpoints=wrong)
    assert [one["operation"] for one in cloud.log(service="network")] == ["listSubnets"]
    for one, outcome in zip(networks, result["outcomes"], strict=True):
        assert f"set subnet_id to its network ID, {one['subnet_id']}" in outcome["msg"]


@pytest.mark.slow
def test_looks_of_a_fleet_come_to_an_end(run: Any, cloud: Any) -> None:
    places = [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in cloud.spare("consumer")[:12]]
    wrong = [{**place, "endpoint_service_id": generated("service", number)} for number, place in enumerate(places)]
    cloud.clear_log()
    result = run("endpoints", account="consumer", endpoints=wrong)
    assert result["msg"].startswith("12 of 12 endpoints failed.")
    assert len(cloud.log(operation="getEndpoint")) == 8
    assert all(one["error"]["code"] == "EndPoint.2003" for one in result["outcomes"])
