# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the collection, as in galaxy.yml, and the User-Agent of its requests."""

from __future__ import annotations

import sys

COLLECTION_VERSION = "1.0.0"


def user_agent() -> str:
    """The User-Agent of every request: 'crossvpc.vpcep/0.1.0 ansible-core/2.19.0 requests/2.32.0 python/3.11.7'.

    A part whose version is unknown is left out.
    """
    parts = [f"crossvpc.vpcep/{COLLECTION_VERSION}"]
    try:
        from ansible.module_utils.ansible_release import __version__ as core_version

        parts.append(f"ansible-core/{core_version}")
    except ImportError:
        pass
    try:
        from requests import __version__ as requests_version

        parts.append(f"requests/{requests_version}")
    except ImportError:
        pass
    parts.append("python/" + ".".join(str(number) for number in sys.version_info[:3]))
    return " ".join(parts)
