"""The demo: run the playbooks against the simulator in the environment, show what matters, check every claim."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from typing import Any

COLOURS = {"ok": "32", "changed": "33", "heading": "1", "command": "36", "+": "32", "-": "31"}
COLOURFUL = sys.stdout.isatty() and "NO_COLOR" not in os.environ
SHOWN_TASKS = re.compile(r"Create or update|Remove the")
SETTINGS = {
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_NOCOLOR": "true",
    "PYTHONUNBUFFERED": "1",
}


class ClaimFailed(Exception):
    """Something that the demo is about to say is not so."""


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
    say("In place of a real one: VPCEP and IAM as T Cloud Public documents them, on this machine.")
    say(
        f"VPCEP {os.environ['VPCEP_SIMULATOR'].removesuffix('/_control')}, IAM {os.environ['OS_AUTH_URL']}, "
        f"region {os.environ['OS_REGION_NAME']}, empty."
    )

    heading("Connect two VPCs")
    say("A server in VPC ...eed80 listens on port 80. VPC ...eed82 is to reach it on ports 8080 and 8081.")
    expect_changes(playbook("connect_vpcs", "connection.yml", result=True), 2)
    claim(ports() == [8080, 8081], "the service does not have the ports asked for")

    heading("Run it again: nothing changes")
    forget_requests()
    expect_changes(playbook("connect_vpcs", "connection.yml"), 0)
    sent = requests()
    say("All that the cloud was asked; no login, as the first run's token is good for 24 hours:")
    for entry in sent:
        print(f"    {entry['method']} {entry['path'].partition('?')[0]} {entry['status']}")
    claim([entry["method"] for entry in sent] == ["GET", "GET"], "the second run sent something other than two GETs")
    claim(all(entry["service"] == "vpcep" for entry in sent), "the second run logged in")

    heading("Offer port 8443 instead of 8081: look first")
    forget_requests()
    preview = playbook("connect_vpcs", "connection-8443.yml", "--check", "--diff")
    expect_changes(preview, 1)
    claim(preview.differences == ["- client_port: 8081", "+ client_port: 8443"], "the diff does not show the change")
    claim(all(entry["method"] == "GET" for entry in requests()), "check mode sent more than GETs")
    claim(ports() == [8080, 8081], "check mode changed something")
    say("That was a prediction; it sent GETs only. Now for real:")
    expect_changes(playbook("connect_vpcs", "connection-8443.yml", result=True), 1)
    claim(ports() == [8080, 8443], "the ports were not changed")

    heading("Disconnect: endpoints first, then the service")
    expect_changes(playbook("disconnect_vpcs", "connection-8443.yml"), 2)
    cloud = control("/state")
    claim(not cloud["services"] and not cloud["endpoints"], "something is left in the cloud")
    claim(not control("/defects")["defects"], "the simulator broke its own contract")
    say("The cloud is empty again.")

    heading("What next")
    say("In a real region, three variables are enough (or OS_CLOUD, or user and password):")
    for line in (
        'export PATH="$PWD/.venv-runtime/bin:$PATH"    # unless you have an Ansible of your own',
        "make build && ansible-galaxy collection install --force build/*.tar.gz",
        "export OS_ACCESS_KEY=... OS_SECRET_KEY=... OS_REGION_NAME=eu-de",
        "cp tools/demo.d/connection.yml my.yml    # and put your IDs in",
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
    command = ["ansible-playbook", f"crossvpc.vpcep.{name}", "-e", f"@tools/demo.d/{variables}", *options]
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

    def see(self, line: str) -> None:
        if match := re.match(r"TASK \[(?:\S+ : )?(.*)\] \**$", line):
            self.task, self.diff = match.group(1), []
        elif match := re.match(r"(ok|changed): \[localhost\](?: => \(item=(.*)\))?", line):
            if SHOWN_TASKS.match(self.task):
                self.show(*match.groups())
        elif match := re.match(r"localhost +: (.*)", line):
            self.recap = " ".join(match.group(1).split())
            print("    " + self.recap.partition(" skipped=")[0], flush=True)
        elif self.task.startswith("Say how"):
            if self.result and (match := re.match(r" *- (.*)", line)):
                print("    " + match.group(1).strip("'\""))
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


# Asking the cloud behind its back


def control(path: str, method: str = "GET") -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(os.environ["VPCEP_SIMULATOR"] + path, method=method), timeout=30) as answer:
        return json.load(answer)


def forget_requests() -> None:
    control("/log", "DELETE")


def requests() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control("/log")["entries"]
    return found


def ports() -> list[int]:
    return sorted(port["client_port"] for service in control("/state")["services"] for port in service["ports"])


if __name__ == "__main__":
    sys.exit(main())
