"""The demo: runs the playbooks against the simulator, shows their output, and checks the results."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from typing import Any

COLOURS = {"ok": "32", "changed": "33", "heading": "1", "command": "36", "+": "32", "-": "31"}
COLOURFUL = sys.stdout.isatty() and "NO_COLOR" not in os.environ
SHOWN_TASKS = re.compile(r"Create or update|Remove the")
VERIFY = ("-e", "connect_vpcs_verify_from=frontend-1")
ANSWER = "answers   shop.internal.example.com:8443 from frontend-1"
RANGE = "198.19.128.0/17"  # from which endpoints connect
UNCHANGED = sorted(
    [
        *("listEndpointServices", "listEndpoints"),
        *("listServers", "listVpcsV3", "listSubnets"),
        *("getPort", "listSecurityGroupRulesV3"),
        *("listPrivateZones", "listRecordSets"),
    ]
)
"""What a run without changes sends: for service and endpoint, for names, for the traffic, and for the record."""
SETTINGS = {
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_NOCOLOR": "true",
    "PYTHONUNBUFFERED": "1",
}


class ClaimFailed(Exception):
    """A statement of the demo is wrong."""


def main() -> int:
    started = time.monotonic()
    try:
        tell()
    except KeyboardInterrupt:
        return 130
    except ClaimFailed as failure:
        print(f"\nThe demo failed: {failure}", file=sys.stderr)
        return 1
    print(f"\nDone in {time.monotonic() - started:.0f} seconds.")
    return 0


def tell() -> None:
    say("crossvpc.vpcep: connect VPCs privately, with Ansible, over the VPC Endpoint service.")

    heading("A local cloud")
    say("In place of a real one: VPCEP, IAM, VPC, ECS and DNS as T Cloud Public documents them, on this machine.")
    say(
        f"VPCEP {os.environ['VPCEP_SIMULATOR'].removesuffix('/_control')}, IAM {os.environ['OS_AUTH_URL']}, "
        f"region {os.environ['OS_REGION_NAME']}."
    )

    heading("Connect two VPCs, by name")
    say("Server shop-1 listens on port 8443 and admits its own VPC only. Machines in VPC frontend are to reach it")
    say("as shop.internal.example.com. The last check connects from such a machine.")
    backend.start()
    first = playbook("connect_vpcs", "connection.yml", *VERIFY, result=True)
    expect_changes(first, 2)
    claim(ANSWER in first.said, "the service does not answer under its name")
    claim(ports() == [8443], "the service does not have the port asked for")
    (endpoint,) = control("/state")["endpoints"]
    claim(records() == {"shop.internal.example.com.": [endpoint["ip"]]}, "the name does not lead to the endpoint")
    claim(admitting_rules() == 1, "the security group does not admit endpoints")

    heading("Run it again: nothing changes")
    forget_requests()
    expect_changes(playbook("connect_vpcs", "connection.yml", *VERIFY, result=True), 0)
    sent = requests()
    say("The requests of this run. There is no login: the token of the first run is valid for 24 hours.")
    for entry in sent:
        service = entry["api"].upper() if entry["service"] == "network" else "VPCEP"
        print(f"    {service:5} {entry['method']} {entry['path'].partition('?')[0]} {entry['status']}")
    claim(all(entry["method"] == "GET" for entry in sent), "the second run sent something other than GETs")
    claim(sorted(entry["operation"] for entry in sent) == UNCHANGED, "the second run sent other requests than it needs")

    heading("See what another port would change")
    forget_requests()
    preview = playbook("connect_vpcs", "connection-9443.yml", "--check", "--diff")
    expect_changes(preview, 1)
    claim("+ client_port: 9443" in preview.differences, "the diff does not show the change")
    claim(all(entry["method"] == "GET" for entry in requests()), "check mode sent more than GETs")
    claim(ports() == [8443], "check mode changed something")
    say("That was a prediction; it sent GETs only. Now for real:")
    expect_changes(playbook("connect_vpcs", "connection-9443.yml", *VERIFY, result=True), 1)
    claim(ports() == [8443, 9443], "the ports were not changed")

    heading("Disconnect: name and endpoint first, then the rule and the service")
    expect_changes(playbook("disconnect_vpcs", "connection-9443.yml"), 2)
    cloud = control("/state")
    claim(not cloud["services"] and not cloud["endpoints"], "something is left in the cloud")
    claim(not records() and not admitting_rules(), "a record or a rule is left in the cloud")
    claim(not control("/defects")["defects"], "the simulator broke its own contract")
    say("The cloud is as it was, but for the zone internal.example.com, which others may use.")

    heading("What next")
    say("In a real region, three variables are enough (or OS_CLOUD, or user and password):")
    for line in (
        'export PATH="$PWD/.venv-runtime/bin:$PATH"    # unless you have an Ansible of your own',
        "make build && ansible-galaxy collection install --force build/*.tar.gz",
        "export OS_ACCESS_KEY=... OS_SECRET_KEY=... OS_REGION_NAME=eu-de",
        "cp tools/demo.d/connection.yml my.yml    # and put your names in",
        "ansible-playbook crossvpc.vpcep.connect_vpcs -e @my.yml --check --diff",
    ):
        print("    " + colour("command", line))


def heading(text: str) -> None:
    heading.count = getattr(heading, "count", 0) + 1  # type: ignore[attr-defined]
    print("\n" + colour("heading", f"{heading.count}. {text}"), flush=True)  # type: ignore[attr-defined]


def say(text: str) -> None:
    print("  " + text, flush=True)


def colour(kind: str, text: str) -> str:
    return f"\033[{COLOURS[kind]}m{text}\033[0m" if COLOURFUL and kind in COLOURS else text


def claim(true: bool, otherwise: str) -> None:
    if not true:
        raise ClaimFailed(otherwise)


# Running playbooks


def playbook(name: str, variables: str, *options: str, result: bool = False) -> View:
    """Run a playbook of the collection, showing the tasks that matter.

    result: show what the playbook says at its end, too.
    """
    given = ["-i", "tools/demo.d/hosts.yml", "-e", f"@tools/demo.d/{variables}"]
    command = ["ansible-playbook", f"crossvpc.vpcep.{name}", *given, *options]
    say(colour("command", "$ " + " ".join(command)))
    environment = {**os.environ, **SETTINGS}
    seen: list[str] = []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        view = View(result)
        for line in process.stdout:
            seen.append(line)
            view.see(line.rstrip("\n"))
    if process.returncode != 0:
        print("".join(seen), file=sys.stderr)
        raise ClaimFailed(f"{name} ended with exit code {process.returncode}, see above")
    return view


class View:
    """Turns the output of Ansible's default callback into a few lines."""

    def __init__(self, result: bool) -> None:
        self.result = result
        self.task = ""
        self.diff: list[str] = []
        self.recap = ""
        self.differences: list[str] = []  # all lines of diffs that were added or removed, without indentation
        self.said: list[str] = []  # what the playbook says at its end

    def see(self, line: str) -> None:
        if match := re.match(r"TASK \[(?:\S+ : )?(.*)\] \**$", line):
            self.task, self.diff = match.group(1), []
        elif match := re.match(r"(ok|changed): \[localhost\](?: => \(item=(.*)\))?", line):
            if SHOWN_TASKS.match(self.task):
                self.show(*match.groups())
        elif match := re.match(r"localhost +: (.*)", line):
            for text in self.said if self.result else ():
                print("    " + text)
            self.recap = " ".join(match.group(1).split())
            print("    " + self.recap.partition(" skipped=")[0], flush=True)
        elif self.task.startswith("Show how"):
            if match := re.match(r" *- (.*)", line):
                self.said.append(match.group(1).strip("'\""))
            elif self.said and line.startswith(" "):  # a long line goes on
                self.said[-1] += " " + line.strip().strip("'\"")
        elif line.startswith((" ", "+", "-")):
            self.diff.append(line)

    def show(self, status: str, item: str | None) -> None:
        """A task with its status, its item and its differences (which Ansible prints before it)."""
        print(f"    {colour(status, f'{status:8}')} {self.task}" + (f"\n{'':13}{item}" if item else ""), flush=True)
        for line in self.diff:
            if line.startswith(("---", "+++")):
                continue
            if line[0] != " ":
                self.differences.append(f"{line[0]} {line[1:].lstrip(' -')}")
            print(" " * 13 + colour(line[:1], line))
        self.diff = []


def expect_changes(view: View, number: int) -> None:
    claim(f" changed={number} " in view.recap, f"expected {number} changes, but: {view.recap}")


# Reading the state of the cloud


class Backend(threading.Thread):
    """The server: once its security group admits endpoints, it answers at their addresses, on the service's ports."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening: dict[tuple[str, int], socket.socket] = {}

    def run(self) -> None:
        while True:
            if admitting_rules():
                addresses = [one["ip"] for one in control("/state")["endpoints"] if one.get("ip")]
                for place in {(address, port) for address in addresses for port in ports()} - {*self.listening}:
                    self.listening[place] = socket.create_server(place)
            for ready in select.select([*self.listening.values()], [], [], 0.2)[0]:
                ready.accept()[0].close()


backend = Backend()


def control(path: str, method: str = "GET") -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(os.environ["VPCEP_SIMULATOR"] + path, method=method), timeout=30) as answer:
        return json.load(answer)


def forget_requests() -> None:
    control("/log", "DELETE")


def requests() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control("/log")["entries"]
    return found


def records() -> dict[str, list[str]]:
    return {one["name"]: one["records"] for one in control("/state/recordsets")["recordsets"] if one["type"] == "A"}


def admitting_rules() -> int:
    return len(
        [
            one
            for one in control("/state/security_group_rules")["security_group_rules"]
            if one["remote_ip_prefix"] == RANGE
        ]
    )


def ports() -> list[int]:
    return sorted(port["client_port"] for service in control("/state")["services"] for port in service["ports"])


if __name__ == "__main__":
    sys.exit(main())
