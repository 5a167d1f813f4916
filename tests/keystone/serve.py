"""Serves Keystone on loopback: ``python serve.py PORT``, with OS_KEYSTONE_CONFIG_DIR in the environment."""

from __future__ import annotations

import sys

from werkzeug.serving import run_simple


def main() -> None:
    port = int(sys.argv[1])
    del sys.argv[1:]  # Keystone would read them as its own
    from keystone.wsgi.api import application

    run_simple("127.0.0.1", port, application, threaded=True)


if __name__ == "__main__":
    main()
