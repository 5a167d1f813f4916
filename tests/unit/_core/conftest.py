"""Each test has its own small server or cloud, and no proxy in between."""

from tests.support.fixtures import cloud, new_process, no_proxy, quick_hash, server

__all__ = ["cloud", "new_process", "no_proxy", "quick_hash", "server"]
