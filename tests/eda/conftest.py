"""ansible-rulebook runs the collection's rulebooks against the simulator."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT, Controller
from tests.support.fake_server import FakeServer
from tests.support.simulators import in_a_process, simulator

__all__ = ["simulator"]

PROGRAMS = ROOT / ".venv-eda" / "bin"
PATIENCE = 300  # seconds, also on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [] if (PROGRAMS / "ansible-rulebook").exists() else ["ansible-rulebook (make eda)"]
    missing += [] if shutil.which("java") else ["a Java runtime (tools/java.sh)"]
    for item in items:
        if missing and "owner" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=f"there is no {' and no '.join(missing)}"))


running = in_a_process(delay=0)


def until(done: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits until *done* returns something true, and returns it."""
    end = time.monotonic() + patience
    while not (found := done()):
        assert time.monotonic() < end, f"{what}: not within {patience} s"
        time.sleep(0.2)
    return found


class Owner(Controller):
    """The owner of services, whose machine runs rulebooks."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        super().__init__(folder, PROGRAMS, simulator)
        self.apis = {
            account: VpcepApi(connect({**simulator.account(account), "token_cache": False}, environ={}))
            for account in ("provider", "consumer")
        }
        self.set_up()
        self.environment["ANSIBLE_LOCAL_TEMP"] = str(folder / "tmp")
        (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        self.process: subprocess.Popen[str] | None = None

    def watch(self, rulebook: str, **variables: Any) -> None:
        source = {"requests_per_minute": 600, **variables.pop("vpcep_source", {})}
        (self.folder / "vars.yml").write_text(yaml.safe_dump({"vpcep_source": source, **variables}))
        self.rulebook("--rulebook", rulebook, "--vars", "vars.yml")

    def rulebook(self, *options: str) -> None:
        """Starts ansible-rulebook."""
        with open(self.folder / "log", "ab") as log:
            self.process = self.start("ansible-rulebook", "--inventory", "inventory.yml", *options, output=log)

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
            made.append(self.apis["provider"].create_service(body)["id"])
            self.simulator.control("POST", f"/state/services/{made[-1]}/permissions", {"add": ["*"]})
        return made

    def join(self, service: str, account: str = "consumer") -> str:
        """Makes an endpoint of an account; it waits."""
        network = self.simulator.spare(account)[1]
        body = {"endpoint_service_id": service, **{name: network[name] for name in ("vpc_id", "subnet_id")}}
        return str(self.apis[account].create_endpoint(body)["id"])

    def statuses(self) -> dict[str, str]:
        return {one["id"]: one["status"] for one in self.simulator.state()["endpoints"]}


@pytest.fixture
def owner(simulator: SimulatorProcess, tmp_path: Path) -> Iterator[Owner]:
    made = Owner(simulator, tmp_path)
    yield made
    made.kill()


class Chat(FakeServer):
    """Takes messages by HTTP."""

    @property
    def messages(self) -> list[tuple[dict[str, Any], str | None]]:
        return [(seen.json, seen.headers.get("authorization")) for seen in self.seen]


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as made:
        yield made
