"""Makes a Keystone and serves it on loopback: ``python serve.py PORT``, with OS_KEYSTONE_CONFIG_DIR in the environment.

The commands run in copies of this process, because each takes seconds to load. OS_BOOTSTRAP_PASSWORD is for the second.
"""

import os
import sys
import warnings

from werkzeug.serving import run_simple

warnings.simplefilter("ignore")
from keystone.cmd import cli  # noqa: E402


def manage(*words: str) -> None:
    """``keystone-manage``"""
    child = os.fork()
    if child == 0:
        cli.main(["keystone-manage", "--config-file", f"{os.environ['OS_KEYSTONE_CONFIG_DIR']}/keystone.conf", *words])
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"keystone-manage {words[0]} failed")


def main() -> None:
    port = int(sys.argv[1])
    del sys.argv[1:]  # Keystone would read them as its own
    manage("db_sync")
    manage("bootstrap", "--bootstrap-region-id", "eu-de", "--bootstrap-public-url", f"http://127.0.0.1:{port}/v3")
    from keystone.wsgi.api import application

    run_simple("127.0.0.1", port, application, threaded=True)


if __name__ == "__main__":
    main()
