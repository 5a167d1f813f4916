"""Base of the machines on which tests run Ansible: the collection, and a login."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = Path(os.environ.get("VPCEP_RUNTIME", ROOT / ".venv-runtime")) / "bin"
"""The commands of an environment with nothing but ansible-core and requests."""


def install_checkout(folder: Path) -> str:
    """Makes the checkout the installed collection, in a tree below *folder*. Returns the collections path."""
    tree = folder / "tree"
    collection = tree / "ansible_collections" / "crossvpc" / "vpcep"
    collection.parent.mkdir(parents=True)
    collection.symlink_to(ROOT)
    return str(tree)


def user_environment(folder: Path, programs: Path = RUNTIME) -> dict[str, str]:
    """The environment of a user whose home is *folder*, without other variables, and with short output."""
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(folder / "tree"),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(folder / "cache"),
    }


def login_variables(account: Mapping[str, str]) -> dict[str, str]:
    """Auth options as the environment variables that stand for them."""
    return {"OS_REGION_NAME" if name == "region" else f"OS_{name.upper()}": value for name, value in account.items()}
