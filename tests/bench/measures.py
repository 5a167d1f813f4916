"""What is measured: no-op tasks, the job of a service and an endpoint, bulk runs, cold starts, and memory."""

import sys
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .controller import Controller, Sample, beyond, median
from .report import Target

LATENCIES = (0, 50)  # ms that the simulator adds to each request
CONNECTIONS = 8  # of vpcep_endpoints
PROCESSES = 50
MODULE_PROCESS = {"VPCEP_DIRECT": "0"}
PLENTY: dict[str, Any] = {"accept_any_id": True, "quota_endpoints": 100_000, "delay": 0}  # settings of the simulator


class Bench:
    """The targets and the samples so far. runs: how often to measure. quick: no large lists of endpoints."""

    def __init__(self, controller: Controller, runs: int, quick: bool) -> None:
        self.controller, self.simulator, self.runs, self.quick = controller, controller.simulator, runs, quick
        self.targets: list[Target] = []
        self.samples: dict[str, Sample] = {}

    def target(self, what: str, most: float, measured: float, unit: str = "") -> None:
        self.targets.append(Target(what, most, measured, unit))
        print(" ".join(self.targets[-1].cells()), file=sys.stderr, flush=True)

    def rounds(self, kinds: Mapping[str, Callable[[], Sample]]) -> dict[str, Sample]:
        """The medians of all kinds, measured in turns, so that noise of the machine disturbs all of them."""
        samples: dict[str, list[Sample]] = {name: [] for name in kinds}
        for _run in range(self.runs):
            for name, measure in kinds.items():
                samples[name].append(measure())
        return {name: median(found) for name, found in samples.items()}

    def service(self) -> str:
        """The ID of the only service of an empty cloud. The controller has a token afterwards."""
        self.controller.fresh(**PLENTY)
        network = self.simulator.spare()[0]
        self.controller.play("services", {name: network[name] for name in ("port_id", "vpc_id")}, changed=True)
        (found,) = self.simulator.state()["services"]
        return str(found["id"])


def endpoints(service: str, number: int) -> list[dict[str, Any]]:
    """So many definitions, each in a VPC of its own."""

    def generated(kind: str, count: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{count}"))

    ids = [{f"{kind}_id": generated(kind, count) for kind in ("vpc", "subnet")} for count in range(number)]
    return [{"endpoint_service_id": service, **one, "tags": {"team": "shop"}} for one in ids]


def tasks(bench: Bench) -> None:
    """An unchanged task in a loop, against a ping, beyond the same playbook with an empty loop."""
    wanted = endpoints(bench.service(), 30)
    play = partial(bench.controller.play, changed=False)
    bench.controller.play("loop", {"endpoints": wanted, "state": "present"}, changed=True)
    kinds = {"ping": ("ping", 10, {}), "direct": ("loop", 30, {}), "module process": ("loop", 10, MODULE_PROCESS)}
    runs: dict[str, Callable[[], Sample]] = {}
    for name, (playbook, items, environment) in kinds.items():
        for suffix, given in (("", wanted[:items]), (", start", [])):
            variables = {"endpoints": given, "state": "present"}
            runs[name + suffix] = partial(play, playbook, variables, environment=environment)
    found = bench.rounds(runs)
    for name, (_playbook, items, _environment) in kinds.items():
        bench.samples[f"unchanged task, {name}"] = beyond(found[name], found[f"{name}, start"], items)
    ping = bench.samples["unchanged task, ping"].seconds
    for name, most in (("direct", 0.1), ("module process", 1.9)):
        seconds = bench.samples[f"unchanged task, {name}"].seconds
        bench.target(f"unchanged task, {name}: of a ping", most, seconds / ping)


def job(bench: Bench) -> None:
    """A service and an endpoint, from nothing and unchanged, and unchanged by the role."""
    late: list[float] = []
    for latency in LATENCIES:
        bench.controller.fresh(keep_tokens=False, delay=1, latency_ms=latency)
        bench.samples[f"the job from nothing, {latency} ms"] = bench.controller.play("job", changed=True)
        late += lateness(bench.simulator.log(service="vpcep"))
        play = bench.controller.play
        runs = {"floor": partial(play, "two debugs"), "unchanged": partial(play, "job", changed=False)}
        runs["role"] = partial(play, "role", changed=False)
        found = bench.rounds(runs)
        unchanged, role, floor = found["unchanged"], found["role"], found["floor"]
        bench.samples |= {f"two debug tasks, {latency} ms": floor, f"the job unchanged, {latency} ms": unchanged}
        bench.samples[f"the role unchanged, {latency} ms"] = role
        bench.target(f"the job unchanged, {latency} ms: requests to VPCEP", 2, unchanged.vpcep)
        bench.target(f"the job unchanged, {latency} ms: requests to IAM", 0, unchanged.iam)
        spent = unchanged.seconds - floor.seconds - 2 * latency / 1000
        bench.target(f"the job unchanged, {latency} ms: beyond two debug tasks and two latencies", 0.4, spent, " s")
        if not latency:
            times = role.processor / floor.processor
            bench.target("the role unchanged: processor time, of two debug tasks", 2.0, times)
    bench.target("an object that takes a second is seen to be ready", 1.5, max(late), " s")


def lateness(log: list[dict[str, Any]]) -> list[float]:
    """Seconds from the answer to each creation until its last poll was answered: the one that showed it as ready."""
    answered = {entry["operation"]: entry["time"] + entry["ms"] / 1000 for entry in log}
    kinds = ("EndpointService", "Endpoint")
    return [answered[f"get{kind}"] - answered[f"create{kind}"] for kind in kinds if f"get{kind}" in answered]


def bulk(bench: Bench) -> None:
    """One task of vpcep_endpoints, beyond a playbook with the same variables and nothing to do."""
    size, play = 100 if bench.quick else 1000, bench.controller.play
    wanted = {"endpoints": endpoints(bench.service(), size), "connections": CONNECTIONS}
    present, absent = ({**wanted, "state": state} for state in ("present", "absent"))
    for latency in LATENCIES:
        bench.simulator.settings(latency_ms=latency)
        steps = {
            "start": partial(play, "start", wanted),
            "created": partial(play, "list", present, changed=True),
            "unchanged": partial(play, "list", present, changed=False),
            "deleted": partial(play, "list", absent, changed=True),
        }
        found = bench.rounds(steps)
        for step in ("created", "unchanged", "deleted"):
            bench.samples[f"{size} endpoints {step}, {latency} ms"] = beyond(found[step], found["start"])
        what, unchanged = f"{size} endpoints unchanged, {latency} ms", beyond(found["unchanged"], found["start"])
        bench.target(f"{what}: requests", 3, unchanged.vpcep + unchanged.iam)
        bench.target(f"{what}: beyond ansible-playbook's start", 2, unchanged.seconds, " s")
    created = beyond(found["created"], found["start"])
    bound = (created.vpcep + created.iam) * LATENCIES[-1] / 1000 / CONNECTIONS
    bench.target(f"{size} endpoints created, {LATENCIES[-1]} ms: times the bound", 1.4, created.seconds / bound)


def cold_starts(bench: Bench) -> None:
    """Module processes for many hosts at once, none of which has a token."""
    hosts = bench.controller.folder / "hosts"
    names = [f"host{number}" for number in range(PROCESSES)]
    everywhere = "ansible_connection=local\nansible_python_interpreter={{ ansible_playbook_python }}\n"
    hosts.write_text("\n".join([*names, "[all:vars]", everywhere]))
    bench.controller.fresh(keep_tokens=False)
    options = ("--inventory", str(hosts), "--forks", str(PROCESSES))
    cold = bench.controller.play("cold", options=options, changed=False, environment=MODULE_PROCESS)
    bench.samples[f"{PROCESSES} cold starts"] = cold
    bench.target(f"{PROCESSES} cold starts: requests to IAM", 1, cold.iam)


def memory(bench: Bench) -> None:
    """The peak of a module process."""
    number = 500 if bench.quick else 5000
    variables = {"endpoints": endpoints(bench.service(), number), "connections": CONNECTIONS, "state": "present"}
    bench.controller.play("list", variables, changed=True)
    peak = bench.controller.peak("list", variables, MODULE_PROCESS)
    bench.target(f"peak memory of {number:,} endpoints unchanged, module process", 150, peak, " MiB")


def export(bench: Bench) -> None:
    """An export of many endpoints, 50 for each service."""
    number = 500 if bench.quick else 5000
    services = number // 50
    bench.service()
    bench.simulator.settings(quota_services=services + 1)
    bench.controller.play("services", {**bench.simulator.spare()[0], "number": services}, changed=True)
    ids = [one["id"] for one in bench.simulator.state()["services"] if one["name"]]
    wanted = [{**one, "endpoint_service_id": ids[place % services]} for place, one in enumerate(endpoints("", number))]
    bench.controller.play("list", {"endpoints": wanted, "connections": CONNECTIONS, "state": "present"}, changed=True)
    what = f"export of {number:,} endpoints on {services} services"
    found = bench.controller.play("export", {}, changed=False)
    bench.target(f"{what}: requests", services + 10, found.vpcep)
    peak = bench.controller.peak("export", {}, MODULE_PROCESS)
    bench.target(f"peak memory of an {what}, module process", 150, peak, " MiB")
