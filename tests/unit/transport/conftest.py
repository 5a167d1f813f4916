# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test with its own small server, and no proxy in between."""

from __future__ import annotations

import pytest

from ansible_collections.crossvpc.vpcep.tests.unit.transport.fake_server import FakeServer
from ansible_collections.crossvpc.vpcep.tests.unit.transport.tls import make_certificate, serving


@pytest.fixture
def server():
    with FakeServer() as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The tests' servers are on this machine, whatever the environment says."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody vouches for; its key is beside it."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_server(tls_files):
    with serving(tls_files) as url:
        yield url
