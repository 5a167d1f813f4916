"""Every example in the documentation runs: those of the modules, and the listings of the README and docs pages.

In a page, a YAML listing of plays or tasks is run, and so is each line of a shell listing that begins with ``ansible``,
in the order of the page; each section (``##``) begins with an empty cloud. ``<!-- file: NAME -->`` before a listing
says that it is a file's content; ``<!-- not run: REASON -->`` leaves it out. YAML that is neither plays nor tasks is
only read.
"""

import ast
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.acceptance.modules.conftest import defaults
from tests.support.listings import listings
from tests.support.seed import BACKEND

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted((ROOT / "plugins" / "modules").glob("vpcep_*.py"))
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("roles/*/README.md")])
PAGES = [page for page in PAGES if page.exists()]

PROGRAMS = ("ansible", "ansible-doc", "ansible-inventory", "ansible-playbook", "ansible-vault", "sh")
# What else shell listings hold, and why it is not run here; anything else is a mistake.
ELSEWHERE = {
    "ansible-rulebook": "tests/eda runs the rulebooks",
    "ansible-galaxy": "make package installs the tarball",
    "cd": "there is no folder to go to",
    "export": "the environment holds a login already",
    "git": "needs the repository's address",
    "make": "it is what runs these tests",
    "podman": "needs a container engine",
    "python3": "makes an environment for ansible-builder",
    "terraform": "needs Terraform",
    "~/ansible-builder/bin/ansible-builder": "tests/platform does, as far as it goes without a container engine",
}
# Listings that nothing is done with: what is printed, what Terraform reads, a policy, a picture.
SHOWN_ONLY = ("", "hcl", "json", "mermaid", "text")


def service(name: str, **options: Any) -> dict[str, Any]:
    """A task that makes a service."""
    ports = [{"client_port": 443, "server_port": 8443}]
    return {"crossvpc.vpcep.vpcep_service": {"name": name, **BACKEND, "ports": ports, **options}}


# What the examples of a module presuppose, and what must be true afterwards (so that they do show something).
PRESUPPOSED: dict[str, list[dict[str, Any]]] = {
    "vpcep_service_info": [service("web", tags={"env": "dev"})],
    "vpcep_connection_info": [service("web")],
    "vpcep_endpoints": [service("web", approval_enabled=False)],
    "vpcep_export_info": [service("web")],
    "vpcep_permission": [service("web")],
    "vpcep_permission_info": [service("web", permissions=["abc"])],
    "vpcep_tag_info": [service("web", tags={"env": "dev"})],
    "vpcep_audit_info": [service("idle", approval_enabled=False)],
}
SHOWN: dict[str, list[str]] = {
    "vpcep_check": ["tried.left == 0", "tried.report.parts | length == 2"],
    "vpcep_service_info": ["mine.services | length == 1", "dns.services | length == 1"],
    "vpcep_endpoint": ["provider.service.id != ''", "consumer.endpoint.ip != ''"],
    "vpcep_endpoints": ["consumers.endpoints | length == 2"],
    "vpcep_connection": ["consumer.endpoint.status == 'pendingAcceptance'"],
    "vpcep_permission_info": ["whitelist.permissions | length == 1"],
    "vpcep_export_info": ["estate.connections | length == 1"],
    "vpcep_preflight_info": ["preflight.checks | length == 2"],
    "vpcep_audit_info": ["audit.findings | selectattr('id', '==', 'service-unused') | length == 1"],
    "vpcep_quota_info": ["project.quotas | length == 2"],
    "vpcep_tag_info": ["known.tags.env == ['dev']"],
    "vpcep_token": ["login.token.project_name != ''"],
}


# What the modules are right to warn of in an example.
WARNINGS: dict[str, str] = {"vpcep_connection": r"\[WARNING\]: Endpoint \S+ has no ip yet: .*"}


def examples_of(module: Path) -> str:
    """The text EXAMPLES of a module."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{module} has no examples")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_examples_of_a_module(controller: Any, simulator: Any, module: Path) -> None:
    """In the order of the file, one play for each YAML document, with the login as defaults of the group."""
    controller.logout()
    simulator.settings(delay=0)
    controller.clouds(**clouds(examples_of(module), simulator))
    documents = list(yaml.safe_load_all(examples_of(module)))
    assert any(f"crossvpc.vpcep.{module.stem}" in task for tasks in documents for task in tasks)
    files = []
    for number, tasks in enumerate(documents):
        around = PRESUPPOSED.get(module.stem, []) if number == 0 else []
        after = [{"ansible.builtin.assert": {"that": SHOWN[module.stem]}}] if module.stem in SHOWN else []
        name = f"{module.stem}-{number}.yml"
        files.append(controller.write(*around, *tasks, *after, name=name, **defaults(**simulator.account())))
    done = controller.run("ansible-playbook", *files)
    assert done.code == 0, done.output
    output, expected = re.subn(WARNINGS.get(module.stem, "$^"), "", done.output)
    assert expected == (module.stem in WARNINGS), done.output
    assert "[WARNING]" not in output and "[DEPRECATION" not in output, done.output
    assert "skipping:" not in done.output, done.output


def commands(text: str) -> list[list[str]]:
    """The ansible commands of a shell listing."""
    lines = text.replace("\\\n", " ").splitlines()
    words = [line for line in (shlex.split(line.removeprefix("$ "), comments=True) for line in lines) if line]
    assert {line[0] for line in words} <= {*PROGRAMS, *ELSEWHERE}, f"who runs this?\n{text}"
    return [line for line in words if line[0] in PROGRAMS]


def play_of(content: Any) -> Any:
    """The playbook that a YAML listing is or belongs to; None when it is neither plays nor tasks."""
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        return None
    if all("hosts" in entry or any("import_playbook" in key for key in entry) for entry in content):
        return content
    if all(any("." in key for key in entry) or "block" in entry for entry in content):
        return [{"hosts": "localhost", "gather_facts": False, "tasks": content}]
    return None


def with_token(simulator: Any) -> dict[str, str]:
    """A ready token as auth options."""
    account = simulator.account()
    user = {
        "name": account["username"],
        "password": account["password"],
        "domain": {"name": account["user_domain_name"]},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": {"name": account["project_name"]}}}}
    answer = requests.post(f"{account['auth_url']}/auth/tokens", json=body, timeout=30)
    return {"auth_url": account["auth_url"], "region": account["region"], "token": answer.headers["X-Subject-Token"]}


# What a word in a cloud's name stands for; without any, it is the provider's login.
LOGINS = {
    "consumer": lambda simulator: simulator.account("consumer"),
    "keys": lambda simulator: simulator.credentials(temporary=True),
    "token": with_token,
    "mfa": lambda simulator: simulator.mfa_account(),
    "agency": lambda simulator: simulator.agency(),
}


def clouds(text: str, simulator: Any) -> dict[str, Any]:
    """The login for each cloud that a text names."""
    found = {}
    for name in set(re.findall(r"\bcloud(?:: *|=)[\"']?([\w-]+)", text)):
        login = next((login for word, login in LOGINS.items() if word in name), type(simulator).account)
        found[name] = login(simulator)
    return found


def write_files(page: Path, folder: Path, password: str) -> None:
    """Write the files that the listings of a page are, with the password where they show three dots."""
    for listing in listings(page):
        if listing.word == "file":
            (folder / listing.argument).parent.mkdir(parents=True, exist_ok=True)
            (folder / listing.argument).write_text(listing.text.replace('"..."', json.dumps(password)))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_listings_of_a_page(controller: Any, simulator: Any, page: Path) -> None:
    """All of them, as a reader would try them, section by section; the environment holds the provider's login."""
    text = page.read_text(encoding="utf-8")
    controller.clouds(**clouds(text, simulator))
    for source in (ROOT / "README.md", page):  # pages mention files that the first one shows
        write_files(source, controller.folder, simulator.account()["password"])
    section = 0
    for number, listing in enumerate(listings(page), start=1):
        if listing.section != section:
            section = listing.section
            simulator.reset(keep_tokens=True)
            simulator.settings(delay=0)
        if listing.word == "not run":
            assert listing.argument, "a listing that is not run needs a reason"
        elif listing.language in ("yaml", "yml"):
            play = play_of(yaml.safe_load(listing.text))
            if play is not None and listing.word != "file":
                file = controller.folder / f"listing-{number}.yml"
                file.write_text(yaml.safe_dump(play, sort_keys=False))
                done = controller.run("ansible-playbook", file.name)
                assert done.code == 0, f"listing {number} of {page.name}:\n{listing.text}\n{done.output}"
        elif listing.language not in SHOWN_ONLY and listing.word != "file":
            assert listing.language == "sh", f"{page.name}: no rule for listings in {listing.language}"
            for command in commands(listing.text):
                done = controller.run(*command)
                assert done.code == 0, f"{page.name}: {shlex.join(command)}\n{done.output}"
