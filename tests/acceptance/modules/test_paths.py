"""Relative paths: those of the environment begin where Ansible was started, those of a playbook at the playbook."""

from typing import Any

import pytest
import yaml

from tests.acceptance.modules.conftest import BOTH_WAYS

QUOTA = "crossvpc.vpcep.vpcep_quota_info"
FILES = {"clouds": "OS_CLIENT_CONFIG_FILE", "secure": "OS_CLIENT_SECURE_FILE"}


@pytest.fixture
def start(controller: Any, simulator: Any) -> Any:
    """Files in the folder in which commands are started; those below, beside the playbook, are for others."""
    controller.logout()
    account = simulator.account()
    region, password = account.pop("region"), account.pop("password")
    (controller.folder / "below").mkdir()
    for folder, cloud in (("", "mine"), ("below", "other")):
        here = controller.folder / folder
        entries = {"clouds": {"auth": account, "region_name": region}, "secure": {"auth": {"password": password}}}
        for stem, entry in entries.items():
            content = yaml.safe_dump({"clouds": {cloud: entry}})
            (here / f"{stem}.yaml").write_text(content)
            (here / f"{stem}-{cloud}.txt").write_text(content)
    (controller.folder / "start.pem").write_text("")
    (controller.folder / "below" / "beside.pem").write_text("")
    return controller


def play(controller: Any, options: dict[str, Any], **environment: str) -> Any:
    playbook = controller.write({QUOTA: options}, name="below/play.yml")
    return controller.run("ansible-playbook", playbook, **environment)


def works(done: Any) -> bool:
    assert done.code == 0, done.output
    return True


@BOTH_WAYS
def test_clouds_yaml_where_ansible_was_started(start: Any, way: str) -> None:
    assert works(play(start, {"cloud": "mine"}))
    assert works(start.run("ansible", "localhost", "-m", QUOTA, "-a", "cloud=mine"))
    other = play(start, {"cloud": "other"})
    assert other.code and "There is no cloud" in other.output and "clouds.yaml has mine" in other.output


@BOTH_WAYS
def test_variables_that_name_a_file(start: Any, way: str) -> None:
    for stem in FILES:
        (start.folder / f"{stem}.yaml").unlink()
    variables = {variable: f"{stem}-mine.txt" for stem, variable in FILES.items()}
    assert works(play(start, {"cloud": "mine"}, **variables))
    variables |= {"OS_CACERT": "start.pem", "VPCEP_TOKEN_CACHE_DIR": "tokens"}
    assert works(play(start, {"cloud": "mine"}, **variables))
    assert (start.folder / "tokens").is_dir() and not (start.folder / "below" / "tokens").exists()
    wrong = play(start, {"cloud": "mine"}, **{**variables, "OS_CACERT": "beside.pem"})
    assert wrong.code and "does not exist" in wrong.output


@BOTH_WAYS
def test_a_certificate_named_in_clouds_yaml(start: Any, way: str) -> None:
    file = start.folder / "clouds.yaml"
    content = yaml.safe_load(file.read_text())
    for name, good in (("start.pem", True), ("beside.pem", False)):
        content["clouds"]["mine"]["cacert"] = name
        file.write_text(yaml.safe_dump(content))
        assert (play(start, {"cloud": "mine"}).code == 0) == good


@BOTH_WAYS
def test_options_of_a_task(start: Any, way: str) -> None:
    assert works(play(start, {"cloud": "mine", "ca_path": "beside.pem", "token_cache_dir": "tokens"}))
    assert (start.folder / "below" / "tokens").is_dir() and not (start.folder / "tokens").exists()
    wrong = play(start, {"cloud": "mine", "ca_path": "start.pem"})
    assert wrong.code and "does not exist" in wrong.output


def test_an_inventory(start: Any) -> None:
    for stem in FILES:
        (start.folder / f"{stem}.yaml").unlink()
    variables = {variable: f"{stem}-mine.txt" for stem, variable in FILES.items()}
    (start.folder / "below" / "vpcep.yml").write_text("plugin: crossvpc.vpcep.vpcep\ncloud: mine\n")
    variables["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FATAL"] = "1"
    assert works(start.run("ansible-inventory", "-i", "below/vpcep.yml", "--list", **variables))
