# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run in this process as Ansible runs them, against one simulator; and the page that shows what they say."""

from __future__ import annotations

import json
import os
import re
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner.runner import run_module
from tests.simulator.handle import Simulator
from tests.support.fixtures import quick_hash
from tests.support.programs import Cloud

__all__ = ["quick_hash"]

PAGE = Path(__file__).resolve().parents[3] / "docs" / "mistakes.md"
WRITE = "--write-page"  # option of pytest: the page is brought up to date instead of checked
WIDTH = 110


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(WRITE, action="store_true", help=f"write the messages into {PAGE.name}")


class Ended(BaseException):
    """As SystemExit ends a module."""


class Module:
    """What run_module knows of an AnsibleModule."""

    check_mode = _diff = False
    _verbosity = 0

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params
        self.warned: list[str] = []
        self.result: dict[str, Any] = {}

    def warn(self, text: str) -> None:
        self.warned.append(text)

    def exit_json(self, **result: Any) -> None:
        self.result = result
        raise Ended

    def fail_json(self, **result: Any) -> None:
        self.exit_json(failed=True, **result)


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
    """An empty cloud, and nothing in the environment that has to do with clouds or proxies."""
    cloud.reset(keep_tokens=True)
    for name in [name for name in os.environ if name.startswith(("OS_", "HW_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


class Runner:
    """Runs modules, whose names come without ``vpcep_``."""

    def __init__(self, cloud: Simulator, cache: str) -> None:
        self.cloud = cloud
        self.cache = cache

    def __call__(
        self, short_name: str, /, account: str = "provider", auth: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """The result and the warnings. auth: in the place of the account's login."""
        file = import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.vpcep_{short_name}")
        login = self.cloud.account(account) if auth is None else auth
        spec = {part: value for part, value in file.ARGUMENTS.items() if part != "supports_check_mode"}
        options = {name: value for name, value in options.items() if value is not None}
        given = {"timeout": 5.0, "retries": 0, "token_cache_dir": self.cache, **login, **options}
        checked = ArgumentSpecValidator(**spec).validate(given)
        assert checked.error_messages == []
        module = Module(checked.validated_parameters)
        with pytest.raises(Ended):
            run_module(module, file.PROGRAM)
        return {**module.result, "warned": module.warned}

    def ok(self, short_name: str, /, **options: Any) -> Any:
        """The result of a module that is to succeed."""
        result = self(short_name, **options)
        assert not result.get("failed"), result.get("msg")
        return result


@pytest.fixture
def run(cloud: Simulator, cache: str) -> Runner:
    return Runner(cloud, cache)


class Shown:
    """What a mistake leads to: compared with what the test expects, and with what the page shows."""

    def __init__(self, cloud: Simulator, write: bool) -> None:
        self.cloud = cloud
        self.write = write

    def __call__(
        self, title: str, result: dict[str, Any], *essentials: str, code: str = "", placeholders: Any = None
    ) -> None:
        """title: of the page's section; essentials: what the message must hold; placeholders: of what is random."""
        assert result.get("failed"), "it did not fail"
        assert (result.get("error") or {}).get("code") == (code or None) or not code
        self.text(title, result["msg"], *essentials, placeholders=placeholders)
        assert not any(secret in json.dumps(result) for secret in self.secrets())

    def text(self, title: str, message: str, *essentials: str, placeholders: Any = None) -> None:
        missing = [part for part in essentials if part not in message]
        assert not missing, f"{missing} not in: {message}"
        page = Page()
        text = self.lasting(message, placeholders or {})
        if self.write:
            page.write(title, text)
        assert page.message(title) == text, f"run this test with {WRITE}"

    def secrets(self) -> list[str]:
        accounts = self.cloud.world.accounts.values()
        return [secret for one in accounts for secret in (one.user.password, one.secret_key)]

    def lasting(self, message: str, placeholders: dict[str, str]) -> str:
        """The message with everything replaced that is another one in each run."""
        known = {
            self.cloud.iam_url.removesuffix("/v3"): "https://iam.eu-de.otc.t-systems.com",
            self.cloud.api_url: "https://vpcep.eu-de.otc.t-systems.com",
            os.getcwd(): "/home/me",
            **{value: name for name, value in placeholders.items()},
        }
        for value, name in known.items():
            message = message.replace(value, name)
        message = re.sub(r"(IAM: no usable answer from )127\.0\.0\.1:\d+", r"\1iam.eu-de.otc.t-systems.com", message)
        message = re.sub(r"127\.0\.0\.1:\d+", "vpcep.eu-de.otc.t-systems.com", message)
        message = re.sub(r"request ID [0-9a-f]{32}", "request ID 5a1e...", message)
        return " ".join(re.sub(r"\s*\((_ssl\.c:\d+)\)", "", message).split())


class Page:
    """docs/mistakes.md: a section for each mistake, which ends with the message."""

    def __init__(self) -> None:
        self.content = PAGE.read_text(encoding="utf-8")

    def titles(self) -> list[str]:
        return re.findall(r"(?m)^### (.+)$", self.content)

    def parts(self, title: str) -> tuple[str, str, str]:
        """What is before the message of a section, the message, what is after it."""
        start = self.content.index(f"\n### {title}\n")
        begin = self.content.index("```text\n", start) + len("```text\n")
        end = self.content.index("```", begin)
        return self.content[:begin], self.content[begin:end], self.content[end:]

    def message(self, title: str) -> str:
        return " ".join(self.parts(title)[1].split())

    def write(self, title: str, message: str) -> None:
        before, _old, after = self.parts(title)
        wrapped = textwrap.fill(message, WIDTH, break_long_words=False, break_on_hyphens=False)
        self.content = f"{before}{wrapped}\n{after}"
        PAGE.write_text(self.content, encoding="utf-8")


@pytest.fixture
def shown(cloud: Simulator, request: pytest.FixtureRequest) -> Shown:
    return Shown(cloud, request.config.getoption(WRITE, default=False))


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
