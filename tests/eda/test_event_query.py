"""What Automation Platform counts in the results of the modules. It evaluates the queries in the same way, with jq."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import Simulator
from tests.support.programs import Task

jq = pytest.importorskip("jq", reason="there is no jq (make eda)")
ROOT = Path(__file__).resolve().parents[2]
PREFIX = "crossvpc.vpcep."
QUERIES = yaml.safe_load((ROOT / "extensions/audit/event_query.yml").read_text(encoding="utf-8"))


def nodes(module: str, result: Any) -> list[tuple[str, str, str]]:
    """Kind, ID and name of each node in a module's result."""
    found = jq.compile(QUERIES[PREFIX + module]["query"]).input_value(json.loads(json.dumps(result))).all()
    assert all(list(one["canonical_facts"]) == ["id"] and isinstance(one["name"], str) for one in found)
    return [(one["facts"]["device_type"], one["canonical_facts"]["id"], one["name"]) for one in found]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of modules about one service and its endpoint, by names of their tasks."""
    with Simulator(delay=0) as simulator:
        task = Task(simulator, tmp_path_factory.mktemp("cache"))

        def run(module: str, **options: Any) -> Any:
            program = import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.{module}").PROGRAM
            return program(task.prepare(**options), task.runtime)

        network, subnet = simulator.spare()[:2]
        body = {name: network[name] for name in ("port_id", "vpc_id")} | {"server_type": "VM", "approval_enabled": True}
        body["ports"] = [{"client_port": 80, "server_port": 80, "protocol": "TCP"}]
        predicted = run("vpcep_service", check=True, name="web", **body)
        made = run("vpcep_service", name="web", **body)
        about = {"endpoint_service_id": made["service"]["id"]}
        where = {name: subnet[name] for name in ("vpc_id", "subnet_id")}
        endpoint = run("vpcep_endpoint", **about, **where)
        policy = {"accept": [{"domain_id": "*"}]}
        yield {
            "predicted": predicted,
            "vpcep_service": made,
            "vpcep_endpoint": endpoint,
            "vpcep_endpoints": run("vpcep_endpoints", **about, endpoints=[where], concurrency=1),
            "vpcep_connection": run("vpcep_connection", **about, policy=policy),
            "vpcep_connection_info": run("vpcep_connection_info", **about),
            "vpcep_service_info": run("vpcep_service_info", scope="own"),
            "vpcep_endpoint_info": run("vpcep_endpoint_info"),
            "public": run("vpcep_service_info", scope="public"),
            "removed": run("vpcep_endpoint", state="absent", id=endpoint["endpoint"]["id"]),
        }


def test_every_module_with_nodes_counts_the_same_two(results: Any) -> None:
    service = ("VPC Endpoint Service", results["vpcep_service"]["service"]["id"], "web")
    identifier = results["vpcep_endpoint"]["endpoint"]["id"]
    endpoint = ("VPC Endpoint", identifier, identifier)
    for name in QUERIES:
        module = name.removeprefix(PREFIX)
        assert nodes(module, results[module]) == [service if "service" in module else endpoint], name
    assert nodes("vpcep_endpoint", results["removed"]) == [endpoint]


def test_what_does_not_exist_and_what_is_the_clouds_does_not_count(results: Any) -> None:
    assert results["public"]["services"] and nodes("vpcep_service_info", results["public"]) == []
    assert results["predicted"]["changed"] and nodes("vpcep_service", results["predicted"]) == []
    for module in QUERIES:
        for result in (
            {"failed": True, "msg": "x"},
            {"service": {}, "endpoint": {}, "endpoints": [{}], "services": []},
        ):
            assert nodes(module.removeprefix(PREFIX), result) == []


def test_a_service_without_a_name_has_one_for_the_count() -> None:
    service = {"id": "s", "port_id": "p", "name": "", "service_name": "eu-de.s"}
    assert nodes("vpcep_service", {"service": service}) == [("VPC Endpoint Service", "s", "eu-de.s")]


def test_the_queries_are_of_modules() -> None:
    assert all((ROOT / "plugins/modules" / f"{name.removeprefix(PREFIX)}.py").exists() for name in QUERIES)
