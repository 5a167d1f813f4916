"""A pytest plugin: tests marked with ``fault_injection("row")`` become a table of what was tried and what was lost.

Each such test counts as one try, and when it fails as something lost (or what the marker's ``fails`` says). A
test that uses the fixture ``row`` counts for itself. Tests of every folder can be marked.
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import machine, publish

from .report import Row, table

MARKER = "fault_injection"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup(MARKER)
    group.addoption("--short", action="store_true", help="try less: what make test has time for")
    group.addoption("--thorough", action="store_true", help="kill at every request, before and after it, in both ways")
    group.addoption("--page", type=Path, help="write the table into this page of the documentation")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Printer(config))


@pytest.fixture(scope="session")
def short(request: pytest.FixtureRequest) -> bool:
    """Whether to try less."""
    return bool(request.config.getoption("--short"))


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Row:
    """What this test tries and what was lost. It fails at its end if that is anything, or if nothing was tried."""
    return Row(*request.node.get_closest_marker(MARKER).args)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    result = yield
    row = pyfuncitem.funcargs.get("row")
    if isinstance(row, Row):
        assert row.tried, "nothing was tried"
        assert not row.failures, "\n".join(row.failures)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Gives the report of each phase what the table needs; it travels to the process that prints."""
    report = yield
    marker = item.get_closest_marker(MARKER)
    if marker is not None:
        own = getattr(item, "funcargs", {}).get("row")
        found = own if call.when == "call" and isinstance(own, Row) else Row(*marker.args, tried=call.when == "call")
        if report.failed and not found.failures:
            getattr(found, marker.kwargs.get("fails", "lost")).append(f"{item.nodeid} ({call.when})")
        found.seconds = call.duration
        report.user_properties = [(MARKER, json.dumps(found.figures()))]
    return report


class Printer:
    """Adds up what the reports say, and prints it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.page: Path | None = config.getoption("--page")
        self.rows: dict[str, Row] = {}
        self.started = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == MARKER:
                part = Row(**json.loads(str(value)))
                self.rows.setdefault(part.name, Row(part.name)).add(part)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.rows:
            return
        rows = [self.rows[name] for name in sorted(self.rows)]
        text = table(rows, time.monotonic() - self.started)
        terminalreporter.section("what was tried, and what was lost")
        terminalreporter.write_line(text)
        for line in (line for row in rows for line in row.failures):
            terminalreporter.write_line(line)
        if self.page is not None:
            publish(self.page, f"{machine()}.\n\n{text}")
