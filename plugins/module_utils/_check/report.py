"""What a check found, and its report as data, as a table and as Markdown.

Everything in it is a Form, one of the readings of an assumption, or a number.
"""

from __future__ import annotations

import textwrap

from .._core.report_texts import inert, markdown_table
from .._core.types import Object, grouped
from .._core.version import COLLECTION_VERSION
from .assumptions import ASSUMPTIONS, NEVER, NOT_OBSERVED, SOMETHING_ELSE
from .forms import Form, word

FORMAT = 1
"""The version of the report's structure; it changes when a member is renamed or removed."""

NOT_TRIED = word("needs create: true")
EARLIER = word("an earlier step failed")


class Findings:
    """Facts about the account, and the observed reading of each assumption."""

    def __init__(self) -> None:
        self.facts: dict[str, Object] = {}
        self.readings: dict[str, tuple[str, str]] = {}

    def fact(self, name: str, value: Form, ok: bool | None = True) -> None:
        """Notes a fact. name: a text of the program; ok: False is a problem, None is not known."""
        self.facts[name] = {"fact": name, "value": _checked(value), "ok": ok}

    def note(self, name: str, reading: str | None, form: Form) -> None:
        """Notes which reading of an assumption was observed; None: something else, with the form of the answer.

        If the caller lacks the right, nothing was observed.
        """
        if reading is None and form.is_denied:
            self.skip(name, form)
            return
        if reading is not None and reading not in ASSUMPTIONS[name].readings:
            raise ValueError(f"{name} has no reading {reading}")
        self.readings[name] = (reading or SOMETHING_ELSE, _checked(form))

    def skip(self, name: str, reason: Form) -> None:
        if name not in self.readings:
            self.readings[name] = (NOT_OBSERVED, _checked(reason))

    def skip_rest(self, part: str, reason: Form) -> None:
        for name, assumption in ASSUMPTIONS.items():
            if assumption.part == part:
                self.skip(name, reason)

    def rows(self) -> list[Object]:
        """The assumptions in their order, with what was observed."""
        missing = {name: word(one.how) if one.part == NEVER else NOT_TRIED for name, one in ASSUMPTIONS.items()}
        return [_row(name, *self.readings.get(name, (NOT_OBSERVED, reason))) for name, reason in missing.items()]


def _checked(form: Form) -> str:
    if not isinstance(form, Form):
        raise TypeError("A report holds forms only.")
    return str(form)


def _row(name: str, reading: str, form: str) -> Object:
    one = ASSUMPTIONS[name]
    handled = None if reading in (NOT_OBSERVED, SOMETHING_ELSE) else reading not in one.unhandled
    return {
        "id": name,
        "question": one.question,
        "observed": reading,
        "form": str(form),
        "readings": list(one.readings),
        "how": one.how,
        "collection": one.unhandled.get(reading, one.collection),
        "handled": handled,
    }


def build(findings: Findings, cloud: Form, region: Form, parts: Object) -> Object:
    """The report as data. parts: name of each part that ran -> its numbers of requests and seconds."""
    rows = findings.rows()
    return {
        "format": FORMAT,
        "collection": COLLECTION_VERSION,
        "cloud": _checked(cloud),
        "region": _checked(region),
        "parts": parts,
        "facts": list(findings.facts.values()),
        "assumptions": rows,
        "surprises": [row["id"] for row in rows if row["observed"] == SOMETHING_ELSE],
        "unhandled": [row["id"] for row in rows if row["handled"] is False],
    }


Cells = tuple[str, str, str]

_OK = {True: "ok", False: "PROBLEM", None: "?"}


def _not_observed(report: Object) -> dict[str, str]:
    """Reason -> names of the assumptions that were not observed for this reason."""
    left = ((row["form"], row["id"]) for row in report["assumptions"] if row["observed"] == NOT_OBSERVED)
    return {reason: ", ".join(names) for reason, names in grouped(left).items()}


def _summary(report: Object) -> str:
    known = sum(row["handled"] is not None for row in report["assumptions"])
    return (
        f"{known} of {len(report['assumptions'])} assumptions observed, {len(report['unhandled'])} not handled, "
        f"{len(report['surprises'])} that no document describes."
    )


def _requests(report: Object) -> str:
    parts = report["parts"].items()
    return "; ".join(f"{name} part: {numbers['requests']} requests, {numbers['seconds']} s" for name, numbers in parts)


def _sections(report: Object) -> list[tuple[Cells, list[Cells]]]:
    """The two tables of a report: heads and cells."""
    facts: list[Cells] = [(one["fact"], one["value"], _OK[one["ok"]]) for one in report["facts"]]
    rows: list[Cells] = []
    for row in report["assumptions"]:
        if row["observed"] != NOT_OBSERVED:
            observed = f"{row['observed']}: {row['form']}" if row["handled"] is None else row["observed"]
            rows.append((row["id"], observed, "NOT HANDLED" if row["handled"] is False else ""))
    return [(("fact", "value", ""), facts), (("assumption", "observed", ""), rows)]


def _title(report: Object) -> str:
    return f"{report['cloud']}, {report['region']}, crossvpc.vpcep {report['collection']}"


def as_lines(report: Object) -> list[str]:
    lines = [_title(report), _requests(report)]
    for head, cells in _sections(report):
        widths = [max(len(row[place]) for row in [head, *cells]) for place in range(2)]
        lines.append("")
        for one, two, end in [head, *cells]:
            lines.append(f"{one.ljust(widths[0])}  {two.ljust(min(widths[1], 60))}  {end}".rstrip())
    lines += ["", "not observed"]
    for reason, names in _not_observed(report).items():
        lines += textwrap.wrap(f"{reason}: {names}", 110, subsequent_indent="    ", break_on_hyphens=False)
    return [*lines, "", _summary(report)]


def as_markdown(report: Object) -> str:
    """The report as Markdown, to paste into an issue."""
    lines = [f"# check_cloud: {_title(report)}", "", f"{_summary(report)} {_requests(report).capitalize()}."]
    for head, cells in _sections(report):
        lines += ["", *markdown_table(head, cells)]
    lines += ["", "Not observed:", ""]
    lines += [f"- {inert(reason)}: {names}" for reason, names in _not_observed(report).items()]
    effects = [row for row in report["assumptions"] if row["handled"] is False]
    if effects:
        lines += ["", "Not handled by the collection:", ""]
        lines += [f"- {row['id']} ({inert(row['observed'])}): {inert(row['collection'])}" for row in effects]
    return "\n".join([*lines, ""])
