"""A connection's life in the modules' programs, as the role runs them: connect, change, disconnect.

Time is virtual, so that a life takes a fraction of a second, and the requests are real.
"""

import json
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.simulator.handle import Handle
from tests.support.programs import Task

from . import expected_state
from .traps import Trap


class Scenario(Task):
    """One controller's tasks, one after the other. Everything they say is kept for the search for secrets."""

    def __init__(self, cloud: Handle, folder: Any, trap: Trap | None = None, **options: Any) -> None:
        super().__init__(cloud, folder)
        self.cloud, self.trap, self.options = cloud, trap, options
        self.said: list[str] = []
        self.began = 0.0

    def tell(self, program: Any, account: str, **options: Any) -> Any:
        """One task in a process of its own, as far as its memory goes."""
        token_cache.forget_memory()
        self.began = self.now
        parameters = self.prepare(account=account, **{**options, **self.options})
        if self.trap:
            self.trap(self.runtime.session)
        try:
            result = program(parameters, self.runtime)
            self.said.append(json.dumps(result))
        except Exception as error:
            self.said.append(f"{error!r} {error} {vars(error)}")
            raise
        finally:
            connection = self.runtime.session
            self.said += [json.dumps(connection.http), *connection.warnings, *self.runtime.warnings]
            connection.client.close()
        return result

    @property
    def seconds(self) -> float:
        """Of the last task, in its own time."""
        return self.now - self.began

    def connect(self) -> bool:
        """Whether anything was changed."""
        return self.converge(expected_state.SERVICE, expected_state.ENDPOINT)

    def change(self) -> bool:
        return self.converge(expected_state.CHANGED_SERVICE, expected_state.CHANGED_ENDPOINT)

    def converge(self, service: dict[str, Any], endpoint: dict[str, Any]) -> bool:
        """Publishes, connects, and accepts where that is needed."""
        admitted = {"permissions": [self.cloud.domain_id("consumer")]}
        made = self.tell(converge_service, "provider", **service, **admitted)
        by_service = {"endpoint_service_id": made["service"]["id"]}
        joined = self.tell(converge_endpoint, "consumer", **by_service, **endpoint)
        results = [made, joined]
        if joined["endpoint"]["status"] != "accepted":
            ids = [joined["endpoint"]["id"]]
            decision = {"state": "accepted", "endpoints": ids, **by_service}
            results.append(self.tell(decide_connections, "provider", **decision))
            results.append(self.tell(converge_endpoint, "consumer", id=ids[0], wait_for_acceptance=True))
        return any(result["changed"] for result in results)

    def disconnect(self) -> bool:
        """By the service's ID, which is looked up: it is gone when this was done before."""
        name = expected_state.SERVICE["name"]
        found = self.tell(find_services, "provider", name=name)["services"]
        results = [
            self.tell(
                converge_endpoint,
                "consumer",
                state="absent",
                endpoint_service_id=service["id"],
                **expected_state.ENDPOINT,
            )
            for service in found
        ]
        results.append(self.tell(converge_service, "provider", state="absent", **expected_state.SERVICE))
        return any(result["changed"] for result in results)
