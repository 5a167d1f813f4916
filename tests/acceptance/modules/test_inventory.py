"""The inventory plugin as users run it: ansible-inventory and ansible-playbook on source files."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from tests.acceptance.modules.test_examples import examples_of, write_files
from tests.support.controllers import ROOT, login_variables
from tests.support.seed import BACKEND, FRONTEND

PLUGIN = ROOT / "plugins" / "inventory" / "vpcep.py"
FRONTEND_ROUTES = "6416b1df-bbe8-4e51-8fa3-4d169b8cc3aa"
NAMES = ("GET listVpcsV3", "GET listSubnets")
VPC_GROUP = "vpc_4189d3c2_8882_4871_a3c2_d380272eed82"
PORTS = [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}]
PORTS_OF_CLOSED = [{"client_port": 1, "server_port": 2, "protocol": "TCP"}]
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch evaluated; echo evaluated') }}"


def api_of(simulator: Any, account: str) -> VpcepApi:
    """Makes objects without ansible."""
    return VpcepApi(connect({**simulator.account(account), "token_cache": False}, environ={}))


def tags(**values: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


class Project:
    """What the provider's project holds: IDs of endpoints."""

    def __init__(self, simulator: Any) -> None:
        simulator.settings(delay=0)
        api = api_of(simulator, "provider")
        web = api.create_service({**BACKEND, "service_name": "web", "approval_enabled": False, "ports": PORTS})["id"]
        closed = api.create_service({**BACKEND, "approval_enabled": True, "ports": PORTS_OF_CLOSED})
        (obs,) = [one["id"] for one in api.list_public_services() if one["service_name"].endswith(".obs")]

        def endpoint(service: str, **body: Any) -> str:
            return str(api.create_endpoint({"endpoint_service_id": service, **body})["id"])

        self.closed = str(closed["id"])
        self.accepted = endpoint(web, **FRONTEND, enable_dns=True, tags=tags(Name="front", env="dev"))
        self.waiting = endpoint(self.closed, **FRONTEND, tags=tags(Name="front", env="prod"), description=HOSTILE)
        self.gateway = endpoint(obs, vpc_id=FRONTEND["vpc_id"], routetables=[FRONTEND_ROUTES])
        simulator.clear_log()


@pytest.fixture
def project(simulator: Any) -> Project:
    return Project(simulator)


def source(controller: Any, name: str = "all", **options: Any) -> str:
    """A source file of the plugin."""
    file = f"{name}.vpcep.yml"
    (controller.folder / file).write_text(yaml.safe_dump({"plugin": "crossvpc.vpcep.vpcep", **options}))
    return file


def unmarked(value: dict[str, Any]) -> Any:
    """Without the mark that Ansible writes around each text that is not to be evaluated."""
    return value.get("__ansible_unsafe", value)


def listed(controller: Any, *options: str, **environment: str) -> Any:
    """What ansible-inventory lists, without a warning: the variables of the hosts, and by group the hosts in it."""
    done = controller.run("ansible-inventory", "--list", "--output", "found.json", *options, **environment)
    assert done.code == 0 and "WARNING" not in done.output and "DEPRECAT" not in done.output, done.output
    found = json.loads((controller.folder / "found.json").read_text(), object_hook=unmarked)
    variables = found.pop("_meta")["hostvars"]
    return variables, {name: sorted(group["hosts"]) for name, group in found.items() if "hosts" in group}


def test_everything_in_a_project(controller: Any, project: Project) -> None:
    variables, groups = listed(controller, "-i", source(controller))
    assert controller.requests() == ["POST createToken", "GET listEndpoints", *NAMES]
    front, other, gateway = f"front_{project.accepted}", f"front_{project.waiting}", project.gateway
    assert groups == {
        "vpcep": sorted([front, other, gateway]),
        "service_web": [front],
        "service_" + project.closed.replace("-", "_"): [other],
        "service_com_t_systems_otc_eu_de_obs": [gateway],
        VPC_GROUP: sorted([front, other, gateway]),
        "vpc_frontend": sorted([front, other, gateway]),
        "status_accepted": sorted([front, gateway]),
        "status_pendingAcceptance": [other],
        "type_interface": sorted([front, other]),
        "type_gateway": [gateway],
        "tag_Name_front": sorted([front, other]),
        "tag_env_dev": [front],
        "tag_env_prod": [other],
    }
    known = variables[front]
    assert known["ansible_host"] == known["vpcep_ip"] and known["vpcep_ip"].startswith("192.168.14.")
    assert known["vpcep_service_name"] == "web"
    assert (known["vpcep_vpc_name"], known["vpcep_subnet_name"]) == ("frontend", "frontend-a")
    assert known["vpcep_tags"] == {"Name": "front", "env": "dev"}
    assert not [name for name in known if not name.startswith(("vpcep_", "ansible_host"))]
    assert "ansible_host" not in variables[other] and "ansible_host" not in variables[gateway]
    assert "vpcep_ports" not in known


def test_one_name_in_two_sources(controller: Any, project: Project) -> None:
    """Ansible would make one host of two endpoints. An endpoint that both sources have is one host."""
    files = [source(controller, status, status=[status]) for status in ("accepted", "pendingAcceptance")]
    again = source(controller, "again", id=project.accepted)
    variables, groups = listed(controller, *(f"-i{file}" for file in [*files, again]))
    assert groups["vpcep"] == sorted(["front", f"front_{project.waiting}", project.gateway])
    assert variables["front"]["vpcep_status"] == "accepted"


def test_a_configuration_of_ones_own(controller: Any, simulator: Any, project: Project) -> None:
    controller.clouds(here=simulator.account())
    controller.login(simulator.account("consumer"))  # over whose variables the cloud wins
    file = source(
        controller,
        cloud="{{ where }}",
        vpc_id=FRONTEND["vpc_id"],
        status=["accepted", "pendingAcceptance"],
        hostnames=["vpcep_dns_names[0]", "vpcep_service_name ~ ' of ' ~ vpcep_tags.env", "vpcep_id"],
        connect_with="dns_name",
        service_ports=True,
        default_groups=["status"],
        groups={"has ports": "vpcep_ports is defined", "addressed": "ansible_host is defined"},
        keyed_groups=[
            {"prefix": "env", "key": "vpcep_tags.env | default('')", "default_value": "none", "parent_group": "envs"},
            {"key": "vpcep_service_type", "separator": "-"},
            {"key": "nobody.knows"},
        ],
        leading_separator=False,
        compose={"ansible_port": "vpcep_ports[0].client_port", "purpose": "for", "vpcep_seen": "True"},
        use_extra_vars=True,
    )
    variables, groups = listed(controller, "-i", file, "-e", "where=here", "-e", "for=smoke", "--export")
    assert controller.requests() == ["POST createToken", "GET listEndpoints", *NAMES, "GET listEndpointServices"]
    accepted = f"vpcep-{project.accepted}.eu-de.otc.t-systems.com"
    waiting, gateway = f"{project.closed}_of_prod", project.gateway
    assert groups == {
        "vpcep": sorted([accepted, waiting, gateway]),
        "status_accepted": sorted([accepted, gateway]),
        "status_pendingAcceptance": [waiting],
        "has_ports": sorted([accepted, waiting]),
        "addressed": [accepted],
        "env_dev": [accepted],
        "env_prod": [waiting],
        "env_none": [gateway],
        "interface": sorted([accepted, waiting]),
        "gateway": [gateway],
    }
    assert variables[accepted]["ansible_host"] == accepted
    assert int(variables[accepted]["ansible_port"]) == 8080  # ansible-core before 2.19 composes texts
    assert variables[accepted]["vpcep_ports"] == PORTS
    assert variables[accepted]["purpose"] == "smoke"
    assert "vpcep_ports" not in variables[gateway] and "ansible_port" not in variables[gateway]


def test_errors(controller: Any, simulator: Any, project: Project) -> None:
    """Each source fails with a text that says why, and none of them with a secret."""
    secret = "a-wrong-Password-4711"
    options = {
        "strict": {"strict": True, "compose": {"it": "vpcep_ip.nothing.there"}},
        "mistyped": {"hostnames": ["vpcep_id +"]},
        "password": {"password": secret},
        "filter": {"vpc_id": "no UUID"},
        "choice": {"status": ["done"]},
        "unknown": {"endpoint_service_nmae": "web"},  # a warning: without the filter everything is listed
    }
    sources = [argument for name, given in options.items() for argument in ("-i", source(controller, name, **given))]
    done = controller.run("ansible-inventory", "--list", *sources, ANSIBLE_INVENTORY_ENABLED="auto")
    text = " ".join(done.output.split())
    for part in (
        "Could not set it for host",
        "hostnames: 'vpcep_id +' cannot be evaluated",
        "HTTP 401",
        "vpc_id: 'no UUID' is not a UUID",
        "'done'",
        "has options that this plugin does not know: endpoint_service_nmae.",
    ):
        assert part in text, done.output
    assert secret not in done.output and "Traceback" not in done.output
    assert simulator.account()["password"] not in done.output


def test_no_answer_becomes_an_option_of_a_program(controller: Any, simulator: Any, project: Project) -> None:
    """Neither an address nor what a user composed of the cloud's text: ssh would run a ProxyCommand here."""
    evil = "-oProxyCommand=touch evaluated"
    shown = {
        "service_type": "interface",
        "status": "accepted",
        "vpc_id": FRONTEND["vpc_id"],
        "endpoint_service_id": project.closed,
        "endpoint_service_name": f"eu-de.web.{project.closed}",
    }
    found = [
        {**shown, "id": project.accepted, "ip": evil, "dns_names": [evil], "description": evil},
        {**shown, "id": project.waiting, "ip": "192.168.14.9\n-oProxyCommand", "description": "10.0.0.1"},
        {**shown, "id": project.gateway, "ip": "192.168.14.9", "description": "8080"},
    ]
    body = json.dumps({"endpoints": found, "total_count": len(found)})
    composed = {
        "ansible_ssh_host": "vpcep_description",
        "ansible_port": "vpcep_description",
        "ansible_ssh_common_args": "'-o ProxyJump=' ~ vpcep_description",
        "ansible_user": "vpcep_description | default('me')",
    }
    controller.write({"ansible.builtin.raw": "true"}, name="ssh.yml", hosts="vpcep")
    for number, options in enumerate([{}, {"connect_with": "dns_name"}, {"compose": composed}]):
        simulator.fault(operation="listEndpoints", status=200, body=body, count=2)
        file = source(controller, f"evil{number}", hostnames=["vpcep_id"], **options)
        done = controller.run("ansible-inventory", "-i", file, "--list", "--output", "found.json")
        text = " ".join(done.output.split())
        assert f"Left out ansible_host of {project.accepted}, {project.waiting}: " in text, done.output
        assert "ProxyCommand" not in text
        variables = json.loads((controller.folder / "found.json").read_text(), object_hook=unmarked)["_meta"][
            "hostvars"
        ]
        kept = {
            (host, name): value
            for host, known in variables.items()
            for name, value in known.items()
            if name.startswith("ansible_")
        }
        addressed = {(project.gateway, "ansible_host"): "192.168.14.9"}
        if "compose" in options:
            addressed[(project.waiting, "ansible_ssh_host")] = "10.0.0.1"
            addressed[(project.gateway, "ansible_port")] = "8080"
            for host, word in ((project.waiting, "10.0.0.1"), (project.gateway, "8080")):
                addressed[(host, "ansible_ssh_common_args")] = f"-o ProxyJump={word}"
                addressed[(host, "ansible_user")] = word
            for variable in ("ansible_ssh_common_args", "ansible_user"):
                assert f"Left out {variable} of {project.accepted}: it comes from the cloud, and is more than a" in text
            assert f"Left out ansible_port of {project.accepted}, {project.waiting}: " in text
        assert kept == addressed
        controller.run("ansible-playbook", "-i", file, "ssh.yml", "--limit", project.accepted)
        assert not list(controller.folder.glob("**/evaluated"))
        simulator.clear_faults()


def test_templates_in_options_of_every_type(controller: Any, simulator: Any, project: Project) -> None:
    """They are filled in before types and choices are checked."""
    file = source(
        controller,
        status=["{{ lookup('ansible.builtin.env', 'WANTED_STATUS') }}"],
        vpc_id="{{ vpc }}",
        timeout="{{ 10 }}",
        retries="{{ '3' }}",
        token_cache="{{ false }}",
        tags={"Name": "{{ 'fr' ~ 'ont' }}"},
        service_ports="{{ 'yes' }}",
        default_groups="{{ ['status'] }}",
        connect_with="{{ 'dns_name' }}",
        strict="{{ false }}",
        hostnames=["vpcep_service_name"],
        compose={"ansible_port": "vpcep_ports[0].client_port"},
    )
    given = ("-i", file, "-e", f"vpc={FRONTEND['vpc_id']}")
    variables, groups = listed(controller, *given, WANTED_STATUS="accepted")
    assert groups == {"vpcep": ["web"], "status_accepted": ["web"]}
    assert variables["web"]["ansible_host"].startswith("vpcep-") and int(variables["web"]["ansible_port"]) == 8080
    assert not controller.tokens
    refused = controller.run("ansible-inventory", "--graph", *given, WANTED_STATUS="done")
    assert "'done'" in refused.output


@pytest.mark.parametrize(
    "options, message",
    [
        ({"region": "{{ nothing }}"}, "region: the template cannot be filled in: 'nothing' is undefined"),
        ({"password": "{{ nothing ~ 'S3cret-4711' }}"}, "password: the template cannot be filled in"),
        ({"password": "{{ 'S3cret-4711' | nothing }}"}, "password: the template cannot be filled in"),
        ({"password": {"of": "S3cret-4711"}}, "password must be a text, not a dictionary."),
        ({"timeout": "{{ 'soon' }}"}, "timeout"),
    ],
)
def test_options_that_cannot_be(controller: Any, project: Project, options: Any, message: str) -> None:
    setting = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    done = controller.run("ansible-inventory", "--list", "-i", source(controller, **options), **setting)
    assert done.code != 0 and message in " ".join(done.output.split()), done.output
    assert "S3cret" not in done.output and controller.requests() == []


def test_missing_library(controller: Any, project: Project) -> None:
    shim = controller.folder / "shim"
    shim.mkdir()
    (shim / "requests.py").write_text("raise ImportError('No module named requests')\n")
    file = source(controller)
    setting = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    done = controller.run("ansible-inventory", "--list", "-i", file, PYTHONPATH=str(shim), **setting)
    assert done.code != 0
    assert "Failed to import the required Python library (requests)" in " ".join(done.output.split())
    assert controller.requests() == []


def test_cache(controller: Any, simulator: Any, project: Project) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    file, play = source(controller, hostnames=["vpcep_id"], **cache), controller.write(hosts="vpcep")

    def ids(*options: str, **environment: str) -> set[str]:
        done = controller.run("ansible-playbook", "-i", file, play, "--list-hosts", *options, **environment)
        assert done.code == 0, done.output
        return set(re.findall(r"^ +([0-9a-f-]{36})$", done.output, re.MULTILINE))

    everything = {project.accepted, project.waiting, project.gateway}
    assert ids() == everything
    controller.requests()
    simulator.remove("endpoints", project.waiting)
    assert ids() == everything and controller.requests() == []
    consumer = login_variables(simulator.account("consumer"))
    assert ids(**consumer) == set() and "GET listEndpoints" in controller.requests()
    assert ids("--flush-cache") == everything - {project.waiting}
    assert controller.requests() == ["GET listEndpoints", *NAMES]
    kept = "".join(path.name + path.read_text() for path in (controller.folder / "kept").iterdir())
    assert project.accepted in kept
    tokens = [json.loads(path.read_text())["data"]["value"] for path in controller.tokens]
    assert len(tokens) == 2
    for secret in [*tokens, simulator.account("provider")["password"], simulator.account("consumer")["password"]]:
        assert secret not in kept


def test_what_the_cloud_says_is_never_evaluated(controller: Any, simulator: Any, project: Project) -> None:
    """Neither where a variable is used, nor through one that was composed of it, nor out of a cache."""
    simulator.change("endpoints", project.accepted, tags={"Name": HOSTILE, HOSTILE: "key", "env": "{% raw %}"})
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    composed = {"composed": "vpcep_description", "deeper": "{'a': [vpcep_description]}"}
    file = source(controller, compose=composed, keyed_groups=[{"key": "vpcep_description"}], **cache)
    conditions = [f"{name} is search('lookup')" for name in ("vpcep_description", "composed", "deeper.a[0]")]
    tasks = [
        {"ansible.builtin.debug": {"msg": "{{ inventory_hostname }} {{ vpcep_tags }} {{ vpcep_description }}"}},
        {"ansible.builtin.assert": {"that": conditions}, "when": "vpcep_status == 'pendingAcceptance'"},
        {"ansible.builtin.assert": {"that": "vpcep_tags.Name is search('lookup')"}, "when": "vpcep_ip is defined"},
        {"ansible.builtin.meta": "refresh_inventory"},
        {"ansible.builtin.debug": {"msg": "{{ vpcep_tags | dict2items }} {{ composed }} {{ deeper }}"}},
    ]
    controller.write(*tasks, name="hostile.yml", hosts="vpcep")
    listed(controller, "-i", file)
    done = controller.run("ansible-playbook", "-i", file, "hostile.yml")
    assert done.code == 0, done.output
    assert "touch evaluated" in done.output
    assert not list(controller.folder.glob("**/evaluated")), done.output


def test_the_example(controller: Any, simulator: Any, project: Project) -> None:
    account = simulator.account()
    controller.environment["VPCEP_PASSWORD"] = account.pop("password")
    del controller.environment["OS_PASSWORD"]
    controller.clouds(prod=account)
    options = yaml.safe_load(examples_of(PLUGIN))
    variables, groups = listed(controller, "-i", source(controller, **options))
    assert groups["env_dev"] == groups["named_by_dns"] == [f"web-{project.accepted[:8]}"]
    assert int(variables[f"web-{project.accepted[:8]}"]["ansible_port"]) == 8080
    assert list((controller.folder / "inventory-cache").iterdir())


@pytest.fixture
def listening() -> Iterator[Any]:
    """An address on which an endpoint of the simulated consumer can be, with something that listens."""
    with socket.create_server(("127.64.1.81", 0)) as server:
        yield server.getsockname()


def test_smoke_test_of_the_guide(controller: Any, simulator: Any, listening: Any) -> None:
    simulator.settings(delay=0)
    controller.login(simulator.account("consumer"))
    password = simulator.account()["password"]
    write_files(ROOT / "docs" / "inventory.md", controller.folder, password)
    probe = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (controller.folder / "machines.yml").write_text(yaml.safe_dump({"all": {"hosts": {"probe": probe}}}))
    smoke = yaml.safe_load((controller.folder / "smoke.vpcep.yml").read_text())
    file = source(controller, **smoke)
    command = ("ansible-playbook", "-i", file, "-i", "machines.yml", "smoke.yml")
    nothing = controller.run(*command)
    assert nothing.code == 2 and "Check for an accepted endpoint" in nothing.output, nothing.output
    address, port = listening
    api = api_of(simulator, "consumer")
    service = api.create_service(
        {
            "port_id": "c0de0000-0000-4000-8000-000000000021",
            "vpc_id": "c0de0000-0000-4000-8000-000000000001",
            "server_type": "VM",
            "approval_enabled": False,
            "ports": [{"client_port": port, "server_port": 80, "protocol": "TCP"}],
        }
    )
    endpoint = api.create_endpoint(
        {
            "endpoint_service_id": service["id"],
            "vpc_id": "10075ac0-0000-4000-8000-000000000001",
            "subnet_id": "10075ac0-0000-4000-8000-000000000011",
            "port_ip": address,
        }
    )
    done = controller.run(*command)
    assert done.code == 0 and f"ok: [{endpoint['id']} -> probe" in done.output, done.output
