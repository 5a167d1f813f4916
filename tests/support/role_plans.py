"""The role connect_vpcs without Ansible: its input, and its plan from what its tasks have registered."""

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.given import role_steps
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.plan import role_plan

ROLE = Path(__file__).resolve().parents[2] / "roles" / "connect_vpcs"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
SECRET = "Vaulted-S3cret"
WEB = {"name": "web"}
ENDPOINT = {"vpc_id": "v", "subnet_id": "s"}
POLICY = {"otherwise": "reject"}
PORTS = [{"client_port": 443, "server_port": 8443, "protocol": "TCP"}]
SERVICE = {"id": "one", "status": "available", "service_name": "eu-de.web.one", "ports": PORTS, "port_id": "p"}
ACCEPTED = {"id": "e1", "status": "accepted", "ip": "10.0.0.1", "dns_names": ["e1.example"]}
LOGINS = {"results": [{"token": {"domain_id": name}} for name in ("provider", "consumer")]}
TWO_LOGINS = {"provider_auth": {"cloud": "a"}, "consumer_auth": {"cloud": "b"}}


def given(entry: str = "main", check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """The checked input of the role, or its mistakes. options: its variables without their prefix."""
    return steps(entry, check_mode, **options)[0]


def steps(
    entry: str = "main", check_mode: bool = False, known: tuple[str, ...] = (), **options: Any
) -> list[dict[str, Any]]:
    """The same, once for each task file to include. known: other variables of the play."""
    variables = {**DEFAULTS, **{f"connect_vpcs_{name}": value for name, value in options.items()}}
    facts = {"names": [*variables, *known], "hosts": ["frontend"], "check_mode": check_mode}
    return role_steps(variables, entry, facts)


def planned(*statuses: str, action: str = "none", **more: Any) -> dict[str, Any]:
    """The plan of the endpoints of one service."""
    endpoints = [{**ACCEPTED, "id": f"e{number}", "status": status} for number, status in enumerate(statuses)]
    return {"endpoints": endpoints, "outcomes": [{"action": action, "id": one["id"]} for one in endpoints], **more}


def plan_of(options: dict[str, Any], *groups: dict[str, Any], **registered: Any) -> dict[str, Any]:
    provided = {"service": SERVICE, "diff": {"before": {"id": "one"}, "after": {"id": "one"}}}
    return role_plan(options, **{"service_plan": provided, "endpoint_plans": {"results": list(groups)}, **registered})
