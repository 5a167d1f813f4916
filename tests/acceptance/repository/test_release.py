"""A release by one command, in a scratch repository: all of it, or nothing."""

import re
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.acceptance.repository.conftest import Repository

FRAGMENT = "changelogs/fragments/trial.yml"
GOOD = "bugfixes:\n  - vpcep_service - no longer does what it did.\n"
BAD = "bugfixes: [{this: is no text}]\n"


def release(repository: Repository, version: str) -> tuple[int, str]:
    return repository.run(sys.executable, "tools/release.py", version)


def everything(repository: Repository) -> list[str]:
    """What a release changes."""
    built = sorted(path.name for path in (repository.folder / "build").glob("*"))
    return [*(repository.git(*ask) for ask in (["rev-parse", "HEAD"], ["tag"], ["worktree", "list"])), *built]


def assert_refused(repository: Repository, version: str, why: str) -> None:
    before = everything(repository)
    code, said = release(repository, version)
    assert code == 1
    assert said.splitlines()[-1].startswith("No release: ") and why in said, said
    assert everything(repository) == before


def test_a_release(repository: Repository) -> None:
    assert_refused(repository, "7.0.0", "changelogs/fragments is empty")
    repository.write(FRAGMENT, BAD)
    assert_refused(repository, "7.0.0", "not committed")
    repository.commit("Change something")
    assert_refused(repository, "v7.0.0", "is no version")
    assert_refused(repository, "0.0.9", "not higher than")
    assert_refused(repository, "7.0.0", "antsibull-changelog failed")

    repository.write(FRAGMENT, GOOD)
    repository.commit("Say it properly")
    code, said = release(repository, "7.0.0")
    assert code == 0, said
    assert yaml.safe_load(repository.read("galaxy.yml"))["version"] == "7.0.0"
    assert 'COLLECTION_VERSION = "7.0.0"\n' in repository.read("plugins/module_utils/_core/version.py")
    changelog = repository.read("CHANGELOG.rst")
    assert re.search(r"^v7\.0\.0\n=+$", changelog, re.MULTILINE) and "no longer does what it did" in changelog
    assert not (repository.folder / FRAGMENT).exists()
    options = yaml.safe_load(repository.read("tests/unit/repository/released_options.yml"))
    assert len(options) == len([*repository.folder.glob("plugins/modules/vpcep_*.py")])
    assert {"policy", "cloud"} <= set(options["vpcep_connection"].split())
    code, said = repository.run(str(Path(sys.executable).parent / "yamllint"), "--strict", "tests/unit/repository")
    assert code == 0, said
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("branch", "--show-current") == "main"
    assert repository.git("rev-parse", "7.0.0^{commit}") == repository.git("rev-parse", "HEAD")
    assert repository.git("log", "--format=%s by %an", "-1") == "Release 7.0.0 by R. Manager"
    assert len(repository.git("worktree", "list").splitlines()) == 1
    with tarfile.open(repository.folder / "build" / "crossvpc-vpcep-7.0.0.tar.gz") as archive:
        assert b"\nv7.0.0\n" in archive.extractfile("CHANGELOG.rst").read()  # type: ignore[union-attr]
    assert_refused(repository, "7.0.0", "not higher than 7.0.0")


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "1.2.3-rc1", "1.02.3", "1.2.3 "])
def test_what_is_no_version(repository: Repository, version: str) -> None:
    assert_refused(repository, version, "is no version")
