"""Medians and differences, verdicts, and the page of the benchmark."""

from pathlib import Path

import pytest

from tests.bench.controller import Sample, beyond, median
from tests.bench.measures import lateness
from tests.bench.report import BEGIN, END, Target, grid, publish


def test_a_median_has_the_most_requests() -> None:
    assert median([Sample(3, 30, 1, 0), Sample(1, 10, 3, 0), Sample(2, 20, 2, 1)]) == Sample(2, 20, 3, 1)


def test_the_start_is_subtracted() -> None:
    assert beyond(Sample(3.0, 2.0, 20, 1), Sample(1.0, 1.0, 0, 1), parts=10) == Sample(0.2, 0.1, 2.0, 0.0)


@pytest.mark.parametrize(("measured", "verdict"), [(0.05, "met"), (0.1, "met"), (0.1004, "MISSED")])
def test_verdicts(measured: float, verdict: str) -> None:
    assert Target("it", 0.1, measured, " s").cells() == ["it", "0.1 s", f"{measured:g} s", verdict]


def test_a_page_keeps_what_is_around_the_tables(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}old\n{END}\n\nMore.\n")
    publish(page, grid([["a", "b"], ["c", "1"]]))
    assert page.read_text() == f"# Title\n\n{BEGIN}| a | b |\n| --- | ---: |\n| c | 1 |\n{END}\n\nMore.\n"
    page.write_text("# Title\n")
    with pytest.raises(ValueError, match="lacks"):
        publish(page, "new")


def test_how_late_an_object_is_seen() -> None:
    log = [
        {"operation": "createEndpoint", "time": 10.0, "ms": 500.0},
        {"operation": "getEndpoint", "time": 10.6, "ms": 100.0},
        {"operation": "getEndpoint", "time": 11.5, "ms": 250.0},
    ]
    assert lateness(log) == [1.25]
