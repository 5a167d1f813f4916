"""Colours and signs: told apart without colour, and readable in light and dark."""

import itertools

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ENDPOINT_STATUSES, SERVICE_STATUSES
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.style import (
    COLOURS,
    LOOK_OF_CLASS,
    LOOKS,
    UNKNOWN_STATUS,
    Look,
    look_of,
)

PAPERS = ("paper", "account", "vpc")
READABLE = 4.5  # WCAG AA, for texts


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_everything_can_be_read(theme: int) -> None:
    inks = {name: COLOURS[name][theme] for name in ("text", "muted")}
    inks |= {status: (look.light, look.dark)[theme] for status, look in LOOK_OF_CLASS.items()}
    for paper in PAPERS:
        for name, ink in inks.items():
            assert contrast(ink, COLOURS[paper][theme]) >= READABLE, f"{name} on {paper}"
    assert contrast(COLOURS["text"][theme], COLOURS["mark"][theme]) >= READABLE


def test_every_status_has_a_look() -> None:
    assert set(LOOKS) == {*ENDPOINT_STATUSES, *SERVICE_STATUSES}


def test_endpoints_are_told_apart_without_colour() -> None:
    looks: list[Look] = [*(LOOKS[status] for status in ENDPOINT_STATUSES), UNKNOWN_STATUS]
    for one, two in itertools.combinations(looks, 2):
        assert one.word != two.word and one.sign != two.sign
        assert one.dashes != two.dashes


def test_a_new_word_is_shown_as_it_is() -> None:
    assert look_of("frozen").word == "frozen"
    assert look_of("").word == "unknown"
