"""ansible-rulebook runs the collection's rulebooks against the simulator."""

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT, install_checkout, login_variables, user_environment

PROGRAMS = ROOT / ".venv-eda" / "bin"
PATIENCE = 60  # seconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [] if (PROGRAMS / "ansible-rulebook").exists() else ["ansible-rulebook (make eda)"]
    missing += [] if shutil.which("java") else ["a Java runtime (tools/java.sh)"]
    for item in items:
        if missing and "owner" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=f"there is no {' and no '.join(missing)}"))


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(delay=0) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    running.reset()
    return running


def until(done: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits until *done* returns something true, and returns it."""
    end = time.monotonic() + patience
    while not (found := done()):
        assert time.monotonic() < end, f"{what}: not within {patience} s"
        time.sleep(0.2)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Owner:
    """The owner of services, whose machine runs rulebooks."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        install_checkout(folder)
        self.environment = {**user_environment(folder, PROGRAMS), **login_variables(simulator.account())}
        self.environment["ANSIBLE_LOCAL_TEMP"] = str(folder / "tmp")
        (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, rulebook: str, **variables: Any) -> None:
        source = {"requests_per_minute": 600, **variables.pop("vpcep_source", {})}
        (self.folder / "vars.yml").write_text(yaml.safe_dump({"vpcep_source": source, **variables}))
        self.run("--rulebook", rulebook, "--vars", "vars.yml")

    def run(self, *options: str) -> None:
        """Starts ansible-rulebook."""
        command = ["ansible-rulebook", "--inventory", "inventory.yml", *options]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)

    # What the cloud holds

    def services(self, number: int = 1) -> list[str]:
        """Makes services with approval for all accounts."""
        made = []
        network = self.simulator.spare()[0]
        for index in range(number):
            body = {**{name: network[name] for name in ("vpc_id", "port_id")}, "server_type": "VM"}
            body |= {"service_name": f"web{index}", "ports": [{"client_port": 443, "server_port": 8443 + index}]}
            made.append(self.call("provider", "vpc-endpoint-services", body)["id"])
            self.simulator.control("POST", f"/state/services/{made[-1]}/permissions", {"add": ["*"]})
        return made

    def join(self, service: str, account: str = "consumer") -> str:
        """Makes an endpoint of an account; it waits."""
        network = self.simulator.spare(account)[1]
        body = {"endpoint_service_id": service, **{name: network[name] for name in ("vpc_id", "subnet_id")}}
        return str(self.call(account, "vpc-endpoints", body)["id"])

    def call(self, account: str, path: str, body: dict[str, Any]) -> Any:
        if account not in self.tokens():
            self.tokens()[account] = self.log_in(account)
        url = f"{self.simulator.api_url}/v1/{self.simulator.project_id(account)}/{path}"
        return json.loads(post(url, body, {"X-Auth-Token": self.tokens()[account]})[0])

    def tokens(self) -> dict[str, str]:
        return self.__dict__.setdefault("_tokens", {})

    def log_in(self, account: str) -> str:
        login = self.simulator.account(account)
        user = {"name": login["username"], "password": login["password"], "domain": {"name": login["user_domain_name"]}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": login["project_name"]}}}}
        return str(post(f"{self.simulator.iam_url}/auth/tokens", body)[1]["X-Subject-Token"])

    def statuses(self) -> dict[str, str]:
        return {one["id"]: one["status"] for one in self.simulator.state()["endpoints"]}


def post(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[bytes, Any]:
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        return answer.read(), answer.headers


@pytest.fixture
def owner(simulator: SimulatorProcess, tmp_path: Path) -> Iterator[Owner]:
    made = Owner(simulator, tmp_path)
    yield made
    made.kill()


class Chat:
    """Takes messages by HTTP."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], str | None]] = []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                chat.messages.append((json.loads(content), self.headers["Authorization"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def chat() -> Iterator[Chat]:
    made = Chat()
    yield made
    made.server.shutdown()
