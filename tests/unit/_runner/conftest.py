"""Programs of modules against the simulator."""

from tests.support.fixtures import quick_hash
from tests.support.resource_fixtures import allow, backend, cloud, join, publish, service, statuses, subnet, task

__all__ = ["allow", "backend", "cloud", "join", "publish", "quick_hash", "service", "statuses", "subnet", "task"]
