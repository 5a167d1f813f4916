# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test with its own small cloud, a home folder, and nothing kept in memory from the one before."""

from __future__ import annotations

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.tests.unit.auth.fake_cloud import FakeCloud


@pytest.fixture
def cloud():
    with FakeCloud() as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def quick_hash(monkeypatch):
    """A slow hash is slow, and not what most of these tests are about."""
    monkeypatch.setattr(token_cache, "_COST", 2)


@pytest.fixture(autouse=True)
def new_process():
    """Each test begins as a process does, with nothing kept in memory; call it for another one."""
    token_cache.forget_memory()
    yield token_cache.forget_memory
    token_cache.forget_memory()


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
