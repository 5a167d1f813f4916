"""The part of a check that only reads: whether the account is ready, and what can be observed without a change."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from .._api.vpcep import ENDPOINT_KIND, ENDPOINTS, SERVICE_KIND, SERVICES
from .._auth.token import Token
from .._core.errors import ApiError
from .._core.types import Object
from .._http.error_parser import ABSENT_AS_400
from .._http.retry import http_date
from .._schema.fields import RESOURCE_KINDS
from .assumptions import READING
from .forms import Form, error_form, joined, number, shape, word
from .network_reading import first_list, network_lists, note_filter
from .probe import Answer, LimitReached, Probe
from .report import Findings

PUBLIC = f"{SERVICES}/public"
FAR = 1_000_000  # an offset beyond the end of every list
CLOCK_SECONDS = 60  # of a difference that signatures allow for

LISTS = {
    "list services": SERVICES,
    "list endpoints": ENDPOINTS,
    "list tags of services": f"{SERVICE_KIND}/tags",
    "list tags of endpoints": f"{ENDPOINT_KIND}/tags",
}
"""List calls of VPCEP whose rights are checked."""

KNOWN_PUBLIC = ("obs", "dns", "apig", "smn", "kms", "cts")


def read_cloud(probe: Probe, findings: Findings) -> None:
    try:
        for look in LOOKS:
            try:
                look(probe, findings)
            except LimitReached:
                raise
            except Exception as error:  # an answer that the program does not expect: the rest is observed all the same
                findings.fact(f"step {look.__name__}", error_form(error), False)
    except LimitReached:
        findings.skip_rest(READING, word("too many requests, or too slow"))
    if probe.seconds:
        milliseconds = round(statistics.median(probe.seconds) * 1000)
        findings.fact("latency", joined(number(milliseconds), word("ms (median)"), by=" "))


def refusable(answer: Answer, accepted: str | None, refused: str | None = "refused") -> str | None:
    """The reading of a request that is carried out or refused; None for another answer."""
    if answer.is_code("3045"):  # the object is still busy with the change before
        return None
    return accepted if answer.ok else refused if answer.refused else None


def login(probe: Probe, findings: Findings) -> None:
    """Logs in, and notes what the token says. Raises VpcepError."""
    session = probe.session
    about = session.token_info()
    method = {"password": "password or passcode", "token": "given token"}.get(session.credentials.method, "access key")
    findings.fact("login", word(method))
    findings.fact("project", word("found"))
    life = Token(expires_at=about["expires_at"], issued_at=about["issued_at"]).lifetime
    if life:
        findings.fact("lifetime of the token", joined(number(round(life / 3600)), word("hours"), by=" "))
    catalog(probe, findings)


def catalog(probe: Probe, findings: Findings) -> None:
    """Whether the catalog names VPCEP, and where the address comes from."""
    session = probe.session
    try:
        token = session.auth.with_catalog()
    except ApiError as error:
        findings.note("catalog-entry", None, error_form(error))
        return
    named = bool(token and token.endpoints)
    source = "api_url" if session.credentials.api_url else "the catalog" if named else "the region"
    findings.fact("address of VPCEP", word(f"from {source}"))
    if token is None:
        findings.skip("catalog-entry", word("an access key has no catalog"))
    else:
        findings.note("catalog-entry", "named" if named else "missing", word("token"))


# Versions, rights, quotas


def versions(probe: Probe, findings: Findings) -> None:
    answer = probe.send("GET", "", version=None)
    names = {str(one.get("id")) for one in answer.objects("versions")}
    found = {frozenset(("v1", "v2")): "v1 and v2", frozenset(("v1",)): "v1 only"}.get(frozenset(names))
    findings.note("api-versions", found, answer.form)


def lists(probe: Probe, findings: Findings) -> None:
    """Which list calls are allowed, and what a failed service shows."""
    for name, path in LISTS.items():
        answer = probe.get(path, limit=1)
        text = "answers" if first_list(answer) else "answers with an empty list"
        findings.fact(name, word(text) if answer.ok else answer.form, answer.ok)
    failed = probe.get(SERVICES, status="failed", limit=1)
    for service in failed.objects("endpoint_services"):
        note_error(findings, service)
    findings.skip("failed-service-error", word("no service has failed") if failed.ok else failed.form)


def note_error(findings: Findings, service: Object) -> None:
    errors = service.get("error")
    first = errors[0] if isinstance(errors, list) and errors else errors
    names = set(first) if isinstance(first, dict) else set()
    pairs = (("error_code", "error_message"), ("code", "message"))
    reading = next((" and ".join(pair) for pair in pairs if names.issuperset(pair)), None)
    if service.get("status") == "failed":
        findings.note("failed-service-error", reading, shape(errors))


def quotas(probe: Probe, findings: Findings) -> None:
    answer = probe.get("quotas")
    resources = answer.get("quotas")
    found = {str(one.get("type")): one for one in Answer(200, resources).objects("resources")}
    limits = tuple(found.get(kind, {}).get("quota") for kind in RESOURCE_KINDS)
    usual: dict[tuple[object, ...], str] = {(20, 50): "20 and 50", (100, 150): "100 and 150"}
    plain = all(isinstance(one, int) for one in limits)
    findings.note("quota-values", usual.get(limits, "other numbers") if plain else None, answer.form)
    for kind in RESOURCE_KINDS:
        used, quota = found.get(kind, {}).get("used"), found.get(kind, {}).get("quota")
        room = used < quota if isinstance(used, int) and isinstance(quota, int) else None
        value = joined(number(used), word("of"), number(quota), word("used"), by=" ")
        findings.fact({"endpoint": "quota of endpoints"}.get(kind, "quota of services"), value, room)


# Public services, which every account can list


def public_services(probe: Probe, findings: Findings) -> None:
    answer = probe.get(PUBLIC, limit=1000, offset=0)
    findings.note("offset-zero", refusable(answer, "allowed"), answer.form)
    found = answer.objects("endpoint_services")
    if not found:
        for name in ("charge-type", "time-form", "limit-zero", "name-filter-public"):
            findings.skip(name, word("no public services are listed"))
        findings.fact("public services", answer.form if not answer.ok else word("none"), None)
        return
    kinds = [public_kind(one) for one in found]
    findings.fact("public services", joined(number(len(found)), *dict.fromkeys(kinds)))
    charge, made = found[0].get("is_charge"), found[0].get("created_at")
    kind = "boolean" if isinstance(charge, bool) else "text" if isinstance(charge, str) else None
    findings.note("charge-type", kind, shape(charge))
    forms = {"time in seconds with Z": "seconds with Z", "time in another form": "another form"}
    findings.note("time-form", forms.get(shape(made)), shape(made))
    paging(probe, findings)
    filtered: dict[str, Any] = {"path": PUBLIC, "option": "endpoint_service_name", "member": "endpoint_services"}
    note_filter(probe, findings, "name-filter-public", found, **filtered)


def public_kind(service: Object) -> Form:
    """What a public service is, by the end of its name."""
    ending = str(service.get("service_name")).rpartition(".")[2].lower()
    name = ending if ending in KNOWN_PUBLIC else "another one"
    kind = service.get("service_type")
    return word(f"{name} ({kind})" if kind in ("interface", "gateway") else name)


def paging(probe: Probe, findings: Findings) -> None:
    empty = probe.get(PUBLIC, limit=0)
    some = "a page with objects" if empty.objects("endpoint_services") else "an empty page"
    findings.note("limit-zero", refusable(empty, some), empty.form)
    many = probe.get(PUBLIC, limit=1001)
    findings.note("limit-above-maximum", refusable(many, "allowed"), many.form)
    beyond = probe.get(PUBLIC, limit=10, offset=FAR)
    nothing = None if beyond.objects("endpoint_services") else "an empty page"
    findings.note("offset-beyond-end", refusable(beyond, nothing), beyond.form)


def sort_keys(probe: Probe, findings: Findings) -> None:
    first, second = (probe.get(SERVICES, sort_key=key, limit=1) for key in ("created_at", "create_at"))
    reading = which_works(first, second, "created_at and create_at", "created_at only", "create_at only")
    findings.note("sort-keys", reading, second.form)


def which_works(one: Answer, other: Answer, both: str, first: str, second: str) -> str | None:
    """The reading of two requests of which at least one is carried out, and the other one refused."""
    readings = {(True, True): both, (True, False): first, (False, True): second}
    is_clear = all(answer.ok or answer.refused for answer in (one, other))
    return readings.get((one.ok, other.ok)) if is_clear else None


# Objects that do not exist


def missing(answer: Answer) -> str | None:
    """The reading of an answer about an object that does not exist."""
    if answer.status == 400 and answer.is_code(*ABSENT_AS_400):
        return "400 EndPoint.2003" if answer.is_code("2003") else "400 with the code of a 404"
    if answer.status == 404:
        digits = next((one for one in ("0005", "2006") if answer.is_code(one)), None)
        return f"404 EndPoint.{digits}" if digits else "404 with another code"
    return None


def seen_by(findings: Findings, list_name: str, answer: Answer) -> Form:
    """The form of an answer about one object. A caller who may list them may also read one."""
    return joined(answer.form) if findings.facts[list_name]["ok"] else answer.form


def missing_objects(probe: Probe, findings: Findings) -> None:
    unknown = str(uuid.uuid4())
    started = time.time()
    service = probe.get((SERVICES + "/{}", unknown))
    clock(findings, service, started)
    findings.note("missing-service", missing(service), seen_by(findings, "list services", service))
    endpoint = probe.get((ENDPOINTS + "/{}", unknown))
    findings.note("missing-endpoint", missing(endpoint), seen_by(findings, "list endpoints", endpoint))
    described = probe.get(f"{SERVICES}/describe", id=unknown)
    findings.note("describe-missing", missing(described), described.form)
    named = probe.get((SERVICES + "/{}", f"check-{unknown[:8]}"))
    findings.note("name-as-id", {404: "404", 400: "400"}.get(named.status or 0), named.form)
    path = probe.get(("{}", f"check-{unknown[:8]}"))
    gateway = str(path.code).upper().startswith(("APIGW.", "APIG."))
    readings = {True: "404 of the gateway", False: "404 of the API"}
    findings.note("unknown-path", readings[gateway] if path.status == 404 else None, path.form)


def clock(findings: Findings, answer: Answer, started: float) -> None:
    there = http_date(answer.error.server_date) if answer.error else None
    if there is None:
        findings.fact("clock", word("the answers have no date"), None)
        return
    off = round((started + time.time()) / 2 - there)
    right = abs(off) <= CLOCK_SECONDS
    where = "right" if abs(off) <= 2 else "ahead by" if off > 0 else "behind by"
    value = word(where) if where == "right" else joined(word(where), number(abs(off)), word("s"), by=" ")
    findings.fact("clock", value, right)


def tag_search(probe: Probe, findings: Findings) -> None:
    path = f"{SERVICE_KIND}/resource_instances/action"

    def search(limit: object) -> Answer:
        body = {"action": "filter", "limit": limit, "offset": "0", "tags": [{"key": "vpcep-check", "values": []}]}
        return probe.send("POST", path, "read", json=body)

    text, number = search("1"), search(1)
    reading = which_works(text, number, "text or number", "text only", "number only")
    findings.note("tag-search-limit", reading, (number if text.ok else text).form)
    if text.ok or number.ok:  # else a refusal does not show that zero is wrong
        zero = search("0" if text.ok else 0)
        findings.note("tag-search-limit-zero", refusable(zero, "allowed"), zero.form)
    findings.skip("tag-search-limit-zero", text.form)


LOOKS: tuple[Callable[[Probe, Findings], None], ...] = (
    versions,
    lists,
    quotas,
    public_services,
    sort_keys,
    missing_objects,
    tag_search,
    network_lists,
)
