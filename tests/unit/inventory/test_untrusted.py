# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cloud says is no template. The proof is in tests/acceptance; this is about what is marked and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import untrusted

PLAIN: list[Any] = ["web", 17, None, True, ["a"], {"env": "dev"}]
SUSPICIOUS: list[Any] = ["{{ 1 }}", "{% raw %}", ["a", ["{# #}"]], {"env": "{{ 1 }}"}, {"{{ 1 }}": "dev"}]


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ansible-core that needs marks."""
    monkeypatch.setattr(untrusted, "wrap_var", lambda value: ("marked", value))


@pytest.mark.usefixtures("marks")
def test_what_could_be_a_template_is_marked_as_a_whole() -> None:
    assert [untrusted.untrusted(value) for value in SUSPICIOUS] == [("marked", value) for value in SUSPICIOUS]


@pytest.mark.usefixtures("marks")
def test_nothing_else_is() -> None:
    assert [untrusted.untrusted(value) for value in PLAIN] == PLAIN


def test_values_stay_what_they_are() -> None:
    for value in [*PLAIN, *SUSPICIOUS]:
        assert untrusted.untrusted(value) == value
