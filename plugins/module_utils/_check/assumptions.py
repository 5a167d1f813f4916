# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The assumptions that a check observes, from the tables."""

from __future__ import annotations

from typing import NamedTuple

from .assumption_tables import CREATING_TABLE, READING_TABLE

SOMETHING_ELSE = "something else"
NOT_OBSERVED = "not observed"

READING, CREATING = "reading", "creating"  # the parts of a check


class Assumption(NamedTuple):
    """One question to a cloud.

    id: its name in reports; part: READING or CREATING; readings: the answers that the documents allow; how: what is
    sent; collection: what the modules do in each case; unhandled: readings that they do not handle, with the effect.
    """

    id: str
    part: str
    question: str
    readings: tuple[str, ...]
    how: str
    collection: str
    unhandled: dict[str, str]


def _assumption(part: str, paragraph: str) -> Assumption:
    first, readings, how, collection, *unhandled = paragraph.strip().splitlines()
    name, _colon, question = first.partition(": ")
    return Assumption(
        name,
        part,
        question,
        tuple(readings.removeprefix("= ").split(" | ")),
        how.removeprefix("by "),
        collection,
        dict(line.removeprefix("! ").split(": ", 1) for line in unhandled),
    )


ASSUMPTIONS = {
    one.id: one
    for part, table in ((READING, READING_TABLE), (CREATING, CREATING_TABLE))
    for one in (_assumption(part, paragraph) for paragraph in table.split("\n\n"))
}
