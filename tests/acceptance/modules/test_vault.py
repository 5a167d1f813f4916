"""A clouds.yaml that ansible-vault has encrypted, whole or one value of it."""

import json
from typing import Any

import pytest
import yaml

QUOTA = "crossvpc.vpcep.vpcep_quota_info"
OPEN = {"ANSIBLE_VAULT_PASSWORD_FILE": "vault-password"}
CLOSED = "is encrypted with ansible-vault, and no vault secret of this run decrypts it"


def whole(controller: Any) -> None:
    """The whole file is encrypted."""
    done = controller.run("ansible-vault", "encrypt", "clouds.yaml", **OPEN)
    assert done.code == 0, done.output


def one_value(controller: Any) -> None:
    """The password is, and so is one of another cloud, with another secret."""
    file = controller.folder / "clouds.yaml"
    content = yaml.safe_load(file.read_text())
    (controller.folder / "another-password").write_text("4711")
    text = "clouds:\n"
    for cloud, secret in (("mine", "vault-password"), ("other", "another-password")):
        password = content["clouds"]["mine"]["auth"]["password"]
        done = controller.run("ansible-vault", "encrypt_string", "--vault-id", secret, password)
        assert done.code == 0, done.output
        value = encrypted(done.output)
        entry = {**content["clouds"]["mine"], "auth": {**content["clouds"]["mine"]["auth"]}}
        del entry["auth"]["password"]
        text += f"  {cloud}:\n    region_name: {entry['region_name']}\n    auth:\n      password: {value}\n"
        text += "".join(f"      {key}: {json.dumps(one)}\n" for key, one in entry["auth"].items())
    file.write_text(text)


def encrypted(output: str) -> str:
    """The value that ansible-vault printed, between its messages."""
    return "\n".join(line for line in output.splitlines() if line.startswith(("!vault", " ")))


HOW = pytest.mark.parametrize("encrypt", [whole, one_value])


@pytest.fixture
def machine(controller: Any, simulator: Any) -> Any:
    controller.logout()
    account = simulator.account()
    controller.clouds(mine=account)
    (controller.folder / "vault-password").write_text("of-the-vault-4711")
    controller.secret = account["password"]
    return controller


@HOW
def test_it_is_opened_with_the_secrets_of_the_run(machine: Any, encrypt: Any) -> None:
    encrypt(machine)
    tasks = [{QUOTA: {"cloud": "mine"}, "register": "quota"}]
    done = machine.play(*tasks, options=("-vvv",), **OPEN)
    assert done.code == 0, done.output
    assert machine.secret not in done.output
    (machine.folder / "vpcep.yml").write_text("plugin: crossvpc.vpcep.vpcep\ncloud: mine\n")
    unparsed = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FATAL": "1"}
    listed = machine.run("ansible-inventory", "-i", "vpcep.yml", "--list", **OPEN, **unparsed)
    assert listed.code == 0, listed.output
    assert not [file for file in machine.folder.rglob("*") if file.is_file() and machine.secret in text(file)]


def text(file: Any) -> str:
    return str(file.read_bytes().decode(errors="replace"))


@HOW
@pytest.mark.parametrize("why", ["no secret", "wrong secret", "a process"])
def test_it_is_named_when_it_cannot_be_opened(machine: Any, encrypt: Any, why: str) -> None:
    encrypt(machine)
    (machine.folder / "wrong-password").write_text("wrong")
    environment = {
        "no secret": {},
        "wrong secret": {"ANSIBLE_VAULT_PASSWORD_FILE": "wrong-password"},
        "a process": {**OPEN, "VPCEP_DIRECT": "0"},
    }[why]
    done = machine.play({QUOTA: {"cloud": "mine"}}, **environment)
    assert done.code and CLOSED in done.output and "YAML" not in done.output, done.output
    assert ("auth.password of the cloud" in done.output) == (encrypt is one_value)
    assert machine.secret not in done.output


def test_a_password_in_the_playbook(machine: Any, simulator: Any) -> None:
    """Ansible opens those; in this process they are still objects of its own."""
    account = simulator.account()
    done = machine.run("ansible-vault", "encrypt_string", account["password"], **OPEN)
    value = encrypted(done.output)
    options = "".join(f"        {name}: {json.dumps(one)}\n" for name, one in account.items() if name != "password")
    (machine.folder / "play.yml").write_text(
        f"- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {QUOTA}:\n{options}        password: {value}\n"
    )
    done = machine.run("ansible-playbook", "play.yml", **OPEN)
    assert done.code == 0, done.output
