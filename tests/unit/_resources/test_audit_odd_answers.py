"""Answers that no cloud should give: the audit ends with a result or with an error of ours, never with a traceback."""

import copy
import json
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import encoded
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import audit
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_reports import FORMATS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime

LEFT_OUT = object()
SPOILT: list[Any] = [
    LEFT_OUT,
    None,
    "",
    [],
    {},
    "odd",
    5,
    -1,
    2.5,
    True,
    False,
    10**30,
    "5",
    "\x00 <b>",
    [None],
    ["odd"],
]
SPOILT += [[[]], [5], [{}], {"a": 1}, {"id": None}, [{"id": 5}]]
STEP = 5  # no divisor of the number of values, so that each place meets several, and each value many places

OWN, OLD = "4189d3c2-8882-4871-a3c2-d380272eed81", "2020-01-30T07:42:01Z"
ACCOUNT, GROUP = "5fc973eea581490997e82ea11a1df31f", "g-1"
PORT, VPC, SUBNET = (f"4189d3c2-8882-4871-a3c2-d380272eed{number}" for number in (88, 80, 82))
ALL = {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:*"]}
ANSWERS: dict[str, Any] = {
    "vpc-endpoint-services": {
        "endpoint_services": [
            {
                "id": OWN,
                "service_name": f"eu-de.web.{OWN}",
                "status": "available",
                "approval_enabled": False,
                "domain_id": ACCOUNT,
                "connection_count": 0,
                "created_at": OLD,
                "tags": [{"key": "env", "value": "x"}],
                "port_id": PORT,
                "vpc_id": VPC,
                "server_type": "VM",
                "ports": [{"client_port": 80, "server_port": 8080, "protocol": "TCP"}],
                "error": [{"error_code": "c", "error_message": "m"}],
            }
        ],
        "total_count": 1,
    },
    "vpc-endpoints": {
        "endpoints": [
            {
                "id": f"e-{status}-{kind}",
                "status": status,
                "service_type": kind,
                "endpoint_service_id": "lost",
                "endpoint_service_name": "",
                "vpc_id": VPC,
                "subnet_id": SUBNET,
                "ip": "10.0.0.5",
                "created_at": OLD,
                "tags": [],
                "whitelist": ["0.0.0.0/0"],
                "enable_whitelist": True,
                "policy_statement": [ALL],
                "policy_document": {"Statement": [ALL]},
            }
            for status, kind in (("accepted", "gateway"), ("pendingAcceptance", "interface"), ("failed", "interface"))
        ],
        "total_count": 3,
    },
    "permissions": {"permissions": [{"permission": "*"}, {"permission": "iam:domain::x"}], "total_count": 2},
    "connections": {"connections": [{"id": "c", "status": "pendingAcceptance", "domain_id": "y", "created_at": OLD}]},
    "describe": {"id": "lost"},
    "quotas": {"quotas": {"resources": [{"type": "endpoint", "used": 9, "quota": 10}]}},
    "ports": {"ports": [{"id": PORT, "device_id": "s-1", "security_groups": [GROUP], "binding:profile": {}}]},
    "detail": {"servers": [{"id": "s-1", "name": "web", "status": "SHUTOFF"}], "count": 1},
    "security-group-rules": {
        "security_group_rules": [
            {
                "id": "r",
                "security_group_id": GROUP,
                "direction": "ingress",
                "ethertype": "IPv4",
                "protocol": None,
                "multiport": None,
                "remote_ip_prefix": "0.0.0.0/0",
                "action": "allow",
                "priority": 1,
            }
        ]
    },
}
"""Last part of a path -> the answer."""


class Answers:
    """As much of a session as an audit needs."""

    project_id, domain_id, cloud, api_url = "p", ACCOUNT, "otc", "https://vpcep.example"
    region, client = "eu-de", SimpleNamespace(server_date=None)

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def request(self, _method: str, path: Any, **_more: Any) -> Any:
        name = encoded(path).rpartition("/")[2]
        if name not in self.answers:
            raise VpcepError(f"There is no {path}.")
        return copy.deepcopy(self.answers[name])


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member of an answer, and the answer."""
    yield above
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(inner, (*above, step))


def spoilt(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return None if value is LEFT_OUT else value
    body = copy.deepcopy(body)
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    if value is LEFT_OUT:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return body


def run(answers: dict[str, Any]) -> Any:
    rules = {"tags-missing": {"keys": ["owner"]}, "service-unused": {"days": 1}}
    return audit({"rules": rules, "formats": list(FORMATS)}, Runtime(Answers(answers)))  # type: ignore[arg-type]


def test_the_answers_as_they_are() -> None:
    found = {one["id"] for one in run(ANSWERS)["findings"]}
    assert found >= {"whitelist-open", "gateway-policy-open", "access-list-ineffective", "endpoint-failed"}
    assert found >= {"endpoint-waiting", "quota-near", "backend-stopped", "security-group-open", "tags-missing"}


LARGE = ("vpc-endpoints", "vpc-endpoint-services", "security-group-rules")


@pytest.mark.parametrize("path", [pytest.param(it, marks=pytest.mark.slow) if it in LARGE else it for it in ANSWERS])
def test_a_spoilt_answer(path: str) -> None:
    cases = list(product(places(ANSWERS[path]), SPOILT))
    for place, value in cases[::STEP]:
        answers = {**ANSWERS, path: spoilt(ANSWERS[path], place, value)}
        try:
            json.dumps(run(answers))
        except VpcepError:
            continue
        except Exception as error:
            raise AssertionError(f"{path} {place} = {value!r}: {error!r}") from error


def test_flags_and_counts_as_texts() -> None:
    """Forms that the clouds are known for."""
    answers = copy.deepcopy(ANSWERS)
    (service,), (endpoint, *_rest) = (
        answers["vpc-endpoint-services"]["endpoint_services"],
        answers["vpc-endpoints"]["endpoints"],
    )
    service.update(approval_enabled="false", connection_count="0", created_at="2020-01-30T07:42:01.174")
    endpoint.update(service_type="interface", enable_whitelist="false", whitelist=None)
    answers["connections"] = {"connections": []}
    found = {one["id"] for one in run(answers)["findings"]}
    assert found >= {"approval-off", "service-unused", "access-list-off"}
    endpoint.update(enable_whitelist=None, whitelist=["10.0.0.1"])
    service.update(approval_enabled="true", connection_count="3")
    found = {one["id"] for one in run(answers)["findings"]}
    assert found & {"approval-off", "service-unused", "access-list-off"} == set() and "access-list-ineffective" in found
