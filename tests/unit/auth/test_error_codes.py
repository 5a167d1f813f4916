# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our table of error codes against the simulator's, which is a copy of the API's documentation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils import error_codes

CATALOGUE = Path(__file__).parents[2] / "simulator" / "openapi" / "errors.yaml"
ENTRIES = [entry for entry in yaml.safe_load(CATALOGUE.read_text())["errors"] if entry.get("code")]


def canonical(code):
    return "EndPoint." + code.partition(".")[2] if code.lower().startswith("endpoint.") else code


def test_the_table_has_each_documented_code_and_no_other():
    assert set(error_codes.CODES) == {canonical(entry["code"]) for entry in ENTRIES}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["code"])
def test_a_code_is_judged_as_documented(entry):
    known = error_codes.lookup(entry["code"], entry["status"])
    assert (known.status, known.retry) == (entry["status"], entry["retryable"])
    assert known.kind == entry.get("class", known.kind)
    assert known.kind in ("request", "auth", "lookup", "state", "conflict", "quota", "throttle", "server")


@pytest.mark.parametrize("code", error_codes.CODES)
def test_every_hint_is_a_sentence_of_its_own(code):
    hint = error_codes.hint(code, None)
    assert hint.endswith(".")
    assert hint[0].isupper() or hint.split()[0].strip(".,:") in HINT_WORDS or "_" in hint.split()[0]
    assert "  " not in hint


HINT_WORDS = {"limit", "offset", "whitelist", "routetables"}


def test_lookups_ignore_case_and_know_the_gateways_older_prefix():
    assert error_codes.lookup("ENDPOINT.1018", 400) is error_codes.CODES["EndPoint.1018"]
    assert error_codes.lookup("APIG.0308", 429) is error_codes.CODES["APIGW.0308"]
    assert error_codes.lookup("EndPoint.9999", 400) is error_codes.STATUSES[400]
    assert error_codes.lookup(None, 599).kind == "server"
    assert error_codes.lookup(None, 418) is None
    assert error_codes.hint(None, 418) == ""
