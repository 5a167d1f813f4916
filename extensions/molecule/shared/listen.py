"""Usage: listen.py PIDFILE ADDRESS:PORT... Accepts connections in the background while the process of PIDFILE lives."""

from __future__ import annotations

import os
import pathlib
import select
import socket
import subprocess
import sys


def serve(pid_file: str, addresses: list[str]) -> None:
    """Accept and close, and end with the simulator."""
    parts = [address.rpartition(":") for address in addresses]
    listening = [socket.create_server((host, int(port))) for host, _colon, port in parts]
    print("ready", flush=True)
    while pathlib.Path(pid_file).exists():
        for ready in select.select(listening, [], [], 1)[0]:
            ready.accept()[0].close()


if __name__ == "__main__":
    if os.environ.get("LISTENING"):
        serve(sys.argv[1], sys.argv[2:])
    else:
        process = subprocess.Popen(
            [sys.executable, *sys.argv],
            env={**os.environ, "LISTENING": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        sys.exit(process.stdout is None or process.stdout.readline() != b"ready\n")
