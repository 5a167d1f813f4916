"""The catalog of services in a token."""

import uuid
from typing import Any

from .networks import Project
from .world import World

# Types of services and the paths of their entries, with the versions that the OTC has.
CATALOG = {
    "vpcep": "/v1/{project}",
    "vpc": "/v1/{project}",
    "network": "",
    "ecs": "/v1/{project}",
    "elb": "/v1.0",
    "elbv3": "/v3/{project}",
    "dns": "",
}


def catalog(
    world: World, project: Project | None, api_url: str, iam_url: str, without: str = ""
) -> list[dict[str, Any]]:
    """Entries beside IAM's only where a project is known, as URLs hold its id. without: a type that is left out."""
    entries = [("iam", "identity", "*", iam_url)]
    if project is not None:
        paths = {kind: path.format(project=project.id) for kind, path in CATALOG.items() if kind != without}
        entries[:0] = [(kind, kind, world.region, api_url + path) for kind, path in paths.items()]
    return [
        {
            "id": uuid.uuid5(uuid.NAMESPACE_URL, kind).hex,
            "name": name,
            "type": kind,
            "endpoints": [
                {
                    "id": uuid.uuid5(uuid.NAMESPACE_URL, kind + "/public").hex,
                    "interface": "public",
                    "region": region,
                    "region_id": region,
                    "url": url,
                }
            ],
        }
        for name, kind, region, url in entries
    ]
