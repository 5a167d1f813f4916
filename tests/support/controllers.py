"""A machine on which tests run Ansible as users do: the collection, a login, and the commands of an environment."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = Path(os.environ.get("VPCEP_RUNTIME", ROOT / ".venv-runtime")) / "bin"
"""The commands of an environment with nothing but ansible-core and requests."""
OWN = Path(sys.executable).parent
"""Those of the environment that runs the tests."""


def copy_project(folder: Path) -> None:
    """Copies the files that git tracks or would track, and nothing that tools and editors left in the checkout."""
    listing = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


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


def clouds_yaml(**accounts: Mapping[str, str]) -> str:
    """A clouds.yaml with auth options by the names of its entries."""
    members = {"region": "region_name", "api_url": "vpcep_endpoint_override"}
    entries = {
        name: {
            **{member: account[option] for option, member in members.items() if option in account},
            "auth": {option: value for option, value in account.items() if option not in members},
        }
        for name, account in accounts.items()
    }
    return yaml.safe_dump({"clouds": entries})


class Run:
    """What a run of an ansible command left behind."""

    def __init__(self, code: int, output: str) -> None:
        self.code, self.output = code, output

    def count(self, word: str) -> int:
        """A number out of the recap, of its first host: ok, changed, failed, ignored, ..."""
        found = re.search(rf"^\S+ +: .*\b{word}=(\d+)", self.output, re.MULTILINE)
        assert found, self.output
        return int(found.group(1))


class Controller:
    """A home folder, an environment and the commands of a venv; and a simulated cloud, if the commands are for one."""

    def __init__(self, folder: Path, programs: Path = RUNTIME, simulator: Any = None) -> None:
        self.folder, self.programs, self.simulator = folder, programs, simulator
        assert programs.exists(), f"{programs} does not exist: run this through make."
        self.environment = user_environment(folder, programs)

    def set_up(self) -> None:
        """The checkout as the installed collection, and the provider's login."""
        install_checkout(self.folder)
        self.login(self.simulator.account())

    def login(self, account: Mapping[str, str]) -> None:
        """Let the environment hold a login."""
        self.environment |= login_variables(account)

    def logout(self) -> None:
        """Let the environment hold no login."""
        self.environment = {name: value for name, value in self.environment.items() if not name.startswith("OS_")}

    def clouds(self, **accounts: Mapping[str, str]) -> Path:
        """Write a clouds.yaml where commands start."""
        file = self.folder / "clouds.yaml"
        file.write_text(clouds_yaml(**accounts))
        return file

    def requests(self, **wanted: str) -> list[str]:
        """Methods and operations of the requests since the last call, as ``GET listEndpoints``. wanted: of the log."""
        entries = self.simulator.log(**wanted)
        self.simulator.clear_log()
        return [f"{entry['method']} {entry['operation']}" for entry in entries]

    def start(self, *command: str, output: Any = subprocess.PIPE, **environment: str) -> subprocess.Popen[str]:
        """Start a command in the home folder. output: where it goes."""
        program = self.programs / command[0]
        return subprocess.Popen(
            [str(program) if program.exists() else command[0], *command[1:]],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> Run:
        """Run a command in the home folder to its end."""
        process = self.start(*command, **environment)
        output, _unused = process.communicate()
        return Run(process.returncode, output)

    def write(self, *tasks: dict[str, Any], name: str = "play.yml", **keywords: Any) -> str:
        """Write a playbook of one play, with other keywords if any. Returns its name."""
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keywords}
        (self.folder / name).write_text(yaml.safe_dump([play], sort_keys=False))
        return name
