"""Command line: start a simulator, in the foreground or as a daemon, or stop a daemon."""

import argparse
import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .networks import Account
from .server import Server
from .simulation import Simulation
from .world import World

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m tests.simulator", description="A local VPCEP and IAM cloud.")
    p.add_argument("--profile", choices=("otc", "otc-2025-11", "huawei"), default="otc")
    p.add_argument("--port", type=int, default=0, help="port of VPCEP and the control API; 0 takes a free one")
    p.add_argument("--iam-port", type=int, default=0, help="port of IAM; 0 takes a free one")
    p.add_argument("--delay", type=float, default=3.0, help="seconds that creating and deleting take (3)")
    p.add_argument("--accept-any-id", action="store_true", help="every well-formed network id exists")
    p.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="any other setting")
    p.add_argument("--account", choices=("provider", "consumer"), default="provider", help="whose login to export")
    p.add_argument("--env-file", type=Path, help="write the export lines there (mode 0600), do not print them")
    p.add_argument("--vars-file", type=Path, help="write variables as YAML there (mode 0600)")
    p.add_argument("--clouds-file", type=Path, help="write a clouds.yaml there (mode 0600), and export where it is")
    p.add_argument("--urls-file", type=Path, help="write the URLs as JSON there; nothing secret")
    p.add_argument("--pid-file", type=Path, help="write the process id there")
    p.add_argument("--quiet", action="store_true", help="print nothing")
    p.add_argument("--daemon", action="store_true", help="return once it is ready, leave it running")
    p.add_argument("--stop", type=Path, metavar="PID_FILE", help="stop the daemon of that pid file")
    p.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")
    return p


def main() -> int:
    options = parser().parse_args()
    if options.stop:
        return stop(options.stop)
    if options.daemon:
        return start_daemon(options)
    try:
        settings = {name: json.loads(value) for name, value in (pair.split("=", 1) for pair in options.set)}
        simulation = Simulation(options.profile, delay=options.delay, accept_any_id=options.accept_any_id, **settings)
    except ValueError as fault:
        print(f"simulator: {fault}", file=sys.stderr)
        return 2
    try:
        asyncio.run(serve(simulation, options))
    except OSError as fault:
        print(f"simulator: {fault}", file=sys.stderr)
        return 1
    return 0


async def serve(simulation: Simulation, options: argparse.Namespace) -> None:
    server = Server(simulation, options.port, options.iam_port)
    await server.start()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        announce(simulation, options)
        if options.exit_with_parent:
            await parent_gone(ended)
        else:
            await ended.wait()
    finally:
        await server.stop()
        if options.pid_file:
            options.pid_file.unlink(missing_ok=True)


async def parent_gone(ended: asyncio.Event) -> None:
    parent = os.getppid()
    while not ended.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(ended.wait(), 0.5)
        except asyncio.TimeoutError:
            continue


# The addresses and logins, for users and files


def announce(simulation: Simulation, options: argparse.Namespace) -> None:
    exported = environment(simulation, simulation.world.accounts[options.account])
    if options.clouds_file:
        write(options.clouds_file, json.dumps({"clouds": clouds(simulation)}, indent=2) + "\n", 0o600)
        exported["OS_CLIENT_CONFIG_FILE"] = str(options.clouds_file.resolve())
    exports = "".join(f"export {k}={shlex.quote(v)}\n" for k, v in exported.items())
    if options.vars_file:
        # JSON strings are also YAML strings, with the right quotes.
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in variables(simulation).items())
        write(options.vars_file, "---\n" + "".join(lines), 0o600)
    if options.env_file:
        write(options.env_file, exports, 0o600)
    elif not options.quiet:
        print(exports, end="", flush=True)
    if not options.quiet:
        print(f"# simulator ({simulation.profile}) is ready; control API: {simulation.api_url}/_control", flush=True)
    if options.urls_file:
        urls = {"api_url": simulation.api_url, "iam_url": simulation.iam_url}
        write(options.urls_file, json.dumps(urls), 0o644)
    if options.pid_file:
        # The last file: start_daemon() waits for it.
        write(options.pid_file, f"{os.getpid()}\n", 0o644)


def environment(simulation: Simulation, account: Account) -> dict[str, str]:
    return {
        "OS_AUTH_URL": simulation.iam_url,
        "OS_USERNAME": account.user.name,
        "OS_PASSWORD": account.user.password,
        "OS_USER_DOMAIN_NAME": account.domain_name,
        "OS_PROJECT_NAME": account.main.name,
        "OS_REGION_NAME": simulation.world.region,
        "VPCEP_SIMULATOR": f"{simulation.api_url}/_control",
    }


def variables(simulation: Simulation) -> dict[str, str]:
    """For ansible-test's integration_config.yml: vpcep_*, and vpcep_consumer_* for the other account."""
    world: World = simulation.world
    found = {"vpcep_simulator": f"{simulation.api_url}/_control", "vpcep_profile": simulation.profile}
    for prefix, name in (("vpcep", "provider"), ("vpcep_consumer", "consumer")):
        account = world.accounts[name]
        found.update(
            {
                f"{prefix}_auth_url": simulation.iam_url,
                f"{prefix}_username": account.user.name,
                f"{prefix}_password": account.user.password,
                f"{prefix}_user_domain_name": account.domain_name,
                f"{prefix}_project_name": account.main.name,
                f"{prefix}_project_id": account.main.id,
                f"{prefix}_domain_id": account.domain_id,
                f"{prefix}_region": world.region,
            }
        )
    return found


def clouds(simulation: Simulation) -> dict[str, Any]:
    """The entries of a clouds.yaml: both accounts, the provider's access key, and the agency of the consumer's."""
    provider, consumer = (simulation.world.accounts[name] for name in ("provider", "consumer"))
    ((agency, _trusted),) = consumer.agencies.items()
    logins = {account.name: login(account) for account in (provider, consumer)}
    logins["keys"] = {"access_key": provider.access_key, "secret_key": provider.secret_key}
    logins["customer-by-agency"] = {
        **login(provider),
        "agency_name": agency,
        "agency_domain_name": consumer.domain_name,
    }
    # A signed request needs no token, so there is no catalog with the service's address.
    about = {"region_name": simulation.world.region, "vpcep_endpoint_override": simulation.api_url}
    return {name: {**about, "auth": {"auth_url": simulation.iam_url, **auth}} for name, auth in logins.items()}


def login(account: Account) -> dict[str, str]:
    user = account.user
    return {"username": user.name, "password": user.password, "user_domain_name": account.domain_name}


def write(path: Path, text: str, mode: int) -> None:
    """Write the file as a whole: a process that waits for it never reads a part of it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


# In the background


def start_daemon(options: argparse.Namespace) -> int:
    """Start another process like this one; return 0 once that is ready."""
    if not options.pid_file:
        print("simulator: --daemon needs --pid-file", file=sys.stderr)
        return 2
    if running(options.pid_file) is not None:
        print(f"simulator: already running, see {options.pid_file}", file=sys.stderr)
        return 1
    options.pid_file.unlink(missing_ok=True)
    arguments = [word for word in sys.argv[1:] if word != "--daemon"]
    # The child runs elsewhere, so that relative paths would be lost.
    for name in ("env_file", "vars_file", "clouds_file", "urls_file", "pid_file"):
        if path := getattr(options, name):
            arguments += ["--" + name.replace("_", "-"), str(path.resolve())]
    package = str(__package__)
    command: list[Any] = [sys.executable, "-m", package, *arguments]
    # The child must not inherit the caller's output: a reader would wait for its end.
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [*command, "--quiet"],
            cwd=ROOT if package.startswith("tests.") else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )
        while not options.pid_file.exists() and child.poll() is None:
            time.sleep(0.02)
        if child.poll() is not None:
            complaints.seek(0)
            print(complaints.read().decode() or "simulator: did not start", file=sys.stderr)
            return 1
    if not options.quiet:
        print(f"# simulator is ready, process {child.pid}" + (f", see {options.env_file}" if options.env_file else ""))
    return 0


def running(pid_file: Path) -> int | None:
    """The process ID of a running simulator, or None."""
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"simulator" not in command.read_bytes():
            return None
        return pid
    except (OSError, ValueError):
        return None


def stop(pid_file: Path) -> int:
    """Stop a daemon and wait for its end. No daemon is no error."""
    pid = running(pid_file)
    if pid is None:
        pid_file.unlink(missing_ok=True)
        return 0
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while running(pid_file) == pid:
        if time.monotonic() > end:
            print(f"simulator: process {pid} does not end", file=sys.stderr)
            return 1
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
