"""OpenStack's own identity service, which IAM descends from, with a user, a project and our service in its catalog."""

import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import Session, connect
from tests.support.fake_server import Answer, FakeServer, Seen, closed_port

REGION = "eu-de"
DOMAIN = "OTC00000000001000000000"
PATIENCE = 120.0  # seconds until Keystone answers

SETTINGS = """
[DEFAULT]
log_dir = {folder}
[auth]
methods = password,token,totp
[cache]
enabled = false
[credential]
key_repository = {folder}/credential-keys
[database]
connection = sqlite:///{folder}/keystone.db
[fernet_receipts]
key_repository = {folder}/receipt-keys
[fernet_tokens]
key_repository = {folder}/token-keys
[identity]
password_hash_algorithm = bcrypt
password_hash_rounds = 4
[token]
provider = fernet
expiration = 86400
allow_expired_window = 0
"""


class Keystone:
    """A running Keystone, and its administrator."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, closed_port()
        self.url = f"http://127.0.0.1:{self.port}/v3"
        self.password = secrets.token_urlsafe(20)
        self.device = base64.b32encode(secrets.token_bytes(20)).decode()
        self.session = requests.Session()
        self.session.trust_env = False
        self.ids: dict[str, str] = {}
        self.revoked = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.folder / "keystone.conf").write_text(SETTINGS.format(folder=self.folder))
        for keys in ("credential-keys", "receipt-keys", "token-keys"):
            (self.folder / keys).mkdir(mode=0o700)
            for number in ("0", "1"):
                (self.folder / keys / number).write_bytes(Fernet.generate_key())
        environment = {
            **os.environ,
            "OS_BOOTSTRAP_PASSWORD": self.password,
            "OS_KEYSTONE_CONFIG_DIR": str(self.folder),
            "OS_KEYSTONE_CONFIG_FILES": "keystone.conf",
        }
        serve = [sys.executable, str(Path(__file__).with_name("serve.py")), str(self.port)]
        with open(self.folder / "serve.log", "wb") as log:
            self.process = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
        self.wait()
        self.log_in()

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.session.get(self.url, timeout=5)
                return
            except requests.ConnectionError:
                assert self.process and self.process.poll() is None, (self.folder / "serve.log").read_text()
                time.sleep(0.1)
        raise AssertionError(f"Keystone does not answer: {(self.folder / 'serve.log').read_text()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    # As the administrator

    def log_in(self) -> None:
        user = {"name": "admin", "password": self.password, "domain": {"id": "default"}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"system": {"all": True}}}}
        answer = self.session.post(f"{self.url}/auth/tokens", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def make(self, kind: str, **members: Any) -> str:
        """Make an object of a kind; returns its ID."""
        plural = kind + "s"
        answer = self.session.post(f"{self.url}/{plural}", json={kind: members}, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()[kind]["id"])

    def seed(self, api: str) -> None:
        """A domain, its project, two users (one with a device), and our service at an address."""
        domain = self.make("domain", name=DOMAIN)
        project = self.make("project", name=REGION, domain_id=domain)
        roles = self.session.get(f"{self.url}/roles", timeout=30).json()["roles"]
        member = next(role["id"] for role in roles if role["name"] == "member")
        for name in ("user", "mfa"):
            self.ids[name] = self.make("user", name=name, domain_id=domain, password=self.password, enabled=True)
            grant = f"{self.url}/projects/{project}/users/{self.ids[name]}/roles/{member}"
            assert self.session.put(grant, timeout=30).status_code == 204
        self.make("credential", type="totp", blob=self.device, user_id=self.ids["mfa"])
        rules = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "totp"]]}
        changed = self.session.patch(
            f"{self.url}/users/{self.ids['mfa']}", json={"user": {"options": rules}}, timeout=30
        )
        assert changed.status_code == 200, changed.text
        service = self.make("service", type="vpcep", name="vpcep")
        url = f"{api}/v1/$(project_id)s"
        self.make("endpoint", service_id=service, interface="public", region_id=REGION, url=url)
        self.ids.update(domain=domain, project=project)

    def knows(self, token: str) -> bool:
        """Whether a token is valid."""
        answer = self.session.get(f"{self.url}/auth/tokens", headers={"X-Subject-Token": token}, timeout=30)
        return answer.status_code == 200

    def revoke(self, token: str) -> None:
        answer = self.session.delete(f"{self.url}/auth/tokens", headers={"X-Subject-Token": token}, timeout=30)
        assert answer.status_code == 204
        self.revoked += 1

    def options(self, **more: Any) -> dict[str, Any]:
        """The user's login as a module's options; None takes one out."""
        login = {
            "auth_url": self.url,
            "username": "user",
            "password": self.password,
            "user_domain_name": DOMAIN,
            "project_name": REGION,
        }
        return {name: value for name, value in {**login, **more}.items() if value is not None}


class Api(FakeServer):
    """Stands at the address that the catalog has, and asks Keystone about tokens, as services do.

    Like theirs, its answers are kept until something is revoked: Keystone takes its time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keystone: Keystone | None = None
        self.known: tuple[int, set[str]] = (0, set())
        self.react = self.answer

    def answer(self, seen: Seen) -> Answer:
        token, keystone = seen.headers.get("x-auth-token", ""), self.keystone
        assert keystone
        if self.known[0] != keystone.revoked:
            self.known = (keystone.revoked, set())
        if token in self.known[1] or keystone.knows(token):
            self.known[1].add(token)
            return Answer(200, {"path": seen.path})
        return Answer(401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information."})


@pytest.fixture(scope="session")
def api() -> Iterator[Api]:
    with Api() as server:
        yield server  # type: ignore[misc]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, api: Api) -> Iterator[Keystone]:
    keystone = Keystone(tmp_path_factory.mktemp("keystone"))
    try:
        keystone.start()
        keystone.seed(api.url)
        api.keystone = keystone
        yield keystone
    finally:
        keystone.stop()


@pytest.fixture
def keystone(running: Keystone, api: Api) -> Keystone:
    api.seen.clear()
    token_cache.forget_memory()
    return running


@pytest.fixture
def open_connection(keystone: Keystone, tmp_path: Path) -> Any:
    """Connections of a user with a home folder of their own, and options beside the login."""

    def make(**more: Any) -> Session:
        return connect(keystone.options(**more), {"HOME": str(tmp_path)})

    return make
