"""The part of a check that creates objects: one service and two endpoints, which it then deletes.

While the cloud creates the endpoints, the check changes the service's tags, whitelist and ports.
"""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from .._api.vpcep import ENDPOINTS, SERVICES
from .._auth.session import ApiPath, Session
from .._core.errors import VpcepError
from .._core.types import Object
from .._http.retry import Deadline
from .._schema.fields import PENDING
from .forms import error_form, joined, shape, status_word, word
from .leftovers import endpoint_description, service_name, tags
from .network_reading import LISTS, note_filter
from .probe import Answer, LimitReached, Probe
from .reading import missing, note_error, refusable
from .trial import (
    AT_ONCE,
    OLD_TAG,
    POLLS,
    SOON,
    Trial,
    note_creation,
    note_stored_tags,
    note_tags,
    seen_status,
    try_permissions,
    try_policy,
    try_ports,
    try_tags,
)

ACCESS_LIST = [f"192.0.2.{last}" for last in range(1, 33)]  # addresses for documentation
OUTSIDE_REQUESTS, OUTSIDE_SECONDS = 4, 60.0
LASTING = ("vpc_id", "subnet_id", "tags", "description", "created_at")  # members of every endpoint


def try_all(trial: Trial, second: Session | None) -> None:
    """All steps, until one of them fails; what is made has to be deleted afterwards. Raises LimitReached.

    second: a session of another account.
    """
    if not make_service(trial):
        return
    makes = make_endpoints(trial)
    try_permissions(trial)
    tried = try_tags(trial)
    note_tags(trial, tried, try_ports(trial))
    try_policy(trial)
    if second:
        look_from_outside(trial, second)
    else:
        for name in ("describe-across-accounts", "read-across-accounts"):
            trial.findings.skip(name, word("needs a second login"))
    status = await_endpoint(trial) if makes else ""
    try_name_filter(trial)
    alone = delete_second(trial)
    if status in (PENDING, "accepted"):
        status = decide(trial)
    end(trial, status, alone)


def await_creation(trial: Trial, path: ApiPath, made: Object) -> Answer | None:
    """Waits until an object is not being created any more. made: the answer to its creation."""
    is_creating = made.get("status") == "creating"
    pauses, kind = (trial.polls("creation"), "creation") if is_creating else ((0, *POLLS), "")
    return trial.wait(path, lambda answer: answer.ok and answer.get("status") != "creating", pauses, kind)


def make_service(trial: Trial) -> bool:
    """Makes the service and waits until it is available. Returns whether it is."""
    for _attempt in range(2):
        answer = trial.create(SERVICES, service_body(trial))
        note_balancer(trial, answer)
        if not answer.ok:
            trial.findings.fact("creation of a service", answer.form, False)
            return False
        trial.service = answer.body
        note_creation(trial, answer)
        if "list-delay" not in trial.findings.readings:
            present, listed = is_listed(trial)
            trial.note("list-delay", ("at once" if present else "later") if listed.ok else None, listed.form)
        if not delete_creating_service(trial, answer):
            break
        trial.port += 1  # the deleted one may still hold its port
    ready = await_creation(trial, trial.service_path(), trial.service)
    status = ready.get("status") if ready else "creating"
    trial.findings.fact("creation of a service", status_word(status), status == "available")
    if ready:
        note_stored_tags(trial, ready)
        note_error(trial.findings, ready.body)
    return bool(status == "available")


def service_body(trial: Trial) -> Object:
    options = trial.options
    return {
        "vpc_id": options["vpc_id"],
        "port_id": options["port_id"],
        "server_type": options.get("server_type") or "VM",
        "service_name": service_name(trial.mark),
        "description": "made by check_cloud",
        "approval_enabled": True,
        "ports": [{"client_port": trial.port, "server_port": trial.port, "protocol": "TCP"}],
        "tags": [*tags(trial.mark), OLD_TAG],
    }


def note_balancer(trial: Trial, answer: Answer) -> None:
    """Notes whether a dedicated load balancer can be the backend."""
    if trial.options.get("server_type") != "LB" or "balancer-kind" in trial.findings.readings:
        trial.findings.skip("balancer-kind", word("the backend is no load balancer"))
        return
    params = {"vip_port_id": trial.options["port_id"], "limit": 1}
    shown = trial.probe.send("GET", **{**LISTS["list load balancers"], "params": params})
    if any(one.get("guaranteed") is True for one in shown.objects("loadbalancers")):
        trial.note("balancer-kind", refusable(answer, "shared and dedicated ones", "shared ones only"), answer.form)
    trial.findings.skip("balancer-kind", word("the backend is a shared load balancer") if shown.ok else shown.form)


def is_listed(trial: Trial) -> tuple[bool, Answer]:
    answer = trial.probe.get(SERVICES, id=trial.service["id"])
    return any(one.get("id") == trial.service["id"] for one in answer.objects("endpoint_services")), answer


def try_name_filter(trial: Trial) -> None:
    """Tries the name filter; as late as possible, since lists may show a service later."""
    short = service_name(trial.mark)
    named = {"id": trial.service["id"], "name": short}
    full = trial.service.get("service_name")
    wholes = {"the short name only": short, "the whole name only": full if isinstance(full, str) else short}
    if trial.findings.readings["list-delay"][0] != "at once" and not is_listed(trial)[0]:
        trial.findings.skip("name-filter", word("the list does not show the service"))
        return
    filtered: dict[str, Any] = {"path": SERVICES, "option": "endpoint_service_name", "member": "endpoint_services"}
    note_filter(trial.probe, trial.findings, "name-filter", [named], **filtered, wholes=wholes)


def delete_creating_service(trial: Trial, made: Answer) -> bool:
    """Tries to delete the service while it is being created. Returns whether it is gone."""
    if made.get("status") != "creating" or "delete-creating-service" in trial.findings.readings:
        trial.findings.skip("delete-creating-service", AT_ONCE)
        return False
    answer = trial.probe.delete(trial.service_path())
    trial.note("delete-creating-service", deletable(answer), answer.form)
    return answer.ok and trial.await_deletion(trial.service_path())


def look_from_outside(trial: Trial, session: Session) -> None:
    """What another account sees of the service. A login that fails does not stop the check."""
    try:
        other, own = session.token_info()["domain_id"], trial.probe.session.domain_id
    except VpcepError as error:
        trial.findings.fact("second login", error_form(error), False)
        return
    same = bool(own) and own == other
    trial.findings.fact("second login", word("of the same account" if same else "of another account"), not same)
    if not same:
        probe = Probe(session, OUTSIDE_REQUESTS, Deadline(OUTSIDE_SECONDS, trial.runtime.clock))
        with contextlib.suppress(LimitReached):
            described = probe.get(f"{SERVICES}/describe", id=trial.service["id"])
            trial.note("describe-across-accounts", refusable(described, "allowed"), described.form)
            read = probe.get(trial.service_path())
            trial.note("read-across-accounts", missing(read), read.form)


def make_endpoints(trial: Trial) -> bool:
    """Makes two endpoints, and deletes the second one. Returns whether the first one is being made."""
    unknown = trial.create(ENDPOINTS, {**endpoint_body(trial, 1), "endpoint_service_id": str(uuid.uuid4())})
    documented = ((400, "2003"), (404, "0005"))
    seen = [
        f"{status} EndPoint.{code}" for status, code in documented if unknown.status == status if unknown.is_code(code)
    ]
    trial.note("unknown-service", seen[0] if seen else None, unknown.form)
    answer = make_first(trial)
    if not answer.ok:
        trial.findings.fact("creation of an endpoint", answer.form, False)
        return False
    trial.endpoint = answer.body
    note_endpoint(trial, answer)
    connections = trial.probe.get(trial.service_path("/connections"), limit=100)
    present = any(one.get("id") == trial.endpoint["id"] for one in connections.objects("connections"))
    trial.note("connection-delay", ("at once" if present else "later") if connections.ok else None, connections.form)
    make_second(trial)
    return True


def endpoint_body(trial: Trial, number: int) -> Object:
    return {
        "endpoint_service_id": trial.service["id"],
        "vpc_id": trial.options["vpc_id"],
        "subnet_id": trial.options["subnet_id"],
        "enable_dns": True,
        "description": endpoint_description(trial.mark, number),
        "tags": tags(trial.mark),
    }


def make_first(trial: Trial) -> Answer:
    """Makes the endpoint with the longest whitelist that the cloud takes. The whitelist stays switched off."""
    for size in (32, 20, 0):
        whitelist = {"whitelist": ACCESS_LIST[:size], "enable_whitelist": False} if size else {}
        answer = trial.create(ENDPOINTS, {**endpoint_body(trial, 1), **whitelist})
        if answer.ok or not answer.refused or answer.is_code("1018"):
            break
    needed = answer.is_code("2002", "2041", "1019")
    trial.note("port-ip", "no" if answer.ok else "yes" if needed else None, answer.form)
    if answer.ok:
        trial.note("access-list-size", {32: "32", 20: "20"}.get(size), word("refused with 20 entries"))
    return answer


def note_endpoint(trial: Trial, answer: Answer) -> None:
    status = answer.get("status")
    words = ("creating", PENDING, "accepted")
    trial.note("endpoint-status", status if status in words else None, seen_status(answer))
    trial.note_member("dns-names-at-creation", answer.get("dns_names"))
    trial.note_member("endpoint-ip-version", answer.get("ip_version"))
    active = answer.get("active_status")
    kind = "list" if isinstance(active, list) else "text" if isinstance(active, str) else None
    trial.note("active-status", kind, shape(active))


def make_second(trial: Trial) -> None:
    """Makes the second endpoint, and tries to delete it while it is being created."""
    answer = trial.create(ENDPOINTS, endpoint_body(trial, 2))
    if not answer.ok:
        trial.findings.skip("delete-creating-endpoint", answer.form)
        return
    trial.second = trial.made[-1]
    if answer.get("status") != "creating":
        trial.findings.skip("delete-creating-endpoint", AT_ONCE)
        return
    deleted = trial.probe.delete(trial.second.url)
    trial.note("delete-creating-endpoint", deletable(deleted), deleted.form)


def deletable(answer: Answer) -> str | None:
    """The reading of a deletion during the creation; here a refusal may also name the object's state."""
    return "allowed" if answer.ok else "refused" if answer.refused else None


def await_endpoint(trial: Trial) -> str:
    """Waits until the first endpoint is made, and returns its status."""
    ready = await_creation(trial, trial.endpoint_url, trial.endpoint)
    status = str(ready.get("status")) if ready else "creating"
    trial.findings.fact("creation of an endpoint", status_word(status), status in (PENDING, "accepted"))
    readings = {PENDING: "they wait", "accepted": "they are accepted"}
    if ready and status in readings:
        trial.note("own-approval", readings[status], status_word(status))
    if ready and status == PENDING:
        ip, dns = ready.get("ip"), ready.get("enable_dns")
        form = joined(word("ip:"), shape(ip), word("enable_dns:"), shape(dns), by=" ")
        trial.note("pending-members", "shown" if ip or dns else "hidden", form)
    return status


def act(trial: Trial, action: str) -> Answer:
    return trial.probe.post(
        trial.service_path("/connections/action"), {"action": action, "endpoints": [trial.endpoint["id"]]}
    )


def decide(trial: Trial) -> str:
    """Accepts and rejects the first endpoint. Returns its last status."""
    accepted = act(trial, "receive")
    ready = trial.wait(trial.endpoint_url, lambda answer: answer.get("status") == "accepted", SOON)
    if not ready:
        trial.findings.fact("acceptance of an endpoint", accepted.form, False)
        return ""
    trial.endpoint = {**ready.body, "id": trial.endpoint["id"]}  # only what the check made is changed
    look_for_zone(trial)
    again = act(trial, "receive")
    refused = "400 EndPoint.2014" if again.status == 400 and again.is_code("2014") else None
    trial.note("receive-accepted", "200" if again.status == 200 else refused, again.form)
    changed = trial.probe.put(trial.endpoint_url, {"whitelist": [], "enable_whitelist": False})
    absent = "missing" if changed.status in (404, 405, 501) else None
    trial.note("endpoint-update", "offered" if changed.ok else absent, changed.form)
    delete_used_service(trial)
    if not trial.service or trial.open_to_all:
        return "accepted"
    update_without_approval(trial)
    return decide_without_approval(trial)


def look_for_zone(trial: Trial) -> None:
    """Notes whether a private zone of the endpoint's name is in the list of zones."""
    names = trial.endpoint.get("dns_names")
    name = str(names[0]).lower().rstrip(".") if isinstance(names, list) and names else ""
    answer = trial.probe.send("GET", **{**LISTS["list DNS zones"], "params": {"type": "private", "limit": 500}})
    zones = {str(one.get("name")).lower().rstrip(".") for one in answer.objects("zones")}
    if not name or not answer.ok:
        trial.findings.skip("dns-zone", word("the endpoint has no name") if answer.ok else answer.form)
        return
    above = any(zone and name.endswith(f".{zone}") for zone in zones)
    reading = "the endpoint's name" if name in zones else "a domain above the endpoint's name" if above else "no"
    trial.note("dns-zone", reading, answer.form)


def delete_used_service(trial: Trial) -> None:
    """Tries to delete the service while its endpoint is accepted, which the documents forbid."""
    answer = trial.probe.delete(trial.service_path())
    refused = next((f"refused with EndPoint.{code}" for code in ("3006", "3005") if answer.is_code(code)), None)
    trial.note("delete-used-service", "allowed" if answer.ok else refused, answer.form)
    if answer.ok:
        trial.follow_deletion("service", trial.service_path(), answer, "available")
        trial.service = {}


def update_without_approval(trial: Trial) -> None:
    """Switches approval off, then changes something else without naming it."""
    off = trial.probe.put(trial.service_path(), {"approval_enabled": False})
    changed = trial.probe.put(trial.service_path(), {"description": ""})
    if off.get("approval_enabled") is False and changed.ok:
        flag, text = changed.get("approval_enabled"), changed.get("description")
        readings = {False: "nothing", True: "resets it to true"}
        trial.note("put-without-approval", readings[flag] if isinstance(flag, bool) else None, shape(flag))
        trial.note("empty-description", "kept" if text else "deleted", shape(text))


def decide_without_approval(trial: Trial) -> str:
    """Rejects, accepts and rejects the endpoint of a service that needs no approval. Returns its last status."""
    rejected = act(trial, "reject")
    trial.note("reject-without-approval", refusable(rejected, "allowed"), rejected.form)
    if not rejected.ok:
        return "accepted"
    accepted = act(trial, "receive")
    trial.note("accept-rejected", refusable(accepted, "allowed"), accepted.form)
    if accepted.ok and not act(trial, "reject").ok:
        return "accepted"
    return "rejected"


def end(trial: Trial, status: str, alone: bool) -> None:
    """Deletes a service with a rejected endpoint, then the endpoint; otherwise the other way round.

    status: of the first endpoint, empty if there is none; alone: the second one, which blocks the service, is gone.
    """
    if alone and status == "rejected":
        answer = trial.probe.delete(trial.service_path())
        trial.note("delete-service-rejected", refusable(answer, "allowed"), answer.form)
        if answer.ok and trial.follow_deletion("service", trial.service_path(), answer, "available"):
            trial.service = {}
            note_orphan(trial)
    if status:
        answer = trial.probe.delete(trial.endpoint_url)
        trial.follow_deletion("endpoint", trial.endpoint_url, answer, status)
    if trial.service:
        answer = trial.probe.delete(trial.service_path())
        if answer.ok:
            trial.follow_deletion("service", trial.service_path(), answer, "available")


def delete_second(trial: Trial) -> bool:
    """Deletes the second endpoint if it is still there, and waits. Returns whether it is gone."""
    if trial.second is None:
        return True
    if trial.findings.readings.get("delete-creating-endpoint", ("",))[0] != "allowed":
        trial.probe.delete(trial.second.url)
    return trial.await_deletion(trial.second.url, (0, *POLLS[:4]))


def note_orphan(trial: Trial) -> None:
    shown = trial.probe.get(trial.endpoint_url)
    if shown.is_gone:
        trial.note("orphan-members", "404", shown.form)
        return
    readings = {
        (True, True): "all members",
        (False, True): "no endpoint_service_name",
        (True, False): "no endpoint_service_id",
        (False, False): "neither name nor ID of the service",
    }
    reading = readings[bool(shown.get("endpoint_service_name")), bool(shown.get("endpoint_service_id"))]
    lacking = [name for name in LASTING if trial.endpoint.get(name) and not shown.get(name)]
    trial.note("orphan-members", None if lacking or not shown.ok else reading, shown.form)
