"""Make a release: version, changelog, commit, tag, tarball; all of them, or nothing.

Usage: python tools/release.py VERSION [PYTHON]
PYTHON has what converts the guides for docs.ansible.com; without it, the release has none.
It is put together in a checkout of its own. Only when everything is there does the branch move on to it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

PROGRAMS = Path(sys.executable).parent
# Where the version stands, and what stands before it.
PLACES = {"galaxy.yml": "version: ", "plugins/module_utils/_core/version.py": "COLLECTION_VERSION = "}
OPTIONS = "tests/unit/repository/released_options.yml"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Refusal(Exception):
    """The reason why no release was made."""


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def coming_version(folder: Path) -> str:
    """The lowest version of the next release, which version_added names already."""
    found = re.search(r"^version: (\S+)$", (folder / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, "galaxy.yml has no version"
    return found[1]


def released(folder: Path) -> str:
    """The newest version that has been released."""
    changelog = (folder / "changelogs" / "changelog.yaml").read_text(encoding="utf-8")
    return max(re.findall(r"^  (\d+\.\d+\.\d+):$", changelog, re.MULTILINE), key=numbers)


def check(root: Path, version: str) -> None:
    """Checks the conditions of a release."""
    if not VERSION.fullmatch(version):
        raise Refusal(f"{version!r} is no version: say make release VERSION=1.2.3.")
    if git(root, "status", "--porcelain"):
        raise Refusal("There are changes that are not committed, see git status.")
    if not git(root, "branch", "--show-current"):
        raise Refusal("No branch is checked out.")
    if numbers(version) <= numbers(released(root)):
        raise Refusal(f"{version} is not higher than {released(root)}, the newest release.")
    if numbers(version) < numbers(coming_version(root)):
        raise Refusal(f"{version} is lower than {coming_version(root)}, the version in galaxy.yml.")
    if git(root, "tag", "--list", version):
        raise Refusal(f"There is a tag {version} already.")
    if not list((root / "changelogs" / "fragments").glob("*.y*ml")):
        raise Refusal("changelogs/fragments is empty: nothing has changed that users notice.")


@contextmanager
def checkout(root: Path) -> Iterator[Path]:
    """A second checkout of what is committed, at a place where Ansible's tools find a collection."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "ansible_collections", "crossvpc", "vpcep")
        git(root, "worktree", "add", "--quiet", "--detach", str(folder))
        try:
            yield folder
        finally:
            git(root, "worktree", "remove", "--force", str(folder))


def set_version(folder: Path, version: str) -> None:
    for name, before in PLACES.items():
        path = folder / name
        pattern = re.compile(rf"^({re.escape(before)}\"?)[\d.]+(\"?)$", re.MULTILINE)
        text, count = pattern.subn(rf"\g<1>{version}\g<2>", path.read_text(encoding="utf-8"))
        assert count == 1, f"{name} does not have the version exactly once"
        path.write_text(text, encoding="utf-8")


def run(folder: Path, program: str, *arguments: str, output: int | None = None) -> str:
    """Run a program of Ansible without the user's own settings. Returns its output if that goes to a pipe."""
    collections = str(folder.parents[2])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_HOME": str(folder.parents[2] / "home")}
    environment["PATH"] = f"{PROGRAMS}{os.pathsep}{environment['PATH']}"
    command = [PROGRAMS / program, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, stdout=output, text=True).stdout


def record_options(folder: Path) -> None:
    """Write down the options of all modules: a test then knows which ones a later version has added."""
    names = sorted(f"crossvpc.vpcep.{file.stem}" for file in (folder / "plugins" / "modules").glob("vpcep_*.py"))
    documents = json.loads(run(folder, "ansible-doc", "--type", "module", "--json", *names, output=subprocess.PIPE))
    options = {
        name.rpartition(".")[2]: " ".join(sorted(document["doc"]["options"])) for name, document in documents.items()
    }
    header = "---\n# The options of the newest release. `make release` writes this file.\n"
    (folder / OPTIONS).write_text(header + yaml.safe_dump(options, width=110))


def build(folder: Path, version: str, converter: str) -> str:
    """Commit the release in a checkout and build its tarball. Returns the commit."""
    set_version(folder, version)
    run(folder, "antsibull-changelog", "release")
    record_options(folder)
    if converter:
        subprocess.run([converter, folder / "tools" / "docsite.py", folder], check=True)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", f"Release {version}")
    run(folder, "ansible-galaxy", "collection", "build", "--output-path", str(folder.parents[2]))
    return git(folder, "rev-parse", "HEAD")


def main(root: Path, version: str, converter: str = "") -> None:
    check(root, version)
    tarball = f"crossvpc-vpcep-{version}.tar.gz"
    with checkout(root) as folder:
        commit = build(folder, version, converter)
        (root / "build").mkdir(exist_ok=True)
        shutil.copy(folder.parents[2] / tarball, root / "build" / tarball)
        git(root, "tag", "--annotate", "--message", f"crossvpc.vpcep {version}", version, commit)
        try:
            git(root, "merge", "--quiet", "--ff-only", commit)
        except subprocess.CalledProcessError:
            git(root, "tag", "--delete", version)
            raise
    print(f"{version} is committed, tagged, and in build/{tarball}. To publish it (by the workflow Release):")
    print(f"    git push origin {git(root, 'branch', '--show-current')} {version}")


if __name__ == "__main__":
    try:
        main(Path.cwd(), *(sys.argv[1:] or [""]))
    except Refusal as refusal:
        sys.exit(f"No release: {refusal}")
    except subprocess.CalledProcessError as failed:
        sys.exit(f"No release: {failed.cmd[0]} failed.")
