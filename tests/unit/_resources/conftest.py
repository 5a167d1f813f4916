"""Programs of modules against the simulator."""

from tests.support.audited import estate
from tests.support.fixtures import quick_hash
from tests.support.resource_fixtures import allow, backend, cloud, join, publish, service, statuses, subnet, task
from tests.support.traffic import lab

__all__ = [
    "allow",
    "backend",
    "cloud",
    "estate",
    "join",
    "lab",
    "publish",
    "quick_hash",
    "service",
    "statuses",
    "subnet",
    "task",
]
