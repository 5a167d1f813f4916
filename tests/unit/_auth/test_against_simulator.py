"""The whole of it against the simulated cloud, which checks signatures, tokens and projects by itself."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, CredentialsError

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
    assert one.auth.revoke() is True
    assert open_connection(sim.agency(), home).peek_token() is None


@pytest.mark.slow
def test_the_other_cloud(home):
    with simulator.Simulator(profile="huawei") as sim:
        one = open_connection(sim.account(), home)
        services(one)
        assert (one.cloud, one.region) == ("huawei", "cn-north-4")
        services(open_connection(sim.credentials(), home))
        services(open_connection(sim.agency(), home))
        services(open_connection(sim.mfa_account(), home))
