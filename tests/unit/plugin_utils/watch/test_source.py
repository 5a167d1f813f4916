"""The event source as ansible-rulebook runs it: by its path, with a queue of one event, cancelled at any time."""

import asyncio
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.doc_fragments.auth import ModuleDocFragment
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.sources import ENVIRONMENT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, CredentialsError
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.source import SPEC, check_options, watch

ROOT = Path(__file__).resolve().parents[4]
FILE = "extensions/eda/plugins/event_source/vpcep_connections.py"
SCHEMA = ROOT / "extensions/eda/plugins/event_source/schemas/vpcep_connections.json"
SECRETS = ("password", "passcode", "token", "secret_key", "security_token")
TYPES = {"str": "string", "path": "string", "bool": "boolean", "int": "integer", "float": "number", "list": "array"}


@pytest.fixture
def arguments(cloud: Any, task: Any, tmp_path: Path) -> dict[str, Any]:
    """Of a source in the simulated cloud."""
    file = str(tmp_path / "state" / "file.json")
    more = {"token_cache_dir": str(tmp_path / "cache"), "state_file": file, "requests_per_minute": 6000}
    return {**cloud.account(), **more}


async def events_of(arguments: dict[str, Any], number: int) -> list[Any]:
    queue: asyncio.Queue[Any] = asyncio.Queue(1)
    source = asyncio.create_task(watch(queue, arguments))
    found = []
    while len(found) < number:
        taken = asyncio.create_task(queue.get())
        await asyncio.wait([source, taken], return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if source.done():
            await source
        found.append(taken.result())
    await asyncio.sleep(0.05)
    source.cancel()
    with pytest.raises(asyncio.CancelledError):
        await source
    return found


def test_events_go_to_the_queue_and_the_next_source_can_begin(arguments: dict[str, Any], join: Any) -> None:
    made = join(3)
    for _life in range(2):
        events = asyncio.run(events_of(arguments, 3))
        assert {event["kind"] for event in events} == {"requested"}
        assert sorted(event["connection"]["id"] for event in events) == sorted(made)
    known = json.loads(Path(arguments["state_file"]).read_text())["services"]
    assert sorted(key for service in known.values() for key in service) == sorted(made)


def test_with_feedback_an_event_counts_once_it_is_stored(arguments: dict[str, Any], join: Any) -> None:
    join(2)

    async def one_of_two() -> None:
        feedback: asyncio.Queue[Any] = asyncio.Queue(1)
        queue: asyncio.Queue[Any] = asyncio.Queue(1)
        source = asyncio.create_task(watch(queue, {**arguments, "feedback": True, "eda_feedback_queue": feedback}))
        await asyncio.wait_for(queue.get(), 20)
        await asyncio.sleep(0.2)
        assert queue.empty()
        await feedback.put({})
        await asyncio.wait_for(queue.get(), 20)
        source.cancel()
        await asyncio.wait([source])

    asyncio.run(one_of_two())
    known = json.loads(Path(arguments["state_file"]).read_text())["services"]
    assert sum(len(service) for service in known.values()) == 1


def test_a_wrong_login_ends_it_with_a_message(arguments: dict[str, Any]) -> None:
    with pytest.raises(ApiError, match="401") as caught:
        asyncio.run(events_of({**arguments, "password": "wrong-Secret-pa55word"}, 1))
    assert "wrong-Secret" not in str(caught.value)
    with pytest.raises(CredentialsError, match="password"):
        asyncio.run(events_of({"state_file": arguments["state_file"], "username": "x", "auth_url": "https://x"}, 1))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["password", "options", "passcode", "key", "token", "entry"])
@pytest.mark.parametrize("is_environment", [False, True])
def test_every_way_to_log_in(
    arguments: dict[str, Any], cloud: Any, join: Any, monkeypatch: Any, way: str, is_environment: bool
) -> None:
    join()
    key = cloud.credentials(temporary=True)
    token = connect(check_options(arguments)).auth.identity().value
    ways = {
        "password": cloud.account(),
        "options": {"options": cloud.account()},
        "passcode": cloud.mfa_account(),
        "key": key,
        "token": {**{name: key[name] for name in ("auth_url", "api_url", "region", "project_id")}, "token": token},
        "entry": {"cloud": {"region_name": cloud.region, "auth": cloud.account()}},
    }
    own = {name: arguments[name] for name in ("token_cache_dir", "state_file", "requests_per_minute")}
    login = ways[way]
    if is_environment and way not in ("options", "entry"):
        for name, value in login.items():
            monkeypatch.setenv(ENVIRONMENT[name][0], value)
        login = {}
    assert [event["kind"] for event in asyncio.run(events_of({**own, **login}, 1))] == ["requested"]


# By its path, in a Python that knows no collections

PROGRAM = """
    import asyncio, json, runpy, sys
    main = runpy.run_path(sys.argv[1])["main"]
    async def run():
        queue = asyncio.Queue(1)
        source = asyncio.create_task(main(queue, json.loads(sys.argv[2])))
        taken = asyncio.create_task(queue.get())
        await asyncio.wait([source, taken], return_when=asyncio.FIRST_COMPLETED, timeout=20)
        print(taken.result()["kind"] if taken.done() else repr(source.exception()))
        source.cancel()
    asyncio.run(run())
"""


@pytest.mark.slow
@pytest.mark.parametrize("installed", ["nothing", "a package", "a namespace"])
def test_by_its_path(arguments: dict[str, Any], join: Any, tmp_path: Path, installed: str) -> None:
    """installed: whether the Python has ansible_collections of its own, as the distribution ansible brings them."""
    join()
    collection = tmp_path / "tree" / "ansible_collections" / "crossvpc" / "vpcep"
    collection.parent.mkdir(parents=True)
    collection.symlink_to(ROOT)
    others = tmp_path / "others" / "ansible_collections" / "amazon"
    others.mkdir(parents=True)
    if installed == "a package":
        (others.parent / "__init__.py").touch()
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PYTHONPATH"] = "" if installed == "nothing" else str(tmp_path / "others")
    command = [sys.executable, str(program), str(collection / FILE), json.dumps(arguments)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "requested\n", done.stdout + done.stderr


# Documentation and schema


def documented() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile((ROOT / FILE).read_text(), FILE, "exec"), names)
    own = yaml.safe_load(names["DOCUMENTATION"])["options"]
    (example,) = yaml.safe_load(names["EXAMPLES"])
    (source,) = example["sources"]
    assert set(source["crossvpc.vpcep.vpcep_connections"]) <= set(SPEC)
    return {**yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"], **own}


def test_the_documentation_says_what_the_options_are() -> None:
    options = documented()
    assert set(options) == set(SPEC)
    for name, spec in SPEC.items():
        assert options[name].get("default") == spec.get("default"), name
        assert (options[name]["type"], options[name].get("choices")) == (spec["type"], spec.get("choices")), name


def schema() -> dict[str, Any]:
    """What forms show for the options. The first sentence of a description is enough there."""
    properties: dict[str, Any] = {}
    for name, option in documented().items():
        text = option["description"]
        sentence = (text if isinstance(text, str) else text[0]).split(". ")[0].rstrip(".") + "."
        for mark in "OCVE":
            sentence = sentence.replace(f"{mark}(", "(")
        properties[name] = {"description": " ".join(sentence.replace("(", "").replace(")", "").split())}
        if option["type"] in TYPES:
            properties[name]["type"] = TYPES[option["type"]]
        properties[name] |= {"items": {"type": "string"}} if option["type"] == "list" else {}
        properties[name] |= {"format": "password"} if name in SECRETS else {}
        properties[name] |= {"default": option["default"]} if "default" in option else {}
        properties[name] |= {"enum": option["choices"]} if "choices" in option else {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Connections to endpoint services",
        "description": "Events for changes of connections to endpoint services",
        "type": "object",
        "properties": properties,
    }


def test_the_schema_has_the_same_options() -> None:
    """To write it anew: VPCEP_WRITE_SCHEMA=1."""
    lines = json.dumps(schema(), indent=2) + "\n"
    text = re.sub(r"{\n {6}[^{}]*}", lambda option: " ".join(option[0].split()), lines)  # an option a line
    if os.environ.get("VPCEP_WRITE_SCHEMA"):
        SCHEMA.write_text(text)
    assert SCHEMA.read_text() == text
