# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that the API does not have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils.selection import has_tags, is_given, listed
from ansible_collections.crossvpc.vpcep.tests.unit.planning.situations import examples

TAGS = [{"key": "env", "value": "dev"}, {"key": "port", "value": "8080"}, {"key": "empty", "value": ""}]


@pytest.mark.parametrize("value, given", [
    (None, False), ([], False), ({}, False), ("", True), (0, True), (False, True), (["a"], True), ({"a": None}, True),
])  # fmt: skip
def test_is_given(value: Any, given: bool) -> None:
    assert is_given(value) is given


def test_listed() -> None:
    assert listed(["failed", "creating"], "creating")
    assert not listed(["failed"], "creating")
    assert not listed(["failed"], None)
    assert listed(None, "creating") and listed([], "creating") and listed(None, None)


@pytest.mark.parametrize("wanted, found", [
    (None, True),
    ({}, True),
    ({"env": "dev"}, True),
    ({"env": "prod"}, False),
    ({"env": None}, True),
    ({"owner": None}, False),
    ({"owner": ""}, False),
    ({"empty": ""}, True),
    ({"empty": None}, True),
    ({"env": ""}, False),
    ({"env": "dev", "port": "8080"}, True),
    ({"env": "dev", "port": "80"}, False),
    ({"port": 8080}, True),
    ({"ENV": "dev"}, False),
])  # fmt: skip
def test_has_tags(wanted: Any, found: bool) -> None:
    assert has_tags(wanted, {"tags": TAGS}) is found
    assert has_tags(wanted, {"tags": {tag["key"]: tag["value"] for tag in TAGS}}) is found


@pytest.mark.parametrize("answer", [{}, {"tags": None}, {"tags": []}, {"tags": {}}])
def test_objects_without_tags(answer: Any) -> None:
    assert has_tags(None, answer) and has_tags({}, answer)
    assert not has_tags({"env": None}, answer)


@pytest.mark.parametrize("wanted", [{"env": ["dev"]}, {"other": {}}])
def test_a_value_that_no_tag_can_have_is_bad_input(wanted: Any) -> None:
    with pytest.raises(InputError, match="tags: "):
        has_tags(wanted, {"tags": TAGS})


JSON = st.recursive(
    st.sampled_from([None, True, 0, "", "env", "dev"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["key", "value", "env"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@examples(80)
@given(st.dictionaries(st.sampled_from(["env", "a"]), JSON, max_size=2), JSON)
def test_any_filter_and_any_answer(wanted: Any, tags: Any) -> None:
    try:
        assert has_tags(wanted, {"id": "x", "tags": tags}) in (True, False)
    except VpcepError:
        return
