"""Faults, switches, the log and the rest of the control API; also the simulator as a process."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.simulator import SimulatorProcess
from tests.simulator.__main__ import main, parser, start_daemon, stop

SERVICES, ENDPOINTS = "/vpc-endpoint-services", "/vpc-endpoints"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"preset": "throttle"}, 400, "EndPoint.0022"),
        ({"preset": "throttle_gateway"}, 429, "APIGW.0308"),
        ({"preset": "server_error"}, 500, "EndPoint.0001"),
        ({"preset": "timeout"}, 504, "EndPoint.0013"),
        ({"code": "EndPoint.4001", "status": 418}, 418, "EndPoint.4001"),
        ({"code": "Other.1", "status": 499}, 499, "Other.1"),
    ],
)
def test_ordered_answers(otc: Any, order: Any, status: int, code: str) -> None:
    otc.provider.login()
    otc.sim.fault(**order, headers={"Retry-After": "7"})
    reply = otc.provider("GET", ENDPOINTS)
    assert (reply.status, reply.body["error_code"]) == (status, code)
    assert reply.headers["Retry-After"] == "7"
    assert reply.headers["X-Request-Id"]
    assert otc.provider("GET", ENDPOINTS).status == 200


def test_html_answers(otc: Any) -> None:
    otc.provider.login()
    otc.sim.fault("bad_gateway")
    answer = requests.get(otc.provider.url(ENDPOINTS), headers={"X-Auth-Token": otc.provider.token}, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")
    otc.sim.fault(status=503)
    answer = requests.get(otc.provider.url(ENDPOINTS), headers={"X-Auth-Token": otc.provider.token}, timeout=5)
    assert (answer.status_code, answer.content) == (503, b"")


def test_faults_of_iam_have_its_form(otc: Any) -> None:
    otc.sim.fault(service="iam", code="IAM.0006", message="Oh.")
    reply = otc.provider.raw("POST", otc.sim.iam_url + "/auth/tokens", json=otc.provider.auth())
    assert (reply.status, reply.body["error"]["message"]) == (500, "Oh.")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("truncate", requests.exceptions.ChunkedEncodingError), ("not_json", requests.exceptions.JSONDecodeError)],
)
def test_spoilt_answers(otc: Any, kind: str, error: Any) -> None:
    otc.provider.login()
    otc.sim.fault(kind=kind)
    with pytest.raises(error):
        otc.provider("POST", SERVICES, otc.provider.service_body())
    assert len(otc.sim.state()["services"]) == 1


def test_revoking_while_polling(otc: Any) -> None:
    otc.provider.login()
    otc.sim.fault("token_revoked", operation="listEndpoints", nth=2)
    assert [otc.provider("GET", ENDPOINTS).status for _unused in range(3)] == [200, 401, 401]
    otc.provider.login()
    assert otc.provider("GET", ENDPOINTS).status == 200


@pytest.mark.parametrize(
    ("match", "statuses"),
    [
        ({}, [500, 200, 200]),
        ({"count": 2}, [500, 500, 200]),
        ({"count": None}, [500, 500, 500]),
        ({"nth": 3}, [200, 200, 500]),
        ({"nth": 2, "count": None}, [200, 500, 500]),
        ({"method": "GET"}, [500, 200, 200]),
        ({"method": "POST"}, [200, 200, 200]),
        ({"path": "/quotas$"}, [200, 500, 200]),
        ({"operation": "listEndpoints", "count": None}, [500, 200, 500]),
        ({"account": "provider"}, [500, 200, 200]),
        ({"account": "consumer"}, [200, 200, 200]),
        ({"service": "vpcep"}, [500, 200, 200]),
        ({"service": "network"}, [200, 200, 200]),
        ({"service": "any"}, [500, 200, 200]),
    ],
)
def test_which_requests_are_hit(otc: Any, match: Any, statuses: list[int]) -> None:
    otc.provider.login()
    otc.sim.fault(status=500, **match)
    assert [otc.provider("GET", path).status for path in (ENDPOINTS, "/quotas", ENDPOINTS)] == statuses


def test_faults_are_listed_and_cleared(otc: Any) -> None:
    first, second = otc.sim.fault("throttle"), otc.sim.fault("throttle")
    otc.sim.control("DELETE", f"/faults?id={first}")
    assert [fault["id"] for fault in otc.sim.faults()] == [second]
    otc.provider("GET", ENDPOINTS)
    otc.sim.clear_faults()
    assert otc.sim.faults() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"preset": "nonsense"}),
        ("/faults", {"kind": "nonsense"}),
        ("/faults", {"kind": "answer"}),
        ("/faults", {"status": 500, "path": "("}),
        ("/faults", {"status": 500, "nonsense": 1}),
        ("/settings", {"nonsense": 1}),
        ("/settings", {"delay": "long"}),
        ("/settings", {"delay": -1}),
        ("/settings", {"accept_any_id": 1}),
        ("/nonsense", {}),
    ],
)
def test_bad_control_calls(otc: Any, path: str, body: Any) -> None:
    with pytest.raises(RuntimeError, match=r"control POST"):
        otc.sim.control("POST", path, body)


@pytest.mark.slow
def test_reset(otc: Any) -> None:
    otc.provider.endpoint(otc.provider.service()["id"])
    otc.sim.settings(delay=5, strict_tags=True)
    otc.sim.fault("throttle")
    otc.sim.advance(50)
    otc.sim.reset(keep_tokens=True)
    assert otc.provider.ok("GET", ENDPOINTS)["total_count"] == 0
    info = otc.sim.info()
    assert (info["settings"]["endpoint_create_delay"], info["settings"]["strict_tags"]) == (0, False)
    assert len(otc.sim.log()) == 1
    otc.sim.reset()
    otc.provider.refused("APIGW.0301", "GET", ENDPOINTS)


# As a process


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulator", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.slow
def test_the_process_has_the_same_handle() -> None:
    with SimulatorProcess("huawei", delay=2, quota_endpoints=3) as sim:
        assert sim.info()["settings"]["quota_endpoints"] == 3
        assert sim.info()["settings"]["service_create_delay"] == 2
        assert sim.account("consumer")["auth_url"] == sim.iam_url
        sim.advance(1)
        process = sim.process
    assert process is not None
    assert process.returncode == 0


@pytest.mark.slow
def test_daemon(tmp_path: Path) -> None:
    env_file, vars_file, pid_file = tmp_path / "sim.env", tmp_path / "vars.yml", tmp_path / "sim.pid"
    clouds_file = tmp_path / "clouds.yaml"
    files = ["--env-file", env_file, "--vars-file", vars_file, "--clouds-file", clouds_file, "--pid-file", pid_file]
    started = run("--daemon", "--account", "consumer", *files)
    try:
        assert started.returncode == 0, started.stderr
        assert "pa55word" not in started.stdout + started.stderr
        for file in (env_file, vars_file, clouds_file):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        exported = dict(line.removeprefix("export ").split("=", 1) for line in env_file.read_text().splitlines())
        names = {"AUTH_URL", "USERNAME", "PASSWORD", "USER_DOMAIN_NAME", "PROJECT_NAME", "REGION_NAME"}
        assert set(exported) == {f"OS_{name}" for name in names} | {"VPCEP_SIMULATOR", "OS_CLIENT_CONFIG_FILE"}
        assert exported["OS_USERNAME"] == "consumer-user"
        variables = yaml.safe_load(vars_file.read_text())
        assert variables["vpcep_auth_url"] == exported["OS_AUTH_URL"]
        assert exported["OS_CLIENT_CONFIG_FILE"] == str(clouds_file)
        clouds = yaml.safe_load(clouds_file.read_text())["clouds"]
        assert set(clouds) == {"provider", "consumer", "keys", "customer-by-agency"}
        assert {cloud["auth"]["auth_url"] for cloud in clouds.values()} == {exported["OS_AUTH_URL"]}
        assert clouds["consumer"]["auth"]["username"] == variables["vpcep_consumer_username"]
        assert clouds["customer-by-agency"]["auth"]["username"] == variables["vpcep_username"]
        assert clouds["keys"]["vpcep_endpoint_override"] + "/_control" == exported["VPCEP_SIMULATOR"]
        info = requests.get(exported["VPCEP_SIMULATOR"] + "/info", timeout=5).json()
        assert info["settings"]["service_create_delay"] == 3
        assert start_daemon(parser().parse_args(["--pid-file", str(pid_file)])) == 1
    finally:
        assert stop(pid_file) == 0
    assert not pid_file.exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(exported["VPCEP_SIMULATOR"] + "/info", timeout=5)
    assert stop(pid_file) == 0


@pytest.mark.slow
def test_a_port_that_is_taken(otc: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "--port", otc.sim.api_url.rsplit(":", 1)[1]])
    assert main() == 1
    assert "address already in use" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["simulator", "--set", "nonsense=1"])
    assert main() == 2
    assert "unknown setting nonsense" in capsys.readouterr().err


@pytest.mark.slow
def test_output_in_the_foreground() -> None:
    command = [sys.executable, "-m", "tests.simulator"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stdout is not None
    lines = [process.stdout.readline() for _unused in range(8)]
    process.terminate()
    assert process.wait(10) == 0
    assert [line.split()[0] for line in lines] == ["export"] * 7 + ["#"]
    assert json.dumps(lines).count("pa55word") == 1
