"""Passwords, tokens and secret keys are nowhere but in the cache's file: in no output, log or list of processes."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.modules.conftest import BOTH_WAYS

pytestmark = [
    pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked"),
    BOTH_WAYS,
]
VERBOSE = ("-vvvvv", "--diff")


class Processes(threading.Thread):
    """Looks at the command lines of all processes, as ``ps`` does, until it is told to end."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.seen: set[bytes] = set()

    def run(self) -> None:
        while not self.ended.wait(0.01):
            for name in os.listdir("/proc"):
                if name.isdigit():
                    try:
                        self.seen.add(Path("/proc", name, "cmdline").read_bytes())
                    except OSError:
                        continue  # it has ended

    def __enter__(self) -> Processes:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()

    @property
    def text(self) -> str:
        return b"\n".join(self.seen).decode(errors="replace")


class Machine:
    """A controller that keeps all that it said."""

    def __init__(self, controller: Any) -> None:
        self.controller = controller
        self.said: dict[str, str] = {}
        self.log = controller.folder / "ansible.log"
        controller.environment["ANSIBLE_LOG_PATH"] = str(self.log)
        controller.environment["ANSIBLE_PIPELINING"] = "false"  # so that files and command lines are made

    def play(self, title: str, *tasks: dict[str, Any], code: int = 0, **environment: str) -> str:
        done = self.controller.play(*tasks, options=VERBOSE, **environment)
        assert (done.code != 0) == bool(code), done.output
        self.said[f"output of {title}"] = done.output
        return str(done.output)

    def token(self) -> str:
        """The token in the cache's only file."""
        (file,) = self.controller.tokens
        texts = []

        def collect(value: Any) -> None:
            if isinstance(value, dict):
                for one in value.values():
                    collect(one)
            elif isinstance(value, str):
                texts.append(value)

        collect(json.loads(file.read_text()))
        return max(texts, key=len)

    def places(self, simulator: Any, capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
        """Everything that was said, by where; files too, but for the cache's, whose name is looked at instead.

        The playbook holds secrets because a test has put them there.
        """
        found = {**self.said, "the simulator's log": json.dumps(simulator.control("GET", "/log"))}
        found["the simulator's own output"] = "".join(capfd.readouterr())
        for file in self.controller.folder.rglob("*"):
            inside = file.relative_to(self.controller.folder)
            found[f"name of {inside}"] = str(inside)
            if file.is_file() and inside.parts[0] not in ("cache", "tree", "play.yml"):
                found[f"file {inside}"] = file.read_text(errors="replace")
        return found


def assert_nowhere(secrets: dict[str, str], places: dict[str, str]) -> None:
    """No secret, nor a good part of one, in any place."""
    for what, secret in secrets.items():
        assert len(secret) > 16
        for where, text in places.items():
            assert secret not in text, f"the {what} is in: {where}"
            assert secret[:16] not in text and secret[-16:] not in text, f"a part of the {what} is in: {where}"


def test_password_and_token(
    controller: Any, simulator: Any, seed: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(controller)
    listing = {"crossvpc.vpcep.vpcep_service_info": {}}
    secrets = {"password": simulator.account()["password"]}

    with Processes() as processes:
        output = machine.play("the job", *seed)
    machine.said["processes"] = processes.text
    assert "ansible-playbook" in processes.text
    assert '"request_id"' in output and '"http"' in output, "the requests are shown at this verbosity"
    secrets["token"] = machine.token()
    assert len(secrets["token"]) > 1000

    # The login given as options, and with them, errors of every layer.
    options = simulator.account()
    machine.play("options", {"crossvpc.vpcep.vpcep_service_info": options})
    wrong = {"crossvpc.vpcep.vpcep_service_info": {**options, "no_such_option": 1}}
    machine.play("a wrong argument", wrong, code=2)
    wrong = {"crossvpc.vpcep.vpcep_service_info": {**options, "auth_url": "not a URL", "token": secrets["token"]}}
    machine.play("contradictory logins", wrong, code=2)
    machine.play("a wrong login", listing, code=2, OS_USERNAME="somebody-else")
    wrong = {"crossvpc.vpcep.vpcep_service_info": {**options, "token_cache_dir": "/proc/nowhere"}}
    machine.play("a cache that cannot be", wrong)
    ready = {"token": secrets["token"], "api_url": simulator.api_url, "project_id": simulator.project_id()}
    machine.play("a ready token", {"crossvpc.vpcep.vpcep_service_info": ready})

    # Servers that tell what they were sent.
    echo = " ".join(secrets.values())
    simulator.fault(operation="listEndpointServices", status=400, code="EndPoint.0002", message=f"bad header {echo}")
    output = machine.play("an API that echoes the request", listing, code=2)
    assert "bad header" in output
    body = f"<html><body>{echo}</body></html>"
    simulator.fault(operation="listEndpointServices", status=403, body=body, content_type="text/html")
    machine.play("a gateway that echoes the request", listing, code=2)
    simulator.fault(
        service="iam", operation="createToken", status=400, code="IAM.0073", message=f"bad body {secrets['password']}"
    )
    output = machine.play("an IAM that echoes the request", listing, code=2, OS_PROJECT_NAME=f"{simulator.region}_sub")
    assert "bad body" in output

    places = machine.places(simulator, capfd)
    assert "file ansible.log" in places
    assert_nowhere(secrets, places)
    assert len(controller.tokens) == 1
    assert secrets["token"] in controller.tokens[0].read_text()


def test_passcode_and_agency(controller: Any, simulator: Any, capfd: pytest.CaptureFixture[str]) -> None:
    machine = Machine(controller)
    controller.logout()
    options = simulator.mfa_account()
    task = {"crossvpc.vpcep.vpcep_service_info": options}
    echo = f"bad body {options['password']} {options['passcode']}"
    simulator.fault(service="iam", operation="createToken", status=400, code="IAM.1061", message=echo)
    output = machine.play("an IAM that echoes the request", task, code=2)
    assert "bad body" in output
    simulator.advance(60)  # the device shows another one
    options = simulator.mfa_account() | {"agency_name": "network-team"}
    options["agency_domain_id"] = simulator.domain_id("consumer")
    with Processes() as processes:
        machine.play("an agency", {"crossvpc.vpcep.vpcep_token": options})
    machine.said["processes"] = processes.text
    tokens = [file for file in controller.tokens if '"project_id"' in file.read_text()]
    assert len(tokens) == 1
    secrets = {"password": options["password"], "token": json.loads(tokens[0].read_text())["data"]["value"]}

    places = machine.places(simulator, capfd)
    assert_nowhere(secrets, places)
    for passcode in (task["crossvpc.vpcep.vpcep_service_info"]["passcode"], options["passcode"]):
        for where, text in places.items():
            assert not re.search(rf"\b{passcode}\b", text), f"a passcode is in: {where}"


def test_secret_key(controller: Any, simulator: Any, capfd: pytest.CaptureFixture[str]) -> None:
    machine = Machine(controller)
    controller.logout()
    keys = simulator.credentials(temporary=True)
    secrets = {name: keys[name] for name in ("secret_key", "security_token")}
    task = {"crossvpc.vpcep.vpcep_service_info": keys}
    with Processes() as processes:
        machine.play("signed requests", task)
    machine.said["processes"] = processes.text
    echo = " ".join(secrets.values())
    simulator.fault(operation="listEndpointServices", status=400, code="EndPoint.0002", message=f"bad header {echo}")
    machine.play("an API that echoes the request", task, code=2)
    wrong = {"crossvpc.vpcep.vpcep_service_info": {**keys, "access_key": "NOBODYSACCESSKEY"}}
    machine.play("a wrong key", wrong, code=2)
    environment = {f"OS_{name.upper()}": keys[name] for name in keys if name not in ("api_url", "region")}
    environment |= {"VPCEP_API_URL": keys["api_url"], "OS_REGION_NAME": keys["region"]}
    machine.play("keys in the environment", {"crossvpc.vpcep.vpcep_endpoint_info": {}}, **environment)

    places = machine.places(simulator, capfd)
    assert_nowhere(secrets, places)
    assert controller.tokens == []
    assert simulator.log(service="iam") == []
