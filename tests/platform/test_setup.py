# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup, with the modules of awx.awx, against a stand-in for AWX."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.platform.awx import FILES
from tests.platform.fake_awx import TOKEN, FakeAwx
from tests.support.controllers import ROOT, install_checkout

# Made by tools/awx-collection.sh.
AWX_COLLECTION = ROOT / ".cache" / "awx"
GIVEN = {
    "awx_setup_image": "registry.example.com/vpcep-ee:1",
    "awx_setup_project_url": "https://git.example.com/vpcep.git",
    "awx_setup_playbook_folder": "playbooks",
    "awx_setup_credentials": ["provider", "consumer"],
    "awx_setup_fleet_inventory": "VPCs",
}


@pytest.fixture
def awx() -> Iterator[FakeAwx]:
    fake = FakeAwx()
    yield fake
    fake.stop()


def setup(awx: FakeAwx, folder: Path, **variables: object) -> tuple[int, dict[str, int], str]:
    """Run the playbook. Returns its exit code, its recap and its output."""
    tree = folder / "tree" if (folder / "tree").exists() else install_checkout(folder)
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": f"{tree}{os.pathsep}{AWX_COLLECTION}",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PIPELINING": "true",
        "CONTROLLER_HOST": awx.url,
        "CONTROLLER_OAUTH_TOKEN": TOKEN,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "PATH": os.environ["PATH"],
    }
    (folder / "given.yml").write_text(yaml.safe_dump(variables))
    # An inventory for other machines must not matter.
    elsewhere = {"ansible_become": True, "ansible_become_user": "nobody", "ansible_become_exe": "/nonexistent"}
    elsewhere |= {"ansible_connection": "ssh", "ansible_ssh_executable": "/nonexistent"}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"vars": elsewhere, "hosts": {"localhost": elsewhere}}}))
    command = ["ansible-playbook", "crossvpc.vpcep.awx_setup", "-i", str(folder / "hosts.yml")]
    command += ["-e", f"@{folder / 'given.yml'}"]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    recap = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", done.stdout.rpartition("RECAP")[2])}
    return done.returncode, recap, done.stdout


def test_awx_holds_what_the_files_say_and_nothing_after_a_removal(awx: FakeAwx, tmp_path: Path) -> None:
    awx.create("inventories", {"name": "VPCs"})
    # Of AWX's own kinds: neither repository nor registry is public.
    opening = {
        name: awx.create("credentials", {"name": name, "credential_type": 0})[1]["id"] for name in ("git", "images")
    }
    opened = {"awx_setup_project_credential": "git", "awx_setup_image_credential": "images"}
    code, recap, output = setup(awx, tmp_path, **{**GIVEN, **opened, "awx_setup_credentials": []})
    assert code == 0, output
    types = yaml.safe_load((FILES / "credential_types.yml").read_text(encoding="utf-8"))
    templates = yaml.safe_load((FILES / "job_templates.yml").read_text(encoding="utf-8"))
    for wanted in types:
        made = awx.named("credential_types")[wanted["name"]]
        assert {name: made[name] for name in wanted} == wanted
    (environment,), (project,) = awx.named("execution_environments").values(), awx.named("projects").values()
    assert environment["image"] == GIVEN["awx_setup_image"]
    assert (project["scm_type"], project["scm_url"]) == ("git", GIVEN["awx_setup_project_url"])
    assert {"git": project["credential"], "images": environment["credential"]} == opening
    assert awx.named("job_templates").keys() == {wanted["name"] for wanted in templates}
    for wanted in templates:
        made = awx.named("job_templates")[wanted["name"]]
        inventory = "VPCs" if wanted.get("fleet") else "VPCEP"
        assert awx.surveys[made["id"]] == wanted["survey"]
        assert made["playbook"] == f"playbooks/{wanted['playbook']}"
        assert (made["project"], made["execution_environment"]) == (project["id"], environment["id"])
        assert made["inventory"] == awx.named("inventories")[inventory]["id"]
        assert made["job_slice_count"] == (4 if wanted.get("fleet") else 1)
        assert made["survey_enabled"] and not made["allow_simultaneous"]

    # Somebody makes the credentials; they are attached, and nothing else changes, nor what is not named any more.
    kinds = {"provider": "VPCEP", "consumer": "VPCEP consumer"}
    for name, kind in kinds.items():
        awx.create("credentials", {"name": name, "credential_type": awx.named("credential_types")[kind]["id"]})
    awx.changes.clear()
    code, recap, output = setup(awx, tmp_path, **GIVEN)
    assert code == 0, output
    assert recap["changed"] == 1, output  # one task, that of the job templates
    credentials = {awx.named("credentials")[name]["id"] for name in kinds}
    assert {change.split("/")[-1] for change in awx.changes} == {"credentials"}
    assert all(set(attached) == credentials for attached in awx.attached.values())
    assert len(awx.attached) == len(templates)

    awx.changes.clear()
    awx.objects["credentials"].clear()
    code, recap, output = setup(awx, tmp_path, awx_setup_state="absent")
    assert code == 0, output
    assert {kind: set(awx.named(kind)) for kind in awx.objects if awx.objects[kind]} == {
        "organizations": {"Default"},
        "inventories": {"VPCs"},
    }


def test_what_is_missing_is_said_before_anything_is_sent(awx: FakeAwx, tmp_path: Path) -> None:
    code, _recap, output = setup(awx, tmp_path, awx_setup_image="image")
    assert code == 2
    assert "Give awx_setup_image" in output and awx.changes == []
    code, _recap, output = setup(awx, tmp_path, **{**GIVEN, "awx_setup_state": "gone"})
    assert code == 2
    assert "must be one of: present, absent" in output and awx.changes == []
