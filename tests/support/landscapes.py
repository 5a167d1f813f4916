"""Invented accounts to draw, in the form of the results of the ``*_info`` modules.

``python -m tests.support.landscapes`` (by tools/run.sh) writes the pictures of docs/pictures.md again.
"""

import itertools
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "docs" / "images" / "vpcs.svg"
PAGE = ROOT / "docs" / "pictures.md"
BLOCK = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)

Object = dict[str, Any]
REGION = "eu-de"
PLATFORM, SHOP, ANALYTICS = ("5fc973eea581490997e82ea11a1df31f", "a1b2c3d4e5f60718293a4b5c6d7e8f90", "77aa" * 8)
DNS, OBS = ("2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b")
STATUSES = ("accepted", "pendingAcceptance", "creating", "rejected", "failed", "deleting")
TITLE = "What the shop uses"


def identifier(*parts: Any) -> str:
    """An ID that is always the same for the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def service(name: str, vpc: str, *ports: tuple[int, int], **more: Any) -> Object:
    """A service of the platform's account."""
    one = identifier("service", name)
    return {
        "id": one,
        "name": name,
        "service_name": f"{REGION}.{name}.{one}",
        "vpc_id": identifier("vpc", vpc),
        "port_id": identifier("port", name),
        "server_type": "LB",
        "service_type": "interface",
        "status": "available",
        "approval_enabled": True,
        "project_id": PLATFORM[::-1],
        "domain_id": PLATFORM,
        "description": "",
        "tags": {},
        "ports": [{"client_port": client, "server_port": server, "protocol": "TCP"} for client, server in ports],
        **more,
    }


def endpoint(of: Object | str, vpc: str, status: str = "accepted", number: int = 1, **more: Any) -> Object:
    """An endpoint of the shop's account; of: a service, or the name of a service of another account."""
    name = of if isinstance(of, str) else of["service_name"]
    service_id = (
        {"dns": DNS, "obs": OBS}.get(name.rpartition(".")[2], identifier(name)) if isinstance(of, str) else of["id"]
    )
    address = {"ip": f"10.20.{sum(vpc.encode()) % 250}.{number % 250}"} if status in ("accepted", "rejected") else {}
    return {
        "id": identifier("endpoint", name, vpc, status, number),
        "status": status,
        "endpoint_service_id": service_id,
        "endpoint_service_name": name,
        "service_type": "interface",
        "vpc_id": identifier("vpc", vpc),
        "subnet_id": identifier("subnet", vpc),
        "project_id": SHOP[::-1],
        "description": "",
        "tags": {},
        **address,
        **more,
    }


def connection(one: str, status: str, domain_id: str) -> Object:
    return {"id": one, "status": status, "domain_id": domain_id, "marker_id": 16777510}


NAMES = {
    **{identifier("vpc", name): name for name in ("backend", "logging", "storefront", "back office", "batch")},
    ANALYTICS: "analytics",
}


def shop_and_platform() -> tuple[Object, Object]:
    """Two accounts with objects in every status, a third one that only the platform sees, and services of the cloud."""
    web = service("web", "backend", (443, 8443), (80, 8080), description="storefront API")
    orders = service("orders", "backend", (5432, 5432), server_type="VM", approval_enabled=False)
    logs = service("logs", "logging", (6514, 6514), tags={"env": "prod"})
    endpoints = [
        endpoint(web, "storefront", number=7, description="canary", tags={"env": "prod"}),
        endpoint(web, "storefront", number=8),
        endpoint(web, "back office", "pendingAcceptance"),
        endpoint(orders, "storefront", number=12),
        endpoint(orders, "batch", number=5),
        endpoint(orders, "batch", "creating"),
        endpoint(logs, "storefront", number=20),
        endpoint(logs, "batch", "rejected", number=9),
        endpoint(logs, "batch", "failed"),
        endpoint("com.t-systems.otc.eu-de.dns", "storefront", number=30),
        endpoint(
            "com.t-systems.otc.eu-de.obs",
            "storefront",
            service_type="gateway",
            ip=None,
            subnet_id=None,
            routetables=[identifier("routetable")],
        ),
        endpoint(f"{REGION}.payments.{identifier(f'{REGION}.payments')}", "back office", "pendingAcceptance"),
    ]
    endpoints[-1]["endpoint_service_id"] = identifier(f"{REGION}.payments")
    seen = {
        one["id"]: [
            connection(item["id"], item["status"], SHOP)
            for item in endpoints
            if item["endpoint_service_id"] == one["id"]
        ]
        for one in (web, orders, logs)
    }
    seen[logs["id"]] += [
        connection(identifier("analytics", number), status, ANALYTICS)
        for number, status in enumerate(["accepted", "accepted", "deleting"])
    ]
    platform = {
        "name": "platform",
        "domain_id": PLATFORM,
        "project_name": REGION,
        "region": REGION,
        "services": [web, orders, logs],
        "endpoints": [],
        "connections": seen,
        "permissions": {
            web["id"]: [{"permission": f"iam:domain::{SHOP}"}],
            orders["id"]: [{"permission": "*"}],
            logs["id"]: [{"permission": f"iam:domain::{SHOP}"}, {"permission": f"iam:domain::{ANALYTICS}"}],
        },
    }
    shop = {
        "name": "shop",
        "domain_id": SHOP,
        "project_name": REGION,
        "region": REGION,
        "services": [],
        "endpoints": endpoints,
    }
    return platform, shop


def small() -> list[Object]:
    """One account that connects two of its own VPCs."""
    web = service("web", "backend", (8080, 80), (8081, 80), approval_enabled=False)
    uses = endpoint(web, "storefront", project_id=PLATFORM[::-1])
    return [{"name": "platform", "domain_id": PLATFORM, "services": [web], "endpoints": [uses]}]


def fleet(count: int, accounts: int = 1, vpcs: int = 100, exceptions: int = 12) -> list[Object]:
    """Many endpoints of two services: so many of each account in so many VPCs, some of them with exceptions."""
    web, orders = service("web", "backend", (443, 8443)), service("orders", "backend", (5432, 5432))
    result: list[Object] = [
        {"name": "platform", "domain_id": PLATFORM, "services": [web, orders], "endpoints": [], "connections": {}}
    ]
    status_of = _statuses(exceptions)
    for account in range(accounts):
        share = range(account, count, accounts)
        endpoints = [
            endpoint(
                (web, orders)[number % 2],
                f"vpc-{account}-{number % vpcs}",
                next(status_of),
                number,
                project_id=identifier("project", account),
            )
            for number in share
        ]
        result.append({"name": f"team {account + 1}", "domain_id": identifier("team", account), "endpoints": endpoints})
    return result


def seen_from_outside(count: int, accounts: int, exceptions: int = 12) -> list[Object]:
    """Many endpoints of other accounts, of which the service's owner sees the connections only."""
    web = service("web", "backend", (443, 8443))
    status_of = _statuses(exceptions)
    connections = [
        connection(identifier("foreign", number), next(status_of), identifier("team", number % accounts))
        for number in range(count)
    ]
    return [{"name": "platform", "domain_id": PLATFORM, "services": [web], "connections": {web["id"]: connections}}]


def _statuses(exceptions: int) -> Iterator[str]:
    """First endpoints in all other statuses, then accepted ones."""
    return itertools.chain(itertools.islice(itertools.cycle(STATUSES[1:]), exceptions), itertools.repeat("accepted"))


def main() -> None:
    accounts = list(shop_and_platform())
    IMAGE.write_text(filters.svg(accounts, TITLE, NAMES), encoding="utf-8")
    text = filters.mermaid(small())
    PAGE.write_text(BLOCK.sub(lambda _found: text, PAGE.read_text(encoding="utf-8"), count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
