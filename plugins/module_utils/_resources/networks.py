# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs, subnets, ports and route tables, each read once for a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._api.network import NetworkApi, says_gone
from .._core.errors import ApiError, ConnectionFailed, VpcepError
from .._core.types import Object
from .runtime import Runtime, once_per_task

PATIENCE = 10.0  # seconds for one call: missing information is better than a long wait


class Networks:
    """VPCs, subnets, ports and route tables, each read once for a task.

    Each method returns the object, None if the network service says that it does not exist, or the error of the GET.
    After an error no more GETs of this kind are sent, and after a failed connection none at all.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.api = NetworkApi(runtime.session, seconds=PATIENCE)
        self.trouble: dict[str, VpcepError] = {}

    def vpc(self, vpc_id: str) -> Any:
        return self._look("VPC", vpc_id, self.api.get_vpc)

    def subnet(self, subnet_id: str) -> Any:
        return self._look("subnet", subnet_id, self.api.get_subnet)

    def port(self, port_id: str) -> Any:
        return self._look("port", port_id, self.api.get_port)

    def route_tables(self, vpc_id: str) -> list[Object]:
        """Those of a VPC; [] if they cannot be seen."""
        found = self._look("route tables", vpc_id, self.api.list_route_tables)
        return found if isinstance(found, list) else []

    def _look(self, kind: str, object_id: str, read: Callable[[str], Any]) -> Any:
        return self.runtime.once((kind, object_id.lower()), lambda: self._read(kind, object_id, read))

    def _read(self, kind: str, object_id: str, read: Callable[[str], Any]) -> Any:
        trouble = self.trouble.get("all") or self.trouble.get(kind)
        if trouble is not None:
            return trouble
        try:
            return read(object_id)
        except VpcepError as error:
            if isinstance(error, ApiError) and says_gone(error, object_id):
                return None
            self.trouble["all" if isinstance(error, ConnectionFailed) else kind] = error
            return error


@once_per_task
def networks(runtime: Runtime) -> Networks:
    """The Networks of a task."""
    return Networks(runtime)
