"""Services and endpoints of two accounts, created by API calls as other tools do, and runs of exported files.

A plan has ``services`` (members of a create request, and ``permissions``) and ``endpoints``: ``account``, ``service``
(its number, or ``dns`` or ``obs``), ``place`` (number of an unused network), ``status`` and members of a request.
"""

import copy
import json
from collections import Counter
from typing import Any

import yaml
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints, find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import permission_key
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate import drift
from tests.simulator.handle import Handle
from tests.support.programs import Task
from tests.support.situations import DENY

Object = dict[str, Any]
TEMPLATE = "{{ lookup('pipe', 'touch /tmp/vpcep-was-evaluated') }} #jinja2: \" ' é"
TEXTS = ("", "plain", TEMPLATE, "{% x %}\n- two: lines # ", "yes", "1e3", "0x1", "~", "!unsafe x", "&a *b")
TAGS: tuple[Object, ...] = ({}, {"env": "dev"}, {"b": "", "a": "true", "1": "12:30:45"})
ORG_PATH = "organizations:orgPath::o-1/r-1/*"
DOCUMENT = {"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["*"]}]}
VARYING = (
    "id",
    "service_name",
    "created_at",
    "updated_at",
    "marker_id",
    "endpoint_service_id",
    "connected",
    "editions",
)
LIMITS = {"delay": 0, "quota_services": 1000, "quota_endpoints": 1000}


class Loader(yaml.SafeLoader):
    """Reads !unsafe as the text that it marks."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def parsed(text: str) -> Object:
    found: Object = yaml.load(text, Loader=Loader)
    return found


# Plans

_SERVICE = st.fixed_dictionaries(
    {
        "approval_enabled": st.booleans(),
        "description": st.sampled_from(TEXTS),
        "tags": st.sampled_from(TAGS),
        "tcp_proxy": st.sampled_from(["close", "toa_open", "proxy_open"]),
        "permissions": st.sampled_from(
            [[], ["*"], ["iam:domain::abc", "iam:domain::*"], [ORG_PATH, "iam:domain::abc"]]
        ),
        "enable_policy": st.booleans(),
        "mappings": st.integers(1, 3),
        "kind": st.sampled_from(["VM", "LB"]),
    }
)
_ENDPOINT = st.fixed_dictionaries(
    {
        "account": st.sampled_from(["provider", "consumer"]),
        "service": st.sampled_from([0, 1, 2, "dns", "obs"]),
        "place": st.integers(1, 3),
        "status": st.sampled_from(["accepted", "accepted", "pendingAcceptance", "rejected"]),
        "description": st.sampled_from(TEXTS),
        "tags": st.sampled_from(TAGS),
        "enable_dns": st.booleans(),
        "whitelist": st.sampled_from([[], ["10.0.0.0/8", "192.168.1.1"]]),
        "policy": st.booleans(),
        "address": st.booleans(),
        "copies": st.sampled_from([1, 1, 1, 3, 30]),
    }
)


@st.composite
def plans(draw: Any) -> Object:
    """Plans that can be created again: names are unique, and endpoints that are not accepted have own subnets."""
    names = draw(st.permutations(["web", "", "A-b_1"]))
    services = [{"name": name, **draw(_SERVICE)} for name in names[: draw(st.integers(0, 3))]]
    wanted = draw(st.lists(_ENDPOINT, max_size=6))
    there = [one for one in wanted if not isinstance(one["service"], int) or one["service"] < len(services)]
    endpoints = [
        copy.deepcopy(one) for one in there for _copy in range(1 if one["service"] == "obs" else one["copies"])
    ]
    for one in endpoints:
        if not isinstance(one["service"], int) or not services[one["service"]]["approval_enabled"]:
            one["status"] = "accepted"
    taken = Counter(map(_place, endpoints))
    alone = [one for one in endpoints if taken[_place(one)] == 1 or (one["status"] == "accepted" != one["service"])]
    return {
        "services": services,
        "endpoints": [one for one in alone if one["service"] != "obs" or taken[_place(one)] == 1],
    }


def _place(one: Object) -> Any:
    return one["account"], one["service"], one["place"]


# Estates


def build(task: Task, plan: Object) -> Object:
    """Makes the services and endpoints of a plan. Returns their IDs in its order."""
    apis = {}
    for name in ("provider", "consumer"):
        task.prepare(account=name)
        apis[name] = task.runtime.api
    return build_with(task.simulator, apis, plan)


def build_with(cloud: Handle, apis: dict[str, VpcepApi], plan: Object) -> Object:
    cloud.settings(**LIMITS)
    services = [make_service(cloud, apis["provider"], number, plan) for number, _one in enumerate(plan["services"])]
    listed = apis["provider"].list_public_services()
    ids = {str(one["service_name"]).rpartition(".")[2]: one["id"] for one in listed} | dict(enumerate(services))
    made = [make_endpoint(cloud, apis, ids, number, one) for number, one in enumerate(plan["endpoints"])]
    return {"services": services, "endpoints": made}


def make_service(cloud: Handle, api: VpcepApi, number: int, plan: Object) -> str:
    wanted = plan["services"][number]
    spare = cloud.spare("provider")[0]
    kind = wanted.get("kind", "VM")
    ports = [
        {"client_port": 80 + index, "server_port": 1000 + 10 * number + index, "protocol": "TCP"}
        for index in range(wanted.get("mappings", 1))
    ]
    body = {
        "port_id": spare["port_id" if kind == "VM" else "lb_port_id"],
        "vpc_id": spare["vpc_id"],
        "server_type": kind,
        "service_name": wanted["name"],
        "ports": ports,
        **_given(wanted, ("approval_enabled", "description", "tags", "tcp_proxy")),
        **_given(wanted, ("enable_policy",) if cloud.profile != "otc" else ()),
    }
    service_id = str(api.create_service(body)["id"])
    records = [*wanted.get("permissions", ())]
    if any((one["account"], one["service"]) == ("consumer", number) for one in plan["endpoints"]):
        records.append("iam:domain::" + cloud.domain_id("consumer"))
    for record in records:
        kind = {"permission_type": "orgPath"} if record == ORG_PATH else {}
        if not kind or cloud.profile == "huawei":
            api.change("addOrRemovePermissions", service_id, body={"action": "add", "permissions": [record], **kind})
    return service_id


def make_endpoint(cloud: Handle, apis: dict[str, VpcepApi], ids: Object, number: int, wanted: Object) -> str:
    spare = cloud.spare(wanted["account"])[wanted["place"]]
    body = {"endpoint_service_id": ids[wanted["service"]], "vpc_id": spare["vpc_id"]}
    body |= _given(wanted, ("description", "tags"))
    if wanted["service"] == "obs":
        body |= {"policy_statement": [DENY]} if wanted.get("policy") else {}
    else:
        body["subnet_id"] = spare["subnet_id"]
        body |= (
            {"port_ip": spare["cidr"].rpartition(".")[0] + f".{250 - number % 200}"} if wanted.get("address") else {}
        )
        body |= {"policy_document": DOCUMENT} if wanted.get("policy") and cloud.profile == "huawei" else {}
        body |= {"whitelist": wanted["whitelist"], "enable_whitelist": True} if wanted.get("whitelist") else {}
    status = wanted.get("status", "accepted")
    if wanted.get("enable_dns") and status == "accepted":  # else the cloud does not show it
        body["enable_dns"] = True
    made = apis[wanted["account"]].create_endpoint(body)
    if isinstance(wanted["service"], int) and "status" in wanted and status != "pendingAcceptance":
        action = "receive" if status == "accepted" else "reject"
        decision = {"action": action, "endpoints": [made["id"]]}
        apis["provider"].decide_connection(ids[wanted["service"]], decision)
    return str(made["id"])


def _given(wanted: Object, names: tuple[str, ...]) -> Object:
    found = {name: wanted[name] for name in names if wanted.get(name) not in (None, "", {})}
    if "tags" in found:
        found["tags"] = [{"key": key, "value": value} for key, value in wanted["tags"].items()]
    return found


def wipe(cloud: Any) -> None:
    cloud.reset(keep_tokens=True)
    cloud.settings(**LIMITS)


def managed(cloud: Handle) -> list[Object]:
    """All objects without IDs and times, in a stable order. Endpoints show the backend of their service.

    A rejected endpoint waits again after it was created again. Before its acceptance, no endpoint has an address.
    """
    state = cloud.state()
    services = {one["id"]: f"{one['name']} {one['port_id']} {one['ports'][0]}" for one in state["services"]}
    found = []
    for one in [*state["services"], *state["endpoints"]]:
        values = {name: value for name, value in one.items() if name not in VARYING}
        if "permissions" in one:
            values["permissions"] = sorted({permission_key(it["permission"]) for it in one["permissions"]})
        else:
            values["service"] = services.get(one["endpoint_service_id"], one["endpoint_service_id"])
            values["ip"] = one["ip"] if one["status"] == "accepted" else ""
            values["status"] = "pendingAcceptance" if one["status"] == "rejected" else one["status"]
        found.append(values)
    return sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


# Runs


def apply(task: Task, variables: Object, accounts: list[str]) -> bool:
    """Runs the programs that the role runs with the variables of a file. Returns whether one changed anything."""
    given = copy.deepcopy(variables)
    provider, consumer = (
        _account(given.get(f"connect_vpcs_{side}_auth"), accounts) for side in ("provider", "consumer")
    )
    service_id, reports = given.get("connect_vpcs_service_id"), []
    if "connect_vpcs_service" in given:
        reports.append(task(converge_service, account=provider, **given["connect_vpcs_service"]))
        service_id = reports[-1]["service"]["id"]
    for one in given.get("connect_vpcs_cloud_services", []):
        meant = {"endpoint_service_name": one["name"], "endpoints": one["endpoints"]}
        reports.append(task(converge_endpoints, account=consumer, **meant))
    if "connect_vpcs_endpoints" in given:
        meant = {"endpoint_service_id": service_id, "endpoints": given["connect_vpcs_endpoints"]}
        reports.append(task(converge_endpoints, account=consumer, **meant))
        waiting = [one["id"] for one in reports[-1]["endpoints"] if one["status"] == "pendingAcceptance"]
        if waiting and given.get("connect_vpcs_accept", True) and "connect_vpcs_service" in given:
            decision = {"endpoint_service_id": service_id, "endpoints": waiting, "state": "accepted"}
            reports.append(task(decide_connections, account=provider, **decision))
    return any(report["changed"] for report in reports)


def compare(task: Task, name: str, variables: Object, accounts: list[str]) -> list[Object]:
    """What check_drift finds in a file: its modules' programs run in check mode."""
    provider, consumer = (
        _account(variables.get(f"connect_vpcs_{side}_auth"), accounts) for side in ("provider", "consumer")
    )
    listed = task(find_services, account=provider)["services"] if "connect_vpcs_service" in variables else []
    plan = drift.drift_plan(variables, services=listed)
    service: Object = {}
    if plan["service"]:
        service = outcome_of(task, converge_service, provider, plan["service"])
    results = []
    for group in plan["groups"]:
        meant = {name: group[name] for name in ("service_id", "service_name") if group[name]} or {"service_id": ""}
        meant = {f"endpoint_{name}": value for name, value in meant.items()}
        results.append(outcome_of(task, converge_endpoints, consumer, {**meant, "endpoints": group["endpoints"]}))
    unclear = [it for one in results for it in one.get("outcomes", ()) if it["failed"] or it["action"] == "create"]
    others = task(find_endpoints, account=consumer)["endpoints"] if unclear else []
    return drift.drift_findings(name, plan, service, {"results": results}, others)


def outcome_of(task: Task, program: Any, account: str, options: Object) -> Object:
    """The result of a program in check mode, as a task has it that must not fail."""
    try:
        result: Object = task(program, check=True, account=account, **copy.deepcopy(options))
    except VpcepError as error:
        return {"msg": str(error), **error.result()}
    return result


def _account(reference: str | None, accounts: list[str]) -> str:
    """The account that a reference to the list of logins means."""
    return accounts[int(reference.rpartition("[")[2].partition("]")[0])] if reference else accounts[0]


def place(cloud: Handle, account: str, number: int = 1) -> Object:
    """VPC and subnet of an unused network."""
    return {name: cloud.spare(account)[number][name] for name in ("vpc_id", "subnet_id")}
