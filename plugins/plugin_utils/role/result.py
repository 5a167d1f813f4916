"""The result of the role connect_vpcs."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...module_utils._core.types import Object
from .plan import with_records


def role_result(
    given: Mapping[str, t.Any], plan: Mapping[str, t.Any] | None = None, registered: Mapping[str, t.Any] | None = None
) -> Object:
    """See the filter connect_vpcs_result. Without a plan the result is empty."""
    result: Object = {"service": {}, "endpoints": [], "created": [], "cloud_services": {}, "next": []}
    result |= {"resolved": [], "traffic": {}, "verified": []}
    result["state"] = given["state"]
    if plan is None:
        return result
    known = registered or {}
    if given["state"] == "absent":
        return {**result, "service": plan["service"], "endpoints": _removed(known["removed"])}
    if given["entry"] == "approve":
        return {**result, **_approved(given, plan["service"], known["connected"].get("connections") or [])}
    if given["is_fleet"]:
        decisions = {name: plan[name] for name in ("is_own", "accepts", "has_changes")}
        return {**result, "service": _service(plan, known), **decisions}
    return {**result, **_connected(given, plan, known)}


def _removed(removed: Mapping[str, t.Any]) -> list[Object]:
    return [endpoint for group in removed["results"] for endpoint in group.get("endpoints") or [] if endpoint]


def _approved(given: Mapping[str, t.Any], service: Object, connections: list[Object]) -> Object:
    steps = []
    accounts = {account.lower() for account in given["accept_from"]}
    meant = [one for one in connections if not accounts or str(one.get("domain_id")).lower() in accounts]
    of_accounts = f" of account {' or '.join(given['accept_from'])}" if accounts else ""
    if not service:
        steps = ["The service does not exist yet: provide it first (tasks_from provide)."]
    elif not meant:
        steps = [
            f"No endpoint{of_accounts} is connected to the service yet: the consumer has to create one "
            "(tasks_from consume)."
        ]
    elif {connection["status"] for connection in meant} == {"rejected"}:
        steps = ["All endpoints were rejected; vpcep_connection can still accept them by ID."]
    steps += [text for connection in connections for text in _left_waiting(connection)]
    return {"service": service, "connections": connections, "next": steps}


def _left_waiting(connection: Object) -> t.Iterator[str]:
    """The next step for a connection that a policy leaves waiting."""
    if connection["status"] == "pendingAcceptance" and connection.get("decided_by"):
        yield (
            f"Endpoint {connection['id']} of account {connection.get('domain_id')} waits (rule "
            f"{connection['decided_by']} of connect_vpcs_accept_policy): accept or reject it with vpcep_connection."
        )


def _service(plan: Mapping[str, t.Any], known: Mapping[str, t.Any]) -> Object:
    """The service as it is after the last change."""
    changed = [result["service"] for result in known.get("service") or [] if "service" in result]
    service: Object = [plan["service"], *changed][-1]
    return service


def _connected(given: Mapping[str, t.Any], plan: Mapping[str, t.Any], known: Mapping[str, t.Any]) -> Object:
    service = _service(plan, known)
    traffic = [result["traffic"] for result in known.get("service") or [] if result.get("traffic")]
    reached = {endpoint["id"]: endpoint for endpoint in with_records(known.get("reached") or {})}
    endpoints: list[Object] = []
    cloud_services: dict[str, Object] = {}
    for group in plan["groups"]:
        if group["name"]:  # the role accepts none of its endpoints
            cloud_services[group["name"]] = {"service": group["service"], "endpoints": group["current"]}
        else:
            endpoints = [_as_it_is(endpoint, reached, given, plan) for endpoint in group["current"]]
    return {
        "service": service,
        "endpoints": [_with_addresses(endpoint, service) for endpoint in endpoints],
        "created": [identifier for group in plan["groups"] for identifier in group["created"]],
        "cloud_services": cloud_services,
        "resolved": plan["resolved"],
        "traffic": traffic[-1] if traffic else plan["traffic"],
        "next": list(_next_steps(given, plan, service, endpoints)),
    }


def _as_it_is(
    endpoint: Object, reached: Mapping[str, Object], given: Mapping[str, t.Any], plan: Mapping[str, t.Any]
) -> Object:
    """The endpoint after its acceptance. In check mode, an endpoint to be accepted still has its old status here."""
    seen = reached.get(endpoint.get("id") or "", endpoint)
    decided = plan.get("decided", {}).get(seen.get("id"))
    if decided:
        return {**seen, "status": decided["status"]}
    accepts_all = plan["accepts"] and not given["accept_policy"]
    if accepts_all and seen.get("status") == "pendingAcceptance":
        return {**seen, "status": "accepted"}
    # In check mode, the modules cannot read whether a service that does not exist yet needs approval.
    if not accepts_all and seen.get("endpoint_service_id") == "" and plan["service"].get("approval_enabled"):
        shown = {name: value for name, value in seen.items() if name != "dns_record"}
        return {**shown, "status": "pendingAcceptance", "ip": "", "dns_names": []}
    return seen


def _with_addresses(endpoint: Object, service: Mapping[str, t.Any]) -> Object:
    address, record = endpoint.get("ip") or "", endpoint.get("dns_record") or {"note": "none"}
    names = [*([] if "note" in record else [record["name"]]), *(endpoint.get("dns_names") or [])]
    ports = sorted({mapping["client_port"] for mapping in service.get("ports") or []})
    hosts = [host for host in (address, *names) if host] if endpoint.get("status") == "accepted" else []
    return {
        **endpoint,
        "ip": address,
        "dns_names": names,
        "ports": [f"{host}:{port}" for host in hosts for port in ports],
    }


def _next_steps(
    given: Mapping[str, t.Any], plan: Mapping[str, t.Any], service: Mapping[str, t.Any], endpoints: list[Object]
) -> t.Iterator[str]:
    """The next steps of the user and of the other side."""
    if given["entry"] == "provide":
        unknown = "(check mode: not created)"
        identifier, name = service.get("id") or unknown, service.get("service_name") or unknown
        yield f"Consumers connect with connect_vpcs_service_id={identifier} or connect_vpcs_service_name={name}."
    elif not given["endpoints"] and not given["cloud_services"]:
        yield "No endpoints given, so no VPC was connected. Give connect_vpcs_endpoints."
    owner = f"the owner of endpoint service {service.get('id', '')}"
    for connection in plan.get("decided", {}).values():
        yield from _left_waiting(connection)
    unnamed = [endpoint["id"] for endpoint in endpoints if "note" in (endpoint.get("dns_record") or {})]
    for identifier in [] if plan["accepts"] else plan["waiting"]:
        after = " Then run this again: it creates the record of its dns_name." if identifier in unnamed else ""
        yield f"Endpoint {identifier} waits until {owner} accepts it (tasks_from approve, or vpcep_connection).{after}"
    for endpoint in endpoints:
        if endpoint.get("status") == "rejected":
            yield f"Endpoint {endpoint['id']} was rejected by {owner}, who can still accept it with vpcep_connection."
