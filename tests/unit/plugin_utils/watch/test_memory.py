"""The file in which an event source remembers what it handed over."""

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch import memory
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.memory import Memory
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.watcher import state_file
from tests.unit.plugin_utils.watch.conftest import kinds


def test_the_file_is_private_and_locked(live: Any, file: Path, join: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LOCK_SECONDS", 0.1)
    join()
    life = live()
    life.run()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.suffix for path in file.parent.iterdir() if path.name.startswith(".")] == []
    with pytest.raises(InputError, match="in use by another source"):
        Memory(str(file)).acquire()


def spoil(file: Path, how: str) -> None:
    """Makes a file of an earlier life one that is not trusted."""
    target = file.with_name("target")
    if how == "readable":
        file.chmod(0o644)
    elif how in ("link", "lock is a link"):
        place = file if how == "link" else file.with_name(f"{file.name}.lock")
        place.rename(target)
        place.symlink_to(target)
    elif how in ("folder", "pipe"):
        file.unlink()
        file.mkdir() if how == "folder" else os.mkfifo(file)
    elif how == "writable folder":
        file.parent.chmod(0o777)
    elif how == "folder is a link":
        file.parent.rename(file.parent.with_name("elsewhere"))
        file.parent.symlink_to(file.parent.with_name("elsewhere"))
    elif how == "folder is a file":
        shutil.rmtree(file.parent)
        file.parent.touch()


@pytest.mark.parametrize(
    "how",
    ["readable", "link", "lock is a link", "folder", "pipe", "writable folder", "folder is a link", "folder is a file"],
)
def test_a_file_that_is_not_private_is_not_trusted_and_stops_nothing(
    live: Any, task: Any, file: Path, join: Any, how: str
) -> None:
    (one,) = join()
    life = live()
    life.run()
    task.sleep(100)
    life.die()
    spoil(file, how)
    life = live(start="now")
    assert kinds(life.run()) == [("requested", one)] and life.run() == []
    assert "is not used: " in life.logged[0] and len(life.logged) <= 2
    if how in ("readable", "link", "pipe"):
        assert file.is_file() and not file.is_symlink() and stat.S_IMODE(file.stat().st_mode) == 0o600
        assert one in file.read_text()
    if how == "link":
        assert file.with_name("target").exists()


def test_a_file_of_another_user_is_not_trusted(
    live: Any, file: Path, join: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = join()
    live().run()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    life = live(start="now")
    assert kinds(life.run()) == [("requested", one)] and "belongs to another user" in life.logged[0]


@pytest.mark.slow
def test_a_clock_that_is_set_back_or_ahead_tells_no_more(
    live: Any, task: Any, file: Path, cloud: Any, join: Any
) -> None:
    one, other = join(2)
    life = live()
    life.run()
    cloud.change("endpoints", one, status="accepted")
    life.run()
    life.die()
    document = json.loads(file.read_text())
    ((at, event),) = document["recent"]
    for jump, told in ((10**9, True), (-(10**9), False), (float("inf"), True), (float("nan"), False)):
        file.write_text(json.dumps({**document, "recent": [[at + jump, event]]}))
        life = live()
        expected = [("accepted", one)] * told + [("requested", other)]
        assert kinds(life.run()) == expected, jump
        life.die()
        task.sleep(100)
        cloud.change("endpoints", one, status="rejected")
        life = live()
        life.run()  # told again for a minute from now on
        assert [one["kind"] for _at, one in life.memory.recent] == ["rejected"], jump
        cloud.change("endpoints", one, status="accepted")
        life.die()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": 0}', '{"format": 1, "services": {"s": {"e": {}}}, "recent": []}', "[" * 9999]
)
def test_a_damaged_file_loses_nothing(live: Any, file: Path, join: Any, content: str) -> None:
    (one,) = join()
    file.parent.mkdir(mode=0o700)
    file.write_text(content)
    file.chmod(0o600)
    life = live(start="now")
    assert kinds(life.run()) == [("requested", one)] and "is damaged" in life.logged[0]
    assert json.loads(file.read_text())["format"] == 1


def test_a_file_that_cannot_be_written_is_a_warning(live: Any, file: Path, join: Any) -> None:
    join()
    life = live()
    file.parent.chmod(0o777)
    assert len(life.run()) == 1 and life.run() == []
    assert [text for text in life.logged if "cannot be written" in text] == life.logged[:1]
    file.parent.chmod(0o700)


def test_where_the_file_is() -> None:
    def place(environ: dict[str, str] | None = None, services: tuple[str, ...] = (), **login: Any) -> str | None:
        login = {"username": "u", "password": "p", "user_domain_name": "d", "region": "eu-de", **login}
        credentials = resolve(login, {})
        return state_file(
            {"services": list(services)}, credentials, {"HOME": "/home/me"} if environ is None else environ
        )

    home = place()
    assert home and home.startswith("/home/me/.local/state/crossvpc.vpcep/connections-")
    assert str(place({"HOME": "/home/me", "XDG_STATE_HOME": "/x"})).startswith("/x/crossvpc.vpcep/")
    assert place({}) is None and place({"XDG_STATE_HOME": "relative"}) is None
    assert state_file({"state_file": "/a/b"}, resolve({"token": "t", "region": "eu-de"}, {}), {}) == "/a/b"
    others = [{"services": ("web",)}, {"project_name": "p"}, {"username": "v"}, {"region": "eu-nl"}]
    others += [{"agency_name": "a", "agency_domain_name": "b"}, {"api_url": "https://vpcep.example.com"}]
    assert len({home, *(place(**one) for one in others)}) == 1 + len(others)
    assert place(password="changed") == home  # what was handed over outlives a password
