"""The table docs/operations.md, against the API's description, the modules' documentation, and what really is sent."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import (
    decide_connections,
    find_connections,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import (
    find_endpoints,
    find_quotas,
    find_services,
    find_tags,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import (
    converge_permissions,
    find_permissions,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.token_tasks import manage_token
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import CLOUD_NAMES
from tests.support import contract
from tests.support.cases import for_each
from tests.unit.modules.test_documentation import documentation

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
DESCRIBED = {described["operationId"]: (verb, path, described) for verb, path, described in contract.operations()}


class Row(NamedTuple):
    operation: str
    request: str
    clouds: str
    module: str
    option: str
    remarks: str


def table() -> list[Row]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [Row(*(cell.strip().strip("`") for cell in line.strip("|").split("|"))) for line in lines]


def test_the_table_lists_every_operation_once() -> None:
    assert sorted(row.operation for row in table()) == sorted(DESCRIBED)


@for_each((row,) for row in table())
def test_a_row_says_what_the_description_and_the_module_say(row: Row) -> None:
    verb, path, described = DESCRIBED[row.operation]
    assert row.request == f"{verb} {re.sub(r'vpc_endpoint(_service)?_id', 'id', path)}"
    names = [CLOUD_NAMES[cloud] for cloud in contract.clouds(described)]
    assert row.clouds == ("both" if len(names) == 2 else names[0])
    option, _colon, value = row.option.partition(": ")
    documented = documentation(row.module)["options"][option]
    assert not value or value in documented["choices"]
    for module in re.findall(r"vpcep_\w+", row.remarks):
        assert documentation(module)


class Stage:
    """A service and an endpoint, made when they are needed."""

    def __init__(self, task: Any, backend: Any, subnet: Any) -> None:
        self.task, self.backend, self.subnet = task, backend, subnet
        network = task.simulator.spare("provider")[2]
        self.another = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}

    @cached_property
    def service(self) -> str:
        policies = {"enable_policy": True} if self.task.simulator.profile == "huawei" else {}
        made = self.task(converge_service, name="web", **{**self.backend, "approval_enabled": True}, **policies)
        return made["service"]["id"]

    @cached_property
    def endpoint(self) -> str:
        return self.task(converge_endpoint, endpoint_service_id=self.service, **self.subnet)["endpoint"]["id"]

    def of_service(self, program: Any = converge_service, **options: Any) -> None:
        self.task(program, id=self.service, **options)

    def of_endpoint(self, **options: Any) -> None:
        self.task(converge_endpoint, id=self.endpoint, **options)

    def beside(self, program: Any, **options: Any) -> None:
        self.task(program, endpoint_service_id=self.service, **options)

    def obs(self) -> str:
        found = self.task(find_services, scope="public")["services"]
        return next(item["id"] for item in found if item["service_name"].endswith(".obs"))

    def gateway(self) -> str:
        made = self.task(converge_endpoint, endpoint_service_id=self.obs(), vpc_id=self.subnet["vpc_id"])
        return made["endpoint"]["id"]

    def policy(self, **options: Any) -> None:
        statement = {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:mine"]}
        self.task(converge_endpoint, id=self.gateway(), policy_statement=[statement])

    def document(self) -> None:
        self.of_endpoint(policy_document={"Version": "5.0", "Statement": []})
        self.of_endpoint(policy_document={})

    def routetables(self) -> None:
        backend_vpc = {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80"}
        options = {"endpoint_service_id": self.obs(), **backend_vpc}
        self.task(converge_endpoint, **options, routetables=["4189d3c2-8882-4871-a3c2-d380272eed86"])
        self.task(converge_endpoint, **options, routetables=["4189d3c2-8882-4871-a3c2-d380272eed87"])

    def described_record(self) -> None:
        self.beside(converge_permissions, permissions=["abc"], description="old")
        self.beside(converge_permissions, permissions=["abc"], description="new", update_description=True)

    def removed_record(self) -> None:
        self.beside(converge_permissions, permissions=["abc"])
        self.beside(converge_permissions, permissions=["abc"], state="absent")

    def professional(self) -> None:
        self.of_service(upgrade=True)
        self.of_service(server_resources=[{"resource_id": "6f8ac1ce-7a3c-4e4d-9a1e-1f0f6a5b2c11"}])

    def many(self, monkeypatch: Any) -> None:
        """Pages of one endpoint each, instead of thousands of endpoints."""
        list_all = VpcepApi._all
        self.gateway()
        for place in (self.subnet, self.another):
            self.task(converge_endpoint, endpoint_service_id=self.service, **place)
        monkeypatch.setattr(VpcepApi, "_all", lambda *words, **extra: list_all(*words, page_size=1, **extra))
        self.task(find_endpoints, tags={"env": "prod"})


PERFORMED: dict[str, Any] = {
    "listVersions": lambda stage: stage.task(manage_token, api_versions=True),
    "getVersion": lambda stage: stage.task(manage_token, check_api=True),
    "createEndpointService": lambda stage: stage.task(
        converge_service, **{**stage.backend, "ports": [{"client_port": 1, "server_port": 1}]}
    ),
    "listEndpointServices": lambda stage: stage.task(find_services, scope="own"),
    "listPublicEndpointServices": lambda stage: stage.task(find_services, scope="public"),
    "describeEndpointService": lambda stage: stage.of_service(find_services, scope="describe"),
    "getEndpointService": lambda stage: stage.of_service(),
    "updateEndpointService": lambda stage: stage.of_service(ports=[{"client_port": 1, "server_port": 1}]),
    "deleteEndpointService": lambda stage: stage.of_service(state="absent"),
    "renameEndpointService": lambda stage: stage.of_service(name="other"),
    "listConnections": lambda stage: stage.beside(find_connections),
    "acceptOrRejectConnection": lambda stage: stage.beside(
        decide_connections, state="accepted", endpoints=[stage.endpoint]
    ),
    "updateConnectionDescriptions": lambda stage: stage.beside(
        decide_connections, state="accepted", endpoints=[stage.endpoint], description="mine"
    ),
    "listPermissions": lambda stage: stage.beside(find_permissions),
    "addOrRemovePermissions": lambda stage: stage.of_service(permissions=["abc"]),
    "batchCreatePermissions": lambda stage: stage.beside(converge_permissions, permissions=["abc"], description="x"),
    "batchDeletePermissions": Stage.removed_record,
    "updatePermissionDescription": Stage.described_record,
    "createEndpoint": lambda stage: stage.gateway(),
    "listEndpoints": lambda stage: stage.task(find_endpoints, vpc_id=stage.subnet["vpc_id"]),
    "getEndpoint": lambda stage: stage.of_endpoint(),
    "updateEndpointWhitelist": lambda stage: stage.of_endpoint(whitelist=["10.0.0.0/8"], enable_whitelist=True),
    "deleteEndpoint": lambda stage: stage.of_endpoint(state="absent"),
    "updateEndpointPolicy": Stage.policy,
    "deleteEndpointPolicy": Stage.document,
    "updateEndpointRouteTables": Stage.routetables,
    "listQuotas": lambda stage: stage.task(find_quotas, type="endpoint"),
    "changeResourceTags": lambda stage: stage.of_service(tags={"env": "dev"}),
    "listProjectTags": lambda stage: stage.task(find_tags, resource_type="endpoint"),
    "upgradeEndpointService": lambda stage: stage.of_service(upgrade=True),
    "addServerResources": Stage.professional,
    "upgradeEndpoint": lambda stage: stage.of_endpoint(upgrade=True),
}


ELSEWHERE = ("renameEndpointService", "batchDeletePermissions")  # a cloud without them has other calls for it
AFTER_ACCEPTANCE = ("upgradeEndpoint", "updateEndpointWhitelist", "updateEndpointPolicy", "deleteEndpointPolicy")


def perform(stage: Stage, operation: str, monkeypatch: Any) -> None:
    if operation in AFTER_ACCEPTANCE:
        stage.beside(decide_connections, state="accepted", endpoints=[stage.endpoint])
    if operation == "listResourcesByTags":
        stage.many(monkeypatch)
    else:
        PERFORMED[operation](stage)


@pytest.mark.slow
@pytest.mark.parametrize("operation", DESCRIBED)
def test_the_option_performs_the_operation(
    cloud: Any, task: Any, backend: Any, subnet: Any, monkeypatch: Any, operation: str
) -> None:
    stage = Stage(task, backend, subnet)
    if cloud.profile in contract.clouds(DESCRIBED[operation][2]):
        perform(stage, operation, monkeypatch)
        assert operation in [name for _method, name in task.sent]
    elif operation in ELSEWHERE:
        perform(stage, operation, monkeypatch)
    else:
        with pytest.raises(InputError, match=r"does not have this option|cannot change this of"):
            perform(stage, operation, monkeypatch)
    if cloud.profile not in contract.clouds(DESCRIBED[operation][2]):
        assert operation not in [name for _method, name in task.sent]
