# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of the role connect_vpcs: from hosts in the consumer's VPC, every client port has to answer."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import RESERVED_RANGE


def role_verification(
    given: Mapping[str, t.Any],
    result: Mapping[str, t.Any],
    tried: t.Sequence[Mapping[str, t.Any]] = (),
    backend: t.Sequence[Mapping[str, t.Any]] = (),
) -> Object:
    """See the filter connect_vpcs_verification."""
    mappings = result["service"].get("ports") or []
    ports = given["verify_ports"] or sorted({mapping["client_port"] for mapping in mappings})
    addresses = [endpoint["ip"] for endpoint in result["endpoints"] if endpoint["ip"]]
    tries = [
        {"host": host, "address": address, "port": port}
        for host in given["verify_from"]
        for address in addresses
        for port in ports
    ]
    silent, untried = _failures(tries, tried)
    missing = _missing(result, tries)
    report: t.Any = [
        f"No answer within {given['verify_timeout']} s: {', '.join(silent)}. Check, in this order:",
        *_advice(result, mappings, backend),
    ]
    if untried:
        report = f"Could not try from there, which says nothing about the endpoint: {'; '.join(untried)}"
    problem = missing or (report if silent or untried else "")
    return {
        "tries": [] if missing else tries,
        "silent": [] if untried else silent,
        "server_ports": sorted({one["server_port"] for one in mappings if one.get("protocol", "TCP") == "TCP"}),
        "answered": [f"{one['address']}:{one['port']} from {one['host']}" for one in tries],
        "problem": problem,
    }


def _missing(result: Mapping[str, t.Any], tries: list[Object]) -> str:
    """Why not everything can be tried; empty if it can. Gateways have no address."""
    without = [
        endpoint["id"]
        for endpoint in result["endpoints"]
        if endpoint.get("service_type") != "gateway" and endpoint.get("status") != "accepted"
    ]
    if tries and not without:
        return ""
    text = f"Endpoints without address: {', '.join(without)}. " if without else ""
    hidden = "Services of others do not show their ports: give connect_vpcs_verify_ports."
    return f"Not everything can be verified. {text}{' '.join(result['next']) or hidden}"


def _failures(tries: list[Object], tried: t.Sequence[Mapping[str, t.Any]]) -> tuple[list[str], list[str]]:
    """The tries without answer, and the reasons of those that were not made. Only a try that took its time is one."""
    silent, untried = [], []
    for one, outcome in zip(tries, tried, strict=False):
        if "state" in outcome:
            continue
        if "elapsed" in outcome:
            silent.append(f"{one['host']} to {one['address']}:{one['port']}")
        else:
            untried.append(f"{one['host']}: {outcome.get('msg', 'no reason given')}")
    return silent, list(dict.fromkeys(untried))


def _advice(
    result: Mapping[str, t.Any], mappings: list[Object], backend: t.Sequence[Mapping[str, t.Any]]
) -> t.Iterator[str]:
    """What the manual says to check, each with the value that was found."""
    found = "not visible to these credentials; ask the owner"
    if backend:
        found = f"{backend[0]['check']}, {backend[0]['value']}"
    reasons = [f"{check['check']}: {check['value']}".rstrip(".") for check in backend[1:] if check["ok"] is not True]
    yield (
        f"1. The backend's security groups and network ACL have to let {RESERVED_RANGE} in. "
        + " ".join(f"{text}." for text in [f"Backend: {found}", *reasons])
        + (" To add a rule: connect_vpcs_admit_traffic=ensure." if reasons else "")
    )
    whitelists = [
        f" That of {endpoint['id']} is "
        + (f"on: {', '.join(endpoint.get('whitelist') or [])}." if endpoint.get("enable_whitelist") else "off.")
        for endpoint in result["endpoints"]
    ]
    yield "2. The access whitelist of the endpoint has to name the client." + "".join(whitelists)
    ports = ", ".join(str(port) for port in sorted({mapping["server_port"] for mapping in mappings}))
    yield f"3. The backend has to listen on its ports. Ports: {ports or 'not visible'}."
    pairs = ", ".join(f"{one['client_port']} to {one['server_port']}/{one['protocol']}" for one in mappings)
    yield f"4. The port mappings have to be meant so. Mappings: {pairs or 'not visible'}."
