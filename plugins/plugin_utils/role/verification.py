"""The verification of the role connect_vpcs: from hosts in the consumer's VPC, every client port has to answer.

It has to answer at each endpoint's address, and under each endpoint's dns_name.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...module_utils._core.types import Object
from ...module_utils._schema.fields import RESERVED_RANGE
from ...module_utils._schema.names import ABOUT_SERVERS

ABOUT_NAMES = (
    f"The addresses of the endpoints answer, so the host does not resolve the name to one of them. {ABOUT_SERVERS} "
    "The host has to be in the endpoint's VPC and use them. An old answer in its cache expires after some minutes."
)


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
    names = [name for endpoint in result["endpoints"] for name in _own_names(endpoint)]
    tries = [
        {"host": host, "address": address, "port": port}
        for host in given["verify_from"]
        for address in dict.fromkeys([*addresses, *names])  # endpoints of several VPCs may have one name
        for port in ports
    ]
    failed, untried = _failures(tries, tried)
    silent = [f"{one['host']} to {one['address']}:{one['port']}" for one in failed]
    missing = _missing(result, tries)
    only_names = all(one["address"] in names for one in failed)
    report: t.Any = [
        f"No answer within {given['verify_timeout']} s: {', '.join(silent)}. "
        + (ABOUT_NAMES if only_names else "Check, in this order:"),
        *([] if only_names else _advice(result, mappings, backend)),
    ]
    if untried:
        report = f"Could not test from this host, which says nothing about the endpoint: {'; '.join(untried)}"
    problem = missing or (report if silent or untried else "")
    return {
        "tries": [] if missing else tries,
        "silent": [] if untried else silent,
        "server_ports": sorted({one["server_port"] for one in mappings if one.get("protocol", "TCP") == "TCP"}),
        "answered": [f"{one['address']}:{one['port']} from {one['host']}" for one in tries],
        "problem": problem,
    }


def _own_names(endpoint: Mapping[str, t.Any]) -> list[str]:
    """The dns_name of an endpoint, once it has its record."""
    record = endpoint.get("dns_record") or {}
    return [record["name"]] if record.get("name") and "note" not in record else []


def _missing(result: Mapping[str, t.Any], tries: list[Object]) -> str:
    """The reason why not everything can be tested, else empty. Gateways have no address."""
    without = [
        endpoint["id"]
        for endpoint in result["endpoints"]
        if endpoint.get("service_type") != "gateway" and endpoint.get("status") != "accepted"
    ]
    if tries and not without:
        return ""
    text = f"Endpoints without address: {', '.join(without)}. " if without else ""
    hidden = "Services of other accounts do not show their ports: give connect_vpcs_verify_ports."
    return f"Not everything can be verified. {text}{' '.join(result['next']) or hidden}"


def _failures(tries: list[Object], tried: t.Sequence[Mapping[str, t.Any]]) -> tuple[list[Object], list[str]]:
    """The tests without an answer, and the reasons of those that did not run. A test that ran has a duration."""
    silent, untried = [], []
    for one, outcome in zip(tries, tried, strict=False):
        if "state" in outcome:
            continue
        if "elapsed" in outcome:
            silent.append(one)
        else:
            untried.append(f"{one['host']}: {outcome.get('msg', 'no reason given')}")
    return silent, list(dict.fromkeys(untried))


def _advice(
    result: Mapping[str, t.Any], mappings: list[Object], backend: t.Sequence[Mapping[str, t.Any]]
) -> t.Iterator[str]:
    """What to check, by the cloud's manual, with the values that were found."""
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
    yield f"4. The port mappings have to be correct. Mappings: {pairs or 'not visible'}."
