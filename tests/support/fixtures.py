"""Fixtures that need neither Ansible nor the simulator. A conftest imports those that its tests use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from tests.support.fake_cloud import FakeCloud
from tests.support.fake_server import FakeServer
from tests.support.tls import make_certificate, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignores the proxies of the environment: the tests' servers are on this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token cache's hash is slow on purpose; most tests are not about it."""
    monkeypatch.setattr(token_cache, "_COST", 2)


@pytest.fixture(autouse=True)
def new_process(quick_hash: None) -> Iterator[Callable[[], None]]:
    """Each test begins with an empty memory, as a process does. Call the fixture to begin another process."""
    token_cache.forget_memory()
    yield token_cache.forget_memory
    token_cache.forget_memory()


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that no authority signed; its key is beside it."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_server(tls_files: Path) -> Iterator[str]:
    with serving(tls_files) as url:
        yield url
