# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the table and the targets look, and how they get into a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.figures import Sample
from tests.bench.job import lateness
from tests.bench.lines import BEGIN, END, HEADINGS, Line, number, publish, seconds, table
from tests.bench.targets import Target, verdicts


def cells(line: Line) -> dict[str, str]:
    return dict(zip(HEADINGS, line.cells(), strict=True))


def test_a_line() -> None:
    found = cells(Line("create", 50, Sample(7.5, 1002, 0), against=30, to="loop", bound=6.25))
    assert found == {
        "measurement": "create",
        "latency": "50 ms",
        "seconds": "7.500",
        "ratio": "0.25",
        "to": "loop",
        "VPCEP": "1,002",
        "IAM": "0",
        "times bound": "1.20",
    }


def test_what_there_is_nothing_to_compare_with_has_no_ratio() -> None:
    found = cells(Line("create", 0, Sample(7.5), to="loop"))
    assert (found["ratio"], found["to"], found["times bound"]) == ("", "", "")


def test_memory_is_compared_as_such() -> None:
    found = cells(Line("memory", 0, Sample(3.0, memory=120), against=30, to="ping", memory=True))
    assert (found["seconds"], found["ratio"]) == ("120 MiB", "4")


def test_the_columns_of_the_table_are_straight() -> None:
    lines = table([Line("one", 0, Sample(0.01)), Line("another", 50, Sample(12.5, 1000))]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("| -----------") and lines[1].endswith("---: |")
    assert lines[2].startswith("| one         |")


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ""), (3, "3"), (2.999, "3.00"), (0.0444, "0.044"), (1.5, "1.50"), (1234.5, "1,234")]
)
def test_numbers(value: float | None, expected: str) -> None:
    assert number(value) == expected


def test_seconds() -> None:
    assert [seconds(value) for value in (0.00104, 0.2504, 12.345)] == ["0.0010", "0.250", "12.3"]


@pytest.mark.parametrize(
    ("measured", "verdict"), [(None, "not measured"), (0.05, "met"), (0.1, "met"), (0.1004, "MISSED")]
)
def test_verdicts(measured: float | None, verdict: str) -> None:
    assert Target("it", 0.1, measured).verdict == verdict


def test_a_narrow_miss_does_not_look_like_the_limit() -> None:
    assert Target("it", 0.1, 0.1004, " s").cells() == ["it", "0.10 s", "0.1004 s", "MISSED"]
    assert "0.1004" in verdicts([Target("it", 0.1, 0.1004)])


def test_a_page_keeps_what_is_around_the_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\nMore.\n")
    publish(page, "new")
    publish(page, "newer")
    assert page.read_text() == f"# Title\n\n{BEGIN}\nnewer\n{END}\n\nMore.\n"


def test_a_page_without_a_place_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n")
    with pytest.raises(ValueError, match="lacks"):
        publish(page, "new")
    assert page.read_text() == "# Title\n"


def test_how_late_an_object_is_seen() -> None:
    log = [
        {"operation": "createEndpoint", "time": 10.0, "ms": 500.0},
        {"operation": "getEndpoint", "time": 10.6, "ms": 100.0},
        {"operation": "getEndpoint", "time": 11.5, "ms": 250.0},
    ]
    assert lateness(log) == [1.25]
