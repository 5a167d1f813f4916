"""Each test has its own small server, and no proxy in between."""

from tests.support.fixtures import no_proxy, server, tls_files, tls_server

__all__ = ["no_proxy", "server", "tls_files", "tls_server"]
