#!/usr/bin/env python
"""The Python of machine frontend-1: resolves names like the cloud's name servers in its VPC, then runs a module."""

import json
import os
import runpy
import socket
import sys
import urllib.request
from typing import Any

ask = socket.getaddrinfo


def resolve(host: Any, *more: Any, **options: Any) -> Any:
    """Like getaddrinfo(), with the records of private zones."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    socket.getaddrinfo = ask
    try:
        with opener.open(os.environ["VPCEP_SIMULATOR"] + "/state/recordsets", timeout=30) as answer:
            records = json.load(answer)["recordsets"]
    finally:
        socket.getaddrinfo = resolve
    found = [value for one in records if one["name"] == f"{host}." for value in one["records"]]
    return ask(found[0] if found else host, *more, **options)


if __name__ == "__main__":
    socket.getaddrinfo = resolve
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
