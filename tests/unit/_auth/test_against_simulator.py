"""The whole of it against the simulated cloud, which checks signatures, tokens and projects by itself."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    CredentialsError,
)

simulator = pytest.importorskip("tests.simulator.handle", reason="needs the simulator")


@pytest.fixture(scope="module")
def running():
    with simulator.Simulator() as sim:
        yield sim


@pytest.fixture
def sim(running):
    running.reset()
    yield running
    assert running.defects() == []


def open_connection(options, home, **more):
    return connect({**options, **more}, home, sleep=lambda seconds: None)


def services(connection):
    return connection.request(
        "GET", "vpc-endpoint-services", operation="list services", kind="read", params={"limit": 10}
    )


def create(connection, sim):
    spare = sim.spare()[0]
    body = {
        "port_id": spare["port_id"],
        "vpc_id": spare["vpc_id"],
        "server_type": "VM",
        "ports": [{"client_port": 80, "server_port": 80, "protocol": "TCP"}],
    }
    return connection.request(
        "POST", "vpc-endpoint-services", operation="create endpoint service", kind="create", json=body, addressed=False
    )


@pytest.mark.slow
def test_password_and_project_name(sim, home):
    one = open_connection(sim.account(), home)
    assert services(one)["total_count"] == 0
    assert create(one, sim)["id"]
    assert (one.api_url, one.project_id, one.domain_id) == (sim.api_url, sim.project_id(), sim.domain_id())
    assert (one.region, one.cloud) == (sim.region, "otc")


@pytest.mark.parametrize("project", ["main", "sub"])
def test_password_and_project_id(sim, home, project):
    options = {**sim.account(), "project_name": None, "project_id": sim.project_id(project=project)}
    one = open_connection(options, home)
    services(one)
    assert one.http[-1]["path"].startswith(f"/v1/{sim.project_id(project=project)}/")


@pytest.mark.parametrize("temporary", [False, True])
def test_access_keys_sign_so_that_the_cloud_agrees(sim, home, temporary):
    one = open_connection(sim.credentials(temporary=temporary), home)
    create(one, sim)
    assert services(one)["total_count"] == 1
    assert one.domain_id == sim.domain_id()


def test_the_project_of_an_access_key_by_name(sim, home):
    options = {**sim.credentials(), "project_id": None, "project_name": sim.region}
    one = open_connection(options, home)
    services(one)
    assert one.project_id == sim.project_id()


def token_of(sim, home):
    one = open_connection(sim.account(), home, token_cache=False)
    one.token_info()
    return one.auth.token.value


def test_a_ready_token(sim, home):
    token = token_of(sim, home)
    sim.clear_log()
    one = open_connection({"token": token, "auth_url": sim.iam_url}, home)
    services(one)
    assert (one.api_url, one.project_id, one.domain_id) == (sim.api_url, sim.project_id(), sim.domain_id())
    one = open_connection({"token": token, "api_url": f"{sim.api_url}/v1/{sim.project_id()}"}, home)
    services(one)
    assert [entry["operation"] for entry in sim.log(service="iam")] == ["validateToken"]
    sim.revoke_tokens()
    with pytest.raises(ApiError) as caught:
        services(one)
    assert "The token given was refused" in str(caught.value)


@pytest.mark.slow
def test_a_user_with_login_protection(sim, home, new_process):
    options = sim.mfa_account()
    one = open_connection(options, home)
    services(one)
    assert one.project_id == sim.project_id()
    new_process()
    services(open_connection(options, home))
    assert len(sim.log(operation="createToken")) == 1
    sim.revoke_tokens()
    with pytest.raises(CredentialsError):
        services(one)
    services(open_connection(sim.mfa_account(), home))
    assert [entry["status"] for entry in sim.log(operation="createToken")] == [201, 201]


def test_a_passcode_by_the_name_of_the_user(sim, home):
    user = sim.world.accounts["provider"].mfa_user
    passcode = sim.mfa_account()["passcode"]
    services(open_connection(sim.account(), home, username=user.name, password=user.password, passcode=passcode))


def test_a_passcode_that_somebody_else_has_used(sim, home):
    options = sim.mfa_account()
    services(open_connection(options, home, token_cache=False))
    with pytest.raises(ApiError) as caught:
        services(open_connection(options, {**home, "XDG_CACHE_HOME": home["HOME"]}))
    assert options["passcode"] not in str(caught.value)


@pytest.mark.slow
def test_an_agency(sim, home, new_process):
    """What is made is in the other account, and the own one is not touched."""
    one = open_connection(sim.agency(), home)
    assert services(one)["total_count"] == 0
    assert (one.project_id, one.domain_id) == (sim.project_id("consumer"), sim.domain_id("consumer"))
    assert (one.api_url, one.region) == (sim.api_url, sim.region)
    create(open_connection(sim.account(), home), sim)
    assert services(one)["total_count"] == 0
    new_process()
    services(open_connection(sim.agency(), home))
    assert len(sim.log(operation="createToken")) == 3
    sim.revoke_tokens("consumer")
    services(one)
    assert len(sim.log(operation="createToken")) == 5
    assert one.revoke_token() is True
    assert open_connection(sim.agency(), home).peek_token() is None


def test_an_agency_with_a_ready_token(sim, home):
    options = {name: sim.agency()[name] for name in ("auth_url", "agency_name", "agency_domain_name", "project_name")}
    services(open_connection({**options, "token": token_of(sim, home)}, home))
    assert [entry["account"] for entry in sim.log(service="vpcep")] == ["consumer"]


def test_an_agency_that_is_for_somebody_else(sim, home):
    with pytest.raises(ApiError) as caught:
        services(open_connection({**sim.agency(), "agency_name": "no-such"}, home))
    assert "Check agency_name, agency_domain_name" in str(caught.value)
    assert len(sim.log(operation="createToken")) == 2


@pytest.mark.slow
def test_the_other_cloud(home):
    with simulator.Simulator(profile="huawei") as sim:
        one = open_connection(sim.account(), home)
        services(one)
        assert (one.cloud, one.region) == ("huawei", "cn-north-4")
        services(open_connection(sim.credentials(), home))
        services(open_connection(sim.agency(), home))
        services(open_connection(sim.mfa_account(), home))
