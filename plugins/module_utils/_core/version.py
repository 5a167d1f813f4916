"""The version of the collection, as in galaxy.yml, and the User-Agent of its requests."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress

from ansible.module_utils.ansible_release import __version__

COLLECTION_VERSION = "1.0.0"


def user_agent() -> str:
    """The User-Agent of every request: 'crossvpc.vpcep/0.1.0 ansible-core/2.19.0 requests/2.32.0 python/3.11.7'."""
    parts = [f"crossvpc.vpcep/{COLLECTION_VERSION}", f"ansible-core/{__version__}"]
    with suppress(ImportError):
        parts.append(f"requests/{importlib.import_module('requests').__version__}")
    return " ".join([*parts, "python/" + ".".join(map(str, sys.version_info[:3]))])
