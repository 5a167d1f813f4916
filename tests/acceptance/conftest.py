"""An empty simulated cloud for each test; `running`, of each folder's own conftest, is the process behind it."""

from tests.support.simulators import simulator

__all__ = ["simulator"]
