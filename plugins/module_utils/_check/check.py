"""The program of the module vpcep_check: observes how a cloud answers, and reports it without anything private."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

from .._api.vpcep import ENDPOINTS, SERVICES
from .._auth.session import Session
from .._core.errors import ApiError, InputError, VpcepError
from .._core.types import Object
from .._http.retry import Deadline
from .._resources.names import with_ids
from .._resources.runtime import Runtime
from .._schema.validation import check_uuids
from . import leftovers, report
from .assumptions import CREATING, READING
from .creating import try_all
from .forms import error_form, log_entry, number, region_word, word
from .network_reading import given_objects
from .probe import LimitReached, Probe
from .reading import login, read_cloud
from .report import EARLIER
from .trial import Trial

READING_REQUESTS, READING_SECONDS = 100, 240.0
CREATING_REQUESTS, CREATING_SECONDS = 60, 480.0
CLEARING_SECONDS = 240.0
NEEDED = {"vpc_id": ("vpc", "backend"), "subnet_id": ("subnet",), "port_id": ("backend",)}
"""Options that the creating part needs -> options with names that can replace them."""

TOO_MUCH = word("too many requests, or too slow")
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
    """Checks a cloud and an account; the result holds the report in three forms. Raises VpcepError, with the report."""
    check_options(options)
    check = Check(options, runtime)
    try:
        check.run()
    except VpcepError as error:
        # Ansible prints all of a failed task's result: the report as data is too long for that.
        error.partial = {name: value for name, value in check.result().items() if name != "report"}
        raise
    return check.result()


def check_options(options: Object) -> None:
    """Raises InputError."""
    check_uuids(options, NEEDED)
    missing = [
        f"{name} (or {others[0]})" for name, others in NEEDED.items() if not any(map(options.get, (name, *others)))
    ]
    if options.get("create") and missing:
        raise InputError(f"create needs {' and '.join(missing)}: a service and endpoints are created in this network.")


class Check:
    """A check with what it found so far."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        self.options = options
        self.runtime = runtime
        runtime.loggable = log_entry
        self.second = second_login(options, runtime)
        self.findings = report.Findings()
        self.parts: Object = {}  # the numbers of each part that ran
        self.old: list[leftovers.Made] = []  # objects of earlier checks
        self.left = 0  # how many objects may be left
        self.stopped = ""  # why nothing was made although it was asked for

    def run(self) -> None:
        """Both parts. Raises VpcepError if the login fails, or after a signal."""
        with self.part(READING, READING_REQUESTS, READING_SECONDS) as probe:
            self.read(probe)
        if self.options.get("create") and not self.stopped:
            self.create()

    @contextlib.contextmanager
    def part(self, name: str, most: int, seconds: float) -> Iterator[Probe]:
        """A part with its own limits; its numbers get into the report."""
        probe = Probe(self.runtime.session, most, Deadline(seconds, self.runtime.clock))
        started = self.runtime.clock()
        try:
            yield probe
        finally:
            self.parts[name] = {"requests": probe.sent, "seconds": round(self.runtime.clock() - started)}

    def result(self) -> Object:
        """The task's result, with the report so far."""
        runtime = self.runtime
        try:
            cloud, region = word(runtime.cloud), region_word(runtime.session.region)
        except VpcepError:  # only IAM knows, and it does not answer
            cloud = region = word("unknown")
        self.findings.skip_rest(READING, EARLIER)
        if self.options.get("create") and not runtime.check_mode:
            self.findings.skip_rest(CREATING, EARLIER)
        built = report.build(self.findings, cloud, region, self.parts)
        forms = {"report": built, "table": report.as_lines(built), "markdown": report.as_markdown(built)}
        plan = list(PLAN) if self.options.get("create") else []
        return {"changed": bool(self.old), "left": self.left, "plan": plan, "stopped": self.stopped, **forms}

    def read(self, probe: Probe) -> None:
        """Observes what can be read, then looks up the objects of the options."""
        try:
            login(probe, self.findings)
        except VpcepError as error:
            self.findings.fact("login", error_form(error), False)
            raise
        read_cloud(probe, self.findings)
        try:
            self.options = with_ids(self.options, self.runtime)
            if self.options.get("not_named"):  # a warning only in check mode, but this task needs it
                raise VpcepError(*self.options["not_named"])
        except VpcepError as error:
            form = error_form(error) if isinstance(error, ApiError) else word("not one object has this name")
            self.findings.fact("names", form, False)
            self.stopped = str(error)
            if not self.runtime.check_mode:  # else the look-up has warned
                self.runtime.warn(self.stopped)
            return
        with contextlib.suppress(LimitReached):
            given_objects(probe, self.findings, self.options)

    def create(self) -> None:
        """The part that makes objects. Raises VpcepError after a signal."""
        with self.part(CREATING, CREATING_REQUESTS, CREATING_SECONDS) as probe:
            trial = self.prepare(probe)
            if trial is None:
                return
            try:
                with interruptible() as ignore_signals:
                    try:
                        self.try_all(trial)
                    finally:
                        ignore_signals()
                        self.clean_up(trial)
            except Interrupted:
                raise VpcepError(f"The check was interrupted. {self.about_objects()}") from None

    def prepare(self, probe: Probe) -> Trial | None:
        """Looks for objects of earlier checks. Returns None if nothing may be made."""
        if not self.runtime.check_mode:
            self.runtime.sleep(leftovers.LIST_SECONDS)
        try:
            services, endpoints = probe.api.list_services(), probe.api.list_endpoints()
        except (ApiError, LimitReached) as error:  # what exists has to be known
            form = error_form(error) if isinstance(error, ApiError) else TOO_MUCH
            self.findings.fact("objects of earlier checks", form, False)
            self.stop(form)
            return None
        self.old = leftovers.found_in(ENDPOINTS, endpoints) + leftovers.found_in(SERVICES, services)
        self.left = len(self.old)
        self.findings.fact("objects of earlier checks", number(self.left), None if self.old else True)
        if self.runtime.check_mode:
            return None
        return Trial(self.runtime, probe, self.findings, self.options, services)

    def try_all(self, trial: Trial) -> None:
        """All steps, once the objects of earlier checks are deleted. Raises Interrupted."""
        try:
            if self.old:
                self.left = leftovers.Clearing(self.runtime, trial.probe, self.old).run()
            if not self.left:
                try_all(trial, self.second)
            if not trial.has_made:
                refusal = self.findings.facts.get("creation of a service", {}).get("value")
                self.stop(refusal or "objects of an earlier check are still there")
        except LimitReached:
            self.findings.skip_rest(CREATING, TOO_MUCH)
        except Exception as error:  # an answer that the program does not expect
            self.findings.fact("steps of the creating part", error_form(error), False)

    def stop(self, reason: str) -> None:
        """Notes why nothing is made although it was asked for."""
        self.stopped = f"Nothing was created: {reason}."
        self.runtime.warn(self.stopped)

    def clean_up(self, trial: Trial) -> None:
        """Deletes what the check made, also if the process that started this one is gone."""
        if trial.has_made:
            runtime, probe = trial.runtime, trial.probe
            runtime.session.client.end_with_parent(False)
            probe.reserve, probe.deadline = 0, Deadline(CLEARING_SECONDS, runtime.clock)
            self.left += leftovers.Clearing(runtime, probe, trial.made, trial.unclear, trial.mark).run()
            value = number(self.left) if self.left else word("deleted")
            self.findings.fact("objects of this check", value, not self.left)
        if self.left:
            self.runtime.warn(self.about_objects())

    def about_objects(self) -> str:
        left = f"{self.left} of its objects may be left: run the check again."
        return left if self.left else "Its objects are deleted."


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Inside this context the first SIGINT or SIGTERM raises Interrupted. Only a main thread can do this.

    Others are ignored, so that they do not stop the deletion. Yields a function after which the first one is, too.
    """
    handled = threading.Event()

    def handle(_number: int, _frame: object) -> None:
        if not handled.is_set():
            handled.set()
            raise Interrupted

    is_main = threading.current_thread() is threading.main_thread()
    before = {one: signal.signal(one, handle) for one in (signal.SIGINT, signal.SIGTERM)} if is_main else {}
    try:
        yield handled.set
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def second_login(options: Object, runtime: Runtime) -> Session | None:
    """The second login, an entry of clouds.yaml; None if none is given. Sends nothing. Raises CredentialsError."""
    if not options.get("second_cloud"):
        return None
    shared = ("allow_http", "validate_certs", "ca_path", "timeout", "retries", "token_cache", "token_cache_dir")
    return runtime.beside({**{name: options.get(name) for name in shared}, "cloud": options["second_cloud"]}).session
