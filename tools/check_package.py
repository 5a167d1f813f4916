"""Check a built collection: the content of the tarball, its installation and its documentation.

Usage: python tools/check_package.py TARBALL BIN
BIN is the folder of an environment that has ansible-core.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

COLLECTION = "crossvpc.vpcep"
GENERATED = {"FILES.json", "MANIFEST.json"}
# What must be there: these files, and every file of the project below these folders.
FILES = {"CHANGELOG.rst", "LICENSE", "README.md", "meta/runtime.yml"}
FOLDERS = ("docs/", "meta/", "playbooks/", "plugins/", "roles/")
UNWANTED = re.compile(
    r"^(tests|tools|extensions/molecule)/"
    r"|(^|/)(\.(?!gitkeep$|ansible-lint$)[^/]*|__pycache__|build|venv|output|results)(/|$)"
    r"|(^|/)(importer_result\.json|clouds\.ya?ml)$"
    r"|(~|\.(pyc|swp|orig|retry|log|pem|key|gz))$"
)
# The last two are in the invented passwords and keys of the simulator.
SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgAAAA[\w-]{80,}|pa55word|-SecretKey-")


def project_files() -> set[str]:
    """The files that git tracks, or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name for name in listing.split("\0") if name and os.path.exists(name)}


def contents_problems(tarball: Path) -> list[str]:
    with tarfile.open(tarball) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        packed = {member.name.removeprefix("./") for member in members}
        secrets = [member.name for member in members if SECRET.search(archive.extractfile(member).read())]
    project = project_files()
    needed = FILES | {name for name in project if name.startswith(FOLDERS)}
    return [
        *(f"not a file of the project: {name}" for name in sorted(packed - project - GENERATED)),
        *(f"does not belong into a package: {name}" for name in sorted(packed) if UNWANTED.search(name)),
        *(f"looks like a secret: {name}" for name in secrets),
        *(f"missing: {name}" for name in sorted(needed - packed)),
    ]


def documentation_problems(tarball: Path, programs: Path) -> list[str]:
    """Install the tarball into an empty folder, and read the documentation of all plugins."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": folder, "PYTHONPATH": ""}

        def run(program: str, *arguments: str) -> str:
            line = [str(programs / program), *arguments]
            return subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout

        run("ansible-galaxy", "collection", "install", "--offline", "--collections-path", folder, str(tarball))
        kinds = json.loads(run("ansible-doc", "--metadata-dump", "--no-fail-on-errors", COLLECTION))["all"]
    del kinds["keyword"]  # of playbooks, in each collection
    found = {(kind, name): entry for kind, entries in kinds.items() for name, entry in entries.items()}
    documented = {key for key, entry in found.items() if entry.get("doc") or entry.get("entry_points")}
    print(f"installed; {len(documented)} plugins and roles are documented")
    missing = [f"no documentation: {kind} {name}" for kind, name in sorted(found.keys() - documented)]
    return missing if documented else ["there is no plugin in it"]


def main(tarball: Path, programs: Path) -> int:
    problems = contents_problems(tarball) + documentation_problems(tarball, programs)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{tarball.name} is complete, {tarball.stat().st_size // 1024} KiB")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]).absolute()))
