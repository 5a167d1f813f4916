"""The hooks before a commit, in a scratch repository: what a linter complains of is not committed."""

import sys
from pathlib import Path

from tests.acceptance.repository.conftest import Repository

FILE = "tools/branches.py"


def test_what_a_linter_complains_of_is_not_committed(repository: Repository) -> None:
    (repository.folder / ".git" / "info" / "exclude").write_text("/.venv\n")
    (repository.folder / ".venv").symlink_to(sys.prefix)
    code, said = repository.run(str(Path(sys.prefix, "bin", "pre-commit")), "install")
    assert code == 0, said
    before, text = repository.git("rev-parse", "HEAD"), repository.read(FILE)

    repository.write(FILE, text.replace("import json", "import json, os"))
    code, said = repository.run("git", "commit", "--all", "--message", "Import too much")
    assert code == 1
    assert "F401" in said and "Failed: ruff" in said, said
    assert repository.git("rev-parse", "HEAD") == before

    repository.write(FILE, text + "# The end.\n")
    code, said = repository.run("git", "commit", "--all", "--message", "Say that it ends")
    assert code == 0, said
    assert "ruff" in said, said
    assert repository.git("rev-parse", "HEAD~1") == before
