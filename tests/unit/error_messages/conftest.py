"""Modules run in this process against one simulator; checks of the messages that they end with."""

import json
import os
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner
from tests.simulator.handle import Simulator
from tests.support.fixtures import quick_hash
from tests.support.modules import Ended, Module
from tests.support.programs import Cloud

__all__ = ["quick_hash"]


@pytest.fixture(scope="module")
def cloud() -> Any:
    with Cloud(delay=0) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(autouse=True)
def fresh(cloud: Simulator, quick_hash: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cloud, whose clock moves when a task waits; no clouds or proxies in the environment."""
    cloud.reset(keep_tokens=True)
    clock = cloud.simulation.clock
    monkeypatch.setattr(runner, "Runtime", partial(Runtime, clock=clock.now, sleep=cloud.advance))
    for name in [name for name in os.environ if name.startswith(("OS_", "HW_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


class Runner:
    """Runs modules, whose names come without ``vpcep_``."""

    def __init__(self, cloud: Simulator, cache: str, patch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.cache = cache
        self.patch = patch

    def __call__(
        self, short_name: str, /, account: str = "provider", auth: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """The result and the warnings. auth: in the place of the account's login."""
        file = import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.vpcep_{short_name}")
        login = self.cloud.account(account) if auth is None else auth
        options = {name: value for name, value in options.items() if value is not None}
        given = {"timeout": 5.0, "retries": 0, "token_cache_dir": self.cache, **login, **options}
        checked = ArgumentSpecValidator(**file.ARGUMENTS).validate(given)
        assert checked.error_messages == []
        module = Module(checked.validated_parameters)
        self.patch.setattr(runner, "AnsibleModule", lambda **_arguments: module)
        with pytest.raises(Ended):
            file.main()
        return {**module.result, "warned": module.warned}

    def ok(self, short_name: str, /, **options: Any) -> Any:
        """The result of a module that is to succeed."""
        result = self(short_name, **options)
        assert not result.get("failed"), result.get("msg")
        return result


@pytest.fixture
def run(cloud: Simulator, cache: str, monkeypatch: pytest.MonkeyPatch) -> Runner:
    return Runner(cloud, cache, monkeypatch)


class Shown:
    """Checks what a user sees after a mistake."""

    def __init__(self, cloud: Simulator) -> None:
        self.cloud = cloud

    def __call__(self, result: dict[str, Any], *parts: str, code: str = "") -> None:
        """The module failed with this error code, its message has these parts, and the result has no secret."""
        assert result.get("failed"), "it did not fail"
        if code:
            assert (result.get("error") or {}).get("code") == code
        self.text(result["msg"], *parts)
        assert not any(secret in json.dumps(result) for secret in self.secrets())

    def text(self, message: str, *parts: str) -> None:
        missing = [part for part in parts if part not in message]
        assert not missing, f"{missing} not in: {message}"

    def secrets(self) -> list[str]:
        accounts = self.cloud.world.accounts.values()
        return [secret for one in accounts for secret in (one.user.password, one.secret_key)]


@pytest.fixture
def shown(cloud: Simulator) -> Shown:
    return Shown(cloud)


@pytest.fixture
def backend(cloud: Simulator) -> dict[str, Any]:
    """The options of a service on an unused backend of the provider."""
    network = cloud.spare("provider")[0]
    ports = [{"client_port": 443, "server_port": 8443, "protocol": "TCP"}]
    return {"port_id": network["port_id"], "vpc_id": network["vpc_id"], "server_type": "VM", "ports": ports}


@pytest.fixture
def web(run: Runner, backend: dict[str, Any]) -> str:
    """A service that everybody may connect to; the ID."""
    made = run.ok("service", name="web", approval_enabled=False, permissions=["*"], **backend)
    return str(made["service"]["id"])


@pytest.fixture
def place(cloud: Simulator) -> dict[str, str]:
    """VPC and subnet of the consumer."""
    network = cloud.spare("consumer")[0]
    return {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
