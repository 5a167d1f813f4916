"""What ansible-builder makes of the collection's own file, and of the definition in the guide."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.controllers import ROOT, install_checkout
from tests.support.listings import file_shown

GUIDES = ROOT / "docs"


def builder(*arguments: str, folder: Path) -> str:
    command = ["ansible-builder", *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_an_image_gets_what_the_collection_needs(tmp_path: Path) -> None:
    tree = install_checkout(tmp_path)
    output = builder("introspect", tree, "--write-pip", "python.txt", "--write-bindep", "system.txt", folder=tmp_path)
    assert "crossvpc.vpcep" in output
    packages = [line.partition("#")[0].strip() for line in (tmp_path / "python.txt").read_text().splitlines()]
    assert [re.split("[<>=]", line)[0] for line in packages if line] == ["requests", "urllib3"]
    assert "ca-certificates" in (tmp_path / "system.txt").read_text()


@pytest.mark.parametrize(
    ("guide", "file"), [("awx.md", "execution-environment.yml"), ("event-driven.md", "decision-environment.yml")]
)
def test_the_definition_in_the_guide(tmp_path: Path, guide: str, file: str) -> None:
    definition = file_shown(GUIDES / guide, file)
    assert (ROOT / file).read_text(encoding="utf-8").endswith(definition)
    (tmp_path / file).write_text(definition)
    for needed in yaml.safe_load(definition)["additional_build_files"]:
        place = tmp_path / needed["src"].replace("*", "1.0.0")
        place.parent.mkdir(exist_ok=True)
        place.write_text("a collection")
    builder("create", "--file", file, "--output-filename", "Containerfile", folder=tmp_path)
    containerfile = (tmp_path / "context" / "Containerfile").read_text()
    assert "ansible-galaxy collection install" in containerfile
