"""Each test with its own small cloud, a home folder, and nothing kept in memory from the one before."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from tests.support.fixtures import cloud, new_process, no_proxy, quick_hash

__all__ = ["cloud", "new_process", "no_proxy", "quick_hash"]


@pytest.fixture
def home(tmp_path):
    """The environment of a user with a home folder, and nothing else in it."""
    return {"HOME": str(tmp_path)}


@pytest.fixture
def connection(cloud, home):
    """Makes connections to the fake cloud; waits between repeats are left out."""

    def make(environ=None, clock=None, **options):
        options = {name: value for name, value in cloud.options(**options).items() if value is not None}
        return connect(options, home if environ is None else environ, clock=clock, sleep=lambda seconds: None)

    return make


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """No clouds.yaml of the user who runs the tests is found."""
    monkeypatch.chdir(tmp_path)
