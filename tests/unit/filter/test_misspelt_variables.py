# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like misspelt ones of the role."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.filter.misspelt_variables import misspelt_variables

ROLE = Path(__file__).resolve().parents[3] / "roles" / "connect_vpcs"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())


@pytest.mark.parametrize(
    "name, meant",
    [
        ("connect_vpcs_endpoint", "connect_vpcs_endpoints"),
        ("connect_vpcs_endponits", "connect_vpcs_endpoints"),
        ("connect_vpc_endpoints", "connect_vpcs_endpoints"),
        ("conect_vpcs_service", "connect_vpcs_service"),
        ("connect_vpcs_services", "connect_vpcs_service"),
        ("connect_vpcs_serviceid", "connect_vpcs_service_id"),
        ("connect_vpcs_cloud_service", "connect_vpcs_cloud_services"),
        ("connect_vpcs_verify_form", "connect_vpcs_verify_from"),
        ("connect_vpcs_wait_timout", "connect_vpcs_wait_timeout"),
        ("connect_vpcs_sate", "connect_vpcs_state"),
        ("connect_vpcs_consumer_aut", "connect_vpcs_consumer_auth"),
    ],
)
def test_a_letter_or_two(name: str, meant: str) -> None:
    assert misspelt_variables([name, meant], DEFAULTS, DEFAULTS) == [
        f"There is no variable {name}: did you mean {meant}?"
    ]
    given = {**DEFAULTS, meant: "something"}
    assert misspelt_variables([name, meant], DEFAULTS, given) == []  # the right name is known
    assert misspelt_variables([name], DEFAULTS, DEFAULTS, own=[name]) == []


@pytest.mark.parametrize(
    "name",
    [
        *DEFAULTS,
        "connect_vpcs_hosts",
        "connect_vpcs_throttle",
        "connect_vpcs_result",
        "connect_vpcs_input",
        "connect_vpcs_service__name",
        "connect_vpcs_endpoints__vpc_id",
        "connect_vpcs_endpoints_prod",
        "connection",
    ],
)
def test_what_is_meant_as_it_is(name: str) -> None:
    assert misspelt_variables([name], DEFAULTS, DEFAULTS) == []


def test_no_word_of_the_role_or_of_its_playbooks_is_taken_for_one() -> None:
    """A second use of the role finds the results of the first."""
    files = [*ROLE.rglob("tasks/**/*.yml"), *(ROLE.parents[1] / "playbooks").rglob("*.yml")]
    text = "\n".join(path.read_text() for path in files)
    names = {*re.findall(r"\bconnect_vpcs_\w+", text)}
    fleet = "connect_vpcs_endpoint"  # the one of connect_fleet, and the variable of a loop
    own = re.search(r"own=\[(.*?)\]", (ROLE / "vars" / "main.yml").read_text())
    assert own and len(names) > 50
    assert misspelt_variables(list(names - {fleet}), DEFAULTS, DEFAULTS, re.findall(r"\w+", own[1])) == []
