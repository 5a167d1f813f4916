"""Makes relative paths absolute, so that module processes on the controller read the same files.

A relative path in a playbook is relative to the playbook's folder. One in the environment is relative to the folder
in which Ansible was started.
"""

from __future__ import annotations

import os
import typing as t

from ..module_utils._auth.clouds_yaml import WORKING_FOLDER

VARIABLES = (
    "OS_CLIENT_CONFIG_FILE",
    "OS_CLIENT_SECURE_FILE",
    "OS_CLIENT_VENDOR_FILE",
    "OS_CACERT",
    "VPCEP_TOKEN_CACHE_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)
"""Environment variables that contain a path."""


def absolute_options(spec: dict[str, t.Any], arguments: dict[str, t.Any], folder: str) -> dict[str, t.Any]:
    """The arguments of a task with absolute paths, also in suboptions. folder: the folder of the playbook."""
    found = dict(arguments)
    for name, option in spec.items():
        value = found.get(name)
        if option.get("type") == "path" and isinstance(value, str) and value:
            found[name] = os.path.join(folder, os.path.expanduser(os.path.expandvars(value)))
        elif option.get("options") and isinstance(value, dict):
            found[name] = absolute_options(option["options"], value, folder)
    return found


def environment() -> dict[str, str]:
    """Environment variables for a module process, which Ansible starts in the playbook's folder."""
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted
        return {}
    given = {name: os.path.expanduser(os.environ.get(name, "")) for name in VARIABLES}
    relative = {name: path for name, path in given.items() if path and not os.path.isabs(path)}
    return {WORKING_FOLDER: folder, **{name: os.path.join(folder, path) for name, path in relative.items()}}
