# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the module vpcep_check: observes how a cloud answers, and reports it without anything private."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from .._auth.session import Session, connect
from .._core.errors import InputError, VpcepError
from .._core.types import Object
from .._http.retry import Deadline
from .._resources.look_up import with_ids
from .._resources.runtime import Runtime
from .._schema.validation import check_uuids
from . import leftovers, report
from .assumptions import CREATING, READING
from .creating import try_all
from .forms import number, region_word, word
from .probe import LimitReached, Probe
from .reading import read_cloud
from .trial import EARLIER, Trial

READING_REQUESTS, READING_SECONDS = 60, 240.0
CREATING_REQUESTS, CREATING_SECONDS = 60, 480.0
CLEARING_SECONDS = 240.0
NEEDED = {"vpc_id": ("vpc", "backend"), "subnet_id": ("subnet",), "port_id": ("backend",)}
"""Options that the creating part needs, with those that stand for them."""

PLAN = (
    "One endpoint service named check-<random> on the given port, with a random server port above 49151. If the cloud "
    "deletes it while it is being created, a second one.",
    "Two endpoints in the given subnet. One is deleted at once; the other one is accepted, rejected and deleted.",
    "Tags, port mappings and whitelist records of the service, for a moment also a record for all accounts. Endpoints "
    "of other accounts are not accepted.",
    "Everything is deleted at the end, also after an error. What a killed check leaves is deleted by the next one.",
    "Services are free. Two endpoints are billed for a few minutes, on Huawei Cloud by the hour.",
)


class Interrupted(BaseException):
    """A signal asks the process to end."""


def check_cloud(options: Object, runtime: Runtime) -> Object:
    """Checks a cloud and an account; the result holds the report in three forms. Raises VpcepError."""
    check_options(options)
    findings = report.Findings()
    parts: Object = {}
    result: Object = {"changed": False, "left": 0, "plan": []}
    with part(runtime, parts, READING, READING_REQUESTS, READING_SECONDS) as probe:
        options = with_ids(options, runtime)
        if options.get("not_named"):  # a warning only in check mode, but this task needs it
            raise VpcepError(*options["not_named"])
        read_cloud(probe, findings, options)
    if options.get("create"):
        result = creating_part(options, runtime, findings, parts)
    built = report.build(findings, word(runtime.cloud), region_word(runtime.session.region), parts)
    return {**result, "report": built, "table": report.as_lines(built), "markdown": report.as_markdown(built)}


def creating_part(options: Object, runtime: Runtime, findings: report.Findings, parts: Object) -> Object:
    """Deletes what earlier checks left, tries the assumptions on new objects, and deletes these. Raises VpcepError."""
    left = 0
    with part(runtime, parts, CREATING, CREATING_REQUESTS, CREATING_SECONDS) as probe:
        services = runtime.api.list_services()
        old = leftovers.endpoints_of(runtime.api.list_endpoints()) + leftovers.services_of(services)
        findings.fact("objects of earlier checks", number(len(old)), None if old else True)
        if not runtime.check_mode:
            left = create(options, Trial(runtime, probe, findings, options, services), old)
    return {"changed": bool(old), "left": left, "plan": list(PLAN)}


def check_options(options: Object) -> None:
    """Raises InputError."""
    check_uuids(options, NEEDED)
    missing = [
        f"{name} (or {others[0]})" for name, others in NEEDED.items() if not any(map(options.get, (name, *others)))
    ]
    if options.get("create") and missing:
        raise InputError(f"create needs {' and '.join(missing)}: a service and endpoints are made in this network.")


@contextlib.contextmanager
def part(runtime: Runtime, parts: Object, name: str, most: int, seconds: float) -> Iterator[Probe]:
    """A part of a check, with its own limits; its numbers are added to *parts*."""
    probe = Probe(runtime.session, most, Deadline(seconds, runtime.clock))
    started = runtime.clock()
    try:
        yield probe
    finally:
        parts[name] = {"requests": probe.sent, "seconds": round(runtime.clock() - started)}


def create(options: Object, trial: Trial, old: list[leftovers.Made]) -> int:
    """The part that makes objects. Returns how many are left, which is 0 unless the cloud does not delete them.

    old: objects of earlier checks. Raises VpcepError, also after a signal; what was made is deleted before.
    """
    findings = trial.findings
    with Signals() as signals:
        try:
            if not (old and leftovers.Clearing(trial.runtime, trial.probe, old).run()):
                try_all(trial, second_session(options))
            findings.skip_rest(CREATING, EARLIER)
        except LimitReached:
            findings.skip_rest(CREATING, word("too many requests, or too slow"))
        except Interrupted:
            raise VpcepError(f"The check was interrupted. {said(len(clean_up(trial)))}") from None
        except BaseException:
            signals.raised = False
            clean_up(trial)
            raise
        signals.raised = False
        left = len(clean_up(trial))
    findings.fact("objects of this check", number(left) if left else word("deleted"), not left)
    if left:
        trial.runtime.warn(said(left))
    return left


def said(left: int) -> str:
    """What became of the objects, as a sentence."""
    return f"{left} of its objects may be left: run the check again." if left else "Its objects are deleted."


def clean_up(trial: Trial) -> list[leftovers.Made]:
    """Deletes what the check made, also if the process that started this one is gone. Returns what is left."""
    runtime, probe = trial.runtime, trial.probe
    runtime.session.client.end_with_parent(False)
    probe.reserve, probe.deadline = 0, Deadline(CLEARING_SECONDS, runtime.clock)
    return leftovers.Clearing(runtime, probe, trial.made, trial.unclear).run()


class Signals:
    """Inside this context the first SIGINT or SIGTERM raises Interrupted. Only a main thread can do this.

    raised: whether the next signal raises; otherwise it is ignored, so that it does not stop the deletion.
    """

    def __init__(self) -> None:
        self.raised = True
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            self._before = {one: signal.signal(one, self._handle) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_error: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)

    def _handle(self, _number: int, _frame: object) -> None:
        if self.raised:
            self.raised = False
            raise Interrupted


def second_session(options: Object) -> Session | None:
    """The second login, an entry of clouds.yaml; None if none is given."""
    if not options.get("second_cloud"):
        return None
    shared = ("allow_http", "validate_certs", "ca_path", "timeout", "retries", "token_cache", "token_cache_dir")
    return connect({**{name: options.get(name) for name in shared}, "cloud": options["second_cloud"]})
