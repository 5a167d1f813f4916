"""The control API, with which tests and users inspect and change a running simulator. README.md lists the calls."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from . import endpoints, services
from .building import shown_vpc
from .models import Endpoint, Resource, Service
from .networks import Account
from .settings import stamp

if TYPE_CHECKING:
    from .server import Server

ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = []


def route(method: str, path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a call. {name} in the path becomes an argument of the function."""
    pattern = re.compile("/_control" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append((method, pattern, function))
        return function

    return register


class Control:
    """Answers the control calls of one server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def handle(self, method: str, path: str, query: str, raw: bytes) -> web.Response:
        known = [(m, found, function) for m, pattern, function in ROUTES if (found := pattern.fullmatch(path))]
        for verb, found, function in known:
            if verb == method:
                return await self.call(function, found.groupdict(), dict(parse_qsl(query)), raw)
        return answer(405 if known else 404, {"error": f"no control call {method} {path}"})

    async def call(
        self, function: Callable[..., Any], path: dict[str, str], query: dict[str, str], raw: bytes
    ) -> web.Response:
        try:
            body = json.loads(raw) if raw else {}
            self.server.simulation.cloud.settle()
            result = function(self, body=body, query=query, **path)
            if isinstance(result, Awaitable):
                result = await result
            return answer(200, result)
        except LookupError as absent:
            return answer(404, {"error": f"unknown: {absent}"})
        except (ValueError, TypeError, AttributeError, re.error) as fault:
            return answer(400, {"error": str(fault)})

    # State

    @route("GET", "/info")
    def info(self, body: Any, query: dict[str, str]) -> Any:
        simulation = self.server.simulation
        world = simulation.world
        return {
            "api_url": simulation.api_url,
            "iam_url": simulation.iam_url,
            "profile": simulation.profile,
            "region": world.region,
            "accounts": {account.name: about(account) for account in world.accounts.values()},
            "public_services": world.public_services,
            "settings": asdict(simulation.settings),
            "time": stamp(simulation.clock.now()),
        }

    @route("GET", "/log")
    def log(self, body: Any, query: dict[str, str]) -> Any:
        since = int(query.pop("since", 0))
        return {"entries": self.server.simulation.journal.select(since, **query)}

    @route("GET", "/state")
    def state(self, body: Any, query: dict[str, str]) -> Any:
        cloud = self.server.simulation.cloud
        return {
            "services": [service_state(one) for one in cloud.services.values() if not one.public_name],
            "endpoints": [endpoint_state(one) for one in cloud.endpoints.values()],
            "tokens": len(self.server.simulation.identity.tokens),
        }

    @route("GET", "/defects")
    def defects(self, body: Any, query: dict[str, str]) -> Any:
        return {"defects": self.server.simulation.defects}

    # Changes of the simulator

    @route("POST", "/reset")
    def reset(self, body: Any, query: dict[str, str]) -> Any:
        async def carry_out() -> Any:
            self.server.simulation.reset(bool(body.get("keep_tokens", False)))
            await self.server.listen("iam")
            return {}

        return carry_out()

    @route("DELETE", "/log")
    def clear_log(self, body: Any, query: dict[str, str]) -> Any:
        self.server.simulation.journal.clear()
        return {}

    @route("DELETE", "/defects")
    def clear_defects(self, body: Any, query: dict[str, str]) -> Any:
        self.server.simulation.defects.clear()
        return {}

    @route("GET", "/faults")
    def faults(self, body: Any, query: dict[str, str]) -> Any:
        return {"faults": [fault.shown() for fault in self.server.simulation.faults.ordered]}

    @route("POST", "/faults")
    def order_fault(self, body: Any, query: dict[str, str]) -> Any:
        orders = body if isinstance(body, list) else [body]
        return {"faults": [self.server.simulation.faults.order(one).shown() for one in orders]}

    @route("DELETE", "/faults")
    def clear_faults(self, body: Any, query: dict[str, str]) -> Any:
        self.server.simulation.faults.clear(int(query["id"]) if "id" in query else None)
        return {}

    @route("GET", "/settings")
    def settings(self, body: Any, query: dict[str, str]) -> Any:
        return asdict(self.server.simulation.settings)

    @route("POST", "/settings")
    def change_settings(self, body: Any, query: dict[str, str]) -> Any:
        self.server.simulation.change_settings(body)
        return asdict(self.server.simulation.settings)

    @route("POST", "/clock")
    def advance(self, body: Any, query: dict[str, str]) -> Any:
        simulation = self.server.simulation
        simulation.clock.advance(float(body.get("advance", 0)))
        simulation.cloud.settle()
        return {"time": stamp(simulation.clock.now()), "offset": simulation.clock.offset}

    @route("POST", "/tokens/revoke")
    def revoke_tokens(self, body: Any, query: dict[str, str]) -> Any:
        return {"revoked": self.server.simulation.identity.revoke_all(body.get("account"))}

    @route("POST", "/credentials")
    def temporary_credentials(self, body: Any, query: dict[str, str]) -> Any:
        simulation = self.server.simulation
        account = simulation.world.accounts[body.get("account", "provider")]
        key = simulation.identity.issue_temporary_key(account, float(body.get("lifetime", 900)))
        return {"access_key": key.access_key, "secret_key": key.secret_key, "security_token": key.security_token}

    @route("POST", "/passcode")
    def passcode(self, body: Any, query: dict[str, str]) -> Any:
        simulation = self.server.simulation
        return {
            "passcode": simulation.identity.shown(simulation.world.accounts[body.get("account", "provider")].mfa_user)
        }

    @route("POST", "/iam")
    def iam(self, body: Any, query: dict[str, str]) -> Any:
        async def carry_out() -> Any:
            await (self.server.listen("iam") if body["up"] else self.server.hang_up("iam"))
            return {"up": "iam" in self.server.runners}

        return carry_out()

    # Changes by other users of the cloud: they are not validated and not logged.

    @route("POST", "/state/services/{id}")
    def change_service(self, body: Any, query: dict[str, str], id: str) -> Any:
        service = self.server.simulation.cloud.services[id]
        self.change(service, body, ("name", "description", "approval_enabled", "ports", "tcp_proxy", "port_id"))
        return service_state(service)

    @route("POST", "/state/endpoints/{id}")
    def change_endpoint(self, body: Any, query: dict[str, str], id: str) -> Any:
        endpoint = self.server.simulation.cloud.endpoints[id]
        self.change(endpoint, body, ("description", "enable_dns", "whitelist", "enable_whitelist", "routetables"))
        endpoint.connected = endpoint.connected or endpoint.status == "accepted"
        return endpoint_state(endpoint)

    @route("DELETE", "/state/services/{id}")
    def remove_service(self, body: Any, query: dict[str, str], id: str) -> Any:
        cloud = self.server.simulation.cloud
        cloud.remove(cloud.services[id])
        return {}

    @route("DELETE", "/state/endpoints/{id}")
    def remove_endpoint(self, body: Any, query: dict[str, str], id: str) -> Any:
        cloud = self.server.simulation.cloud
        endpoints.remove(cloud, cloud.endpoints[id])
        return {}

    @route("POST", "/state/services/{id}/permissions")
    def change_permissions(self, body: Any, query: dict[str, str], id: str) -> Any:
        cloud = self.server.simulation.cloud
        service = cloud.services[id]
        services.add_permissions(cloud, service, dict.fromkeys(body.get("add", []), ""), "domainId")
        services.remove_permissions(service, body.get("remove", []))
        return service_state(service)

    def change(self, resource: Resource, body: dict[str, Any], members: tuple[str, ...]) -> None:
        cloud = self.server.simulation.cloud
        allowed = {*members, "tags", "status", "error", "enterprise_project_id", "hidden", "unlisted"}
        if set(body) - allowed:
            raise ValueError(f"can change only {', '.join(sorted(allowed))}")
        if "status" in body:
            # A status that is set here is final: a pending change of state is cancelled.
            resource.transition, resource.stale_reads = None, 0
            cloud.moving.discard(resource)
        for name, value in body.items():
            setattr(resource, name, tuple(value) if name == "error" else value)
        cloud.touch(resource)


def answer(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def about(account: Account) -> dict[str, Any]:
    """An account without its secrets, with the networks of its projects."""
    return {
        "domain_id": account.domain_id,
        "domain_name": account.domain_name,
        "user_id": account.user.id,
        "username": account.user.name,
        "access_key": account.access_key,
        "mfa_users": [{"id": user.id, "name": user.name} for user in account.users if user.device],
        "agencies": account.agencies,
        "projects": {
            kind: {"id": project.id, "name": project.name, "vpcs": [shown_vpc(vpc) for vpc in project.vpcs.values()]}
            for kind, project in account.projects.items()
        },
    }


def common_state(one: Resource, *names: str) -> dict[str, Any]:
    return {
        **one.members("status", "description", "tags", "error", *names),
        "account": one.project.account.name,
        "project_id": one.project.id,
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "moving": one.transition is not None,
    }


def service_state(one: Service) -> dict[str, Any]:
    names = ("name", "server_type", "vpc_id", "port_id", "ports", "approval_enabled", "tcp_proxy")
    return {
        **common_state(one, *names, "editions", "enable_policy", "extra"),
        "service_name": one.full_name,
        "permissions": [vars(record) for record in one.permissions.values()],
    }


def endpoint_state(one: Endpoint) -> dict[str, Any]:
    names = ("marker_id", "vpc_id", "ip", "enable_dns", "whitelist", "enable_whitelist", "routetables", "connected")
    return {
        **common_state(one, *names, "policy_document"),
        "endpoint_service_id": one.service.id,
        "service_type": one.service.type,
        "subnet_id": one.subnet.id if one.subnet else None,
        "policy_statement": one.policy,
    }
