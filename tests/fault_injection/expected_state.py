"""The connection that is asked for again and again, and what of it is lost or doubled in a cloud."""

from typing import Any

from tests.support import seed

SERVICE: dict[str, Any] = {
    "name": "web",
    **seed.BACKEND,
    "approval_enabled": True,
    "description": "torture",
    "tags": {"env": "test"},
    "ports": [{"client_port": 8080, "server_port": 80}, {"client_port": 8081, "server_port": 80}],
}
ENDPOINT: dict[str, Any] = {
    **seed.CONSUMER,
    "enable_dns": True,
    "tags": {"env": "test"},
}
CHANGED_SERVICE = {
    **SERVICE,
    "description": "changed",
    "tags": {"env": "live", "team": "net"},
    "ports": [{"client_port": 8080, "server_port": 80}, {"client_port": 9090, "server_port": 90}],
}
CHANGED_ENDPOINT = {**ENDPOINT, "tags": {"env": "live"}}
Findings = tuple[list[str], list[str]]
"""What is lost, and what is doubled."""


def compare(state: dict[str, Any], service: dict[str, Any], endpoint: dict[str, Any], account: str) -> Findings:
    """A cloud's state with what is asked for. account: the domain ID that has to be on the whitelist."""
    doubled = twice(state)
    if not state["services"] or not state["endpoints"]:
        return [f"no {kind}" for kind in ("services", "endpoints") if not state[kind]], doubled
    is_service, is_endpoint = state["services"][0], state["endpoints"][0]
    wanted_ports = sorted(port["client_port"] for port in service["ports"])
    differences = {
        **{f"{name} of the service": is_service[name] != service[name] for name in ("name", "description", "tags")},
        "ports": sorted(port["client_port"] for port in is_service["ports"]) != wanted_ports,
        "whitelist": [record["permission"] for record in is_service["permissions"]] != [f"iam:domain::{account}"],
        "approval": is_service["approval_enabled"] != service["approval_enabled"],
        f"the service is {is_service['status']}": is_service["status"] != "available",
        f"the endpoint is {is_endpoint['status']}": is_endpoint["status"] != "accepted",
        "tags of the endpoint": is_endpoint["tags"] != endpoint["tags"],
        "enable_dns": not is_endpoint["enable_dns"],
        "the endpoint's service": is_endpoint["endpoint_service_id"] != is_service["id"],
    }
    return [name for name, differs in differences.items() if differs], doubled


def leftovers(state: dict[str, Any]) -> Findings:
    """A cloud's state with nothing."""
    return [f"{len(state[kind])} {kind} left" for kind in ("services", "endpoints") if state[kind]], []


def twice(state: dict[str, Any]) -> list[str]:
    """The objects that exist more than once, without those that are being deleted."""
    counts = {
        kind: len([item for item in state[kind] if item["status"] != "deleting"]) for kind in ("services", "endpoints")
    }
    return [f"{count} {kind}" for kind, count in counts.items() if count > 1]
