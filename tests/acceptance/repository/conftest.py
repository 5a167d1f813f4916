"""A scratch repository with the files of the project, for what works on repositories."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.controllers import copy_project


class Repository:
    """A repository with the project's files in one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "crossvpc"
        self.folder.mkdir()
        self.environment = {
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder),
        }
        (folder / "gitconfig").write_text("[user]\nname = R. Manager\nemail = manager@example.com\n")
        copy_project(self.folder)
        shutil.rmtree(self.folder / "changelogs" / "fragments")
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("Everything")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def run(self, *command: str) -> tuple[int, str]:
        """Exit status and output."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def git(self, *arguments: str) -> str:
        code, said = self.run("git", *arguments)
        assert code == 0, said
        return said.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("repository"))
