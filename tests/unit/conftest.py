"""For all unit tests: generated examples that are always the same, and less work for the garbage collector."""

import gc
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache

settings.register_profile("unit", derandomize=True, deadline=None, database=None)
settings.load_profile("unit")


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own for each test, in half of the time of pytest's: no name to count, and no link to it."""
    return Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session", autouse=True)
def verified_secrets(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not those of the user, whom other processes with tests share."""
    token_cache._shared_proofs = token_cache._Proofs(str(tmp_path_factory.mktemp("memory")))


gc.disable()  # while tests are collected


def pytest_collection_finish() -> None:
    """All that was collected stays: looking through it takes a seventh of the tests' time."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()
