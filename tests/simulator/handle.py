"""A simulator for Python tests: in a thread of this process, or as a process of its own."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from .server import Server
from .simulation import Simulation
from .world import World

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT = 20.0


class Handle:
    """The functions of a running simulator for tests. All except those about accounts use the control API.

    Raises RuntimeError when the simulator refuses a control call.
    """

    api_url: str
    iam_url: str

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.world = World(profile)

    @property
    def region(self) -> str:
        return str(self.world.region)

    def account(self, name: str = "provider", project: str = "main") -> dict[str, str]:
        """Auth options of a user, named like the modules' arguments. project: ``main`` or ``sub``."""
        account = self.world.accounts[name]
        return {
            "auth_url": self.iam_url,
            "username": account.user.name,
            "password": account.user.password,
            "user_domain_name": account.domain_name,
            "project_name": account.projects[project].name,
            "region": self.region,
        }

    def mfa_account(self, name: str = "provider") -> dict[str, str]:
        """Auth options of the user with login protection, with a passcode that was not used before."""
        user = self.world.accounts[name].mfa_user
        passcode = self.control("POST", "/passcode", {"account": name})["passcode"]
        about = {"user_id": user.id, "password": user.password, "passcode": passcode}
        return {**about, **{key: self.account(name)[key] for key in ("auth_url", "project_name", "region")}}

    def agency(self, name: str = "consumer") -> dict[str, str]:
        """Auth options of another account's user, who assumes this account's agency."""
        account = self.world.accounts[name]
        ((agency, trusted),) = account.agencies.items()
        about = {"agency_name": agency, "agency_domain_name": account.domain_name}
        return {**self.account(trusted), **about}

    def domain_id(self, name: str = "provider") -> str:
        return self.world.accounts[name].domain_id

    def project_id(self, name: str = "provider", project: str = "main") -> str:
        return self.world.accounts[name].projects[project].id

    def credentials(
        self, name: str = "provider", project: str = "main", temporary: bool = False, lifetime: float = 900
    ) -> dict[str, str]:
        """AK/SK options; a temporary pair has a security_token too. lifetime: seconds."""
        account = self.world.accounts[name]
        keys = {"access_key": account.access_key, "secret_key": account.secret_key}
        if temporary:
            keys = self.control("POST", "/credentials", {"account": name, "lifetime": lifetime})
        about = {"auth_url": self.iam_url, "api_url": self.api_url, "region": self.region}
        return {**keys, **about, "project_id": self.project_id(name, project)}

    def spare(self, name: str = "provider", project: str = "main") -> list[dict[str, str]]:
        """Unused networks, one dict each: vpc_id, subnet_id, routetable_id, port_id (VM), lb_port_id, vip_port_id."""
        found = []
        for vpc in self.world.accounts[name].projects[project].vpcs.values():
            if vpc.spare:
                (subnet,) = vpc.subnets
                ports = {port.kind: port.id for port in subnet.ports}
                about = {"vpc_id": vpc.id, "subnet_id": subnet.id, "routetable_id": vpc.routetables[0]}
                ids = {"port_id": ports["VM"], "lb_port_id": ports["LB"], "vip_port_id": ports["VIP"]}
                found.append({**about, **ids, "cidr": str(subnet.cidr)})
        return found

    # The control API

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One control call; path without ``/_control``."""
        # http.client knows no proxies, which would be wrong for loopback.
        connection = http.client.HTTPConnection(urlsplit(self.api_url).netloc, timeout=30)
        try:
            connection.request(method, "/_control" + path, json.dumps(body) if body is not None else None)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"control {method} {path}: {response.status} {answer.get('error')}")
        return answer

    def info(self) -> dict[str, Any]:
        return self.control("GET", "/info")

    def reset(self, keep_tokens: bool = False) -> None:
        """State, log, faults, clock and settings as at the start; tokens too unless kept. IAM is up again."""
        self.control("POST", "/reset", {"keep_tokens": keep_tokens})

    def log(self, since: int = 0, **wanted: str) -> list[dict[str, Any]]:
        """Requests served, oldest first: filter by service, method, operation, account, status, path, ..."""
        query = urlencode({"since": since, **wanted})
        return self.control("GET", f"/log?{query}")["entries"]

    def clear_log(self) -> None:
        self.control("DELETE", "/log")

    def fault(self, preset: str | None = None, **order: Any) -> int:
        """Order a fault (members of faults.Fault, or a preset); returns its id."""
        order = {**order, "preset": preset} if preset else order
        return self.control("POST", "/faults", order)["faults"][0]["id"]

    def faults(self) -> list[dict[str, Any]]:
        return self.control("GET", "/faults")["faults"]

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def settings(self, **values: Any) -> dict[str, Any]:
        """Change settings; returns all of them."""
        return self.control("POST", "/settings", values)

    def advance(self, seconds: float) -> None:
        """Move the simulated cloud's clock forward."""
        self.control("POST", "/clock", {"advance": seconds})

    def state(self) -> dict[str, Any]:
        """All services (with their whitelist records) and endpoints, internal members too."""
        return self.control("GET", "/state")

    def add(self, kind: str, account: str = "provider", project: str = "main", /, **values: Any) -> dict[str, Any]:
        """Create a network object, as another user would. kind and values: see building.py, ``KINDS``."""
        return self.add_all(kind, [values], account, project)[0]

    def add_all(
        self, kind: str, objects: list[dict[str, Any]], account: str = "provider", project: str = "main"
    ) -> list[dict[str, Any]]:
        """Make many network objects with one call."""
        query = urlencode({"account": account, "project": project})
        return self.control("POST", f"/state/{kind}?{query}", objects)[kind]

    def objects(self, kind: str, account: str = "provider", project: str = "main") -> list[dict[str, Any]]:
        """The network objects of a kind."""
        query = urlencode({"account": account, "project": project})
        return self.control("GET", f"/state/{kind}?{query}")[kind]

    def change(self, kind: str, id: str, /, **values: Any) -> dict[str, Any]:
        """Change an object, as another user would. kind: ``services``, ``endpoints``, or a kind of network objects."""
        return self.control("POST", f"/state/{kind}/{id}", values)

    def remove(self, kind: str, id: str) -> None:
        """Remove an object at once, as another user would."""
        self.control("DELETE", f"/state/{kind}/{id}")

    def revoke_tokens(self, account: str | None = None) -> int:
        return self.control("POST", "/tokens/revoke", {"account": account})["revoked"]

    def iam(self, up: bool) -> None:
        """Stop or restart the IAM listener."""
        self.control("POST", "/iam", {"up": up})

    def defects(self) -> list[dict[str, Any]]:
        """Own answers that broke the contract, and crashes: always empty unless the simulator has a bug."""
        return self.control("GET", "/defects")["defects"]


class Simulator(Handle):
    """A simulator in a thread of this process. delay: seconds of every transition; more settings by name."""

    def __init__(
        self,
        profile: str = "otc",
        delay: float = 0,
        accept_any_id: bool = False,
        port: int = 0,
        iam_port: int = 0,
        **settings: Any,
    ) -> None:
        super().__init__(profile)
        self.simulation = Simulation(profile, delay=delay, accept_any_id=accept_any_id, **settings)
        self.server = Server(self.simulation, port, iam_port)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, name="simulator", daemon=True)
        self.ready = threading.Event()
        self.failure: BaseException | None = None

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Simulator:
        self.thread.start()
        self.ready.wait(START_TIMEOUT)
        if self.failure is not None:
            raise RuntimeError("the simulator did not start") from self.failure
        self.api_url, self.iam_url = self.simulation.api_url, self.simulation.iam_url
        return self

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(10)

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self.server.start())
        except BaseException as failure:
            self.failure = failure
            return
        finally:
            self.ready.set()
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self.server.stop())
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()


class SimulatorProcess(Handle):
    """A simulator as a process of its own, ended with this object or with this process."""

    def __init__(self, profile: str = "otc", delay: float = 0, accept_any_id: bool = False, **settings: Any) -> None:
        super().__init__(profile)
        self.command = [sys.executable, "-m", "tests.simulator", "--profile", profile, "--delay", str(delay)]
        self.command += ["--quiet", "--exit-with-parent"] + ["--accept-any-id"] * accept_any_id
        for name, value in settings.items():
            self.command += ["--set", f"{name}={json.dumps(value)}"]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SimulatorProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> SimulatorProcess:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "urls.json"
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            command = [*self.command, "--urls-file", str(file)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
            end = time.monotonic() + START_TIMEOUT
            while not file.exists():
                if self.process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise RuntimeError("the simulator did not start")
                time.sleep(0.02)
            urls = json.loads(file.read_text())
        self.api_url, self.iam_url = urls["api_url"], urls["iam_url"]
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
