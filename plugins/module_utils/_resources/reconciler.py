# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one object is brought to what a task asks: read, plan, carry out, wait, report.

Services and endpoints share everything here; what differs is in service.py and endpoint.py. Check mode takes
the same path and stops where something would be sent. Where something has to be waited for, the path pauses
(see waiting.py), so that one look at the cloud can serve many objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .._core.errors import InputError, NotFound, VpcepError
from .._schema import plan as planning
from .._schema.fields import DELETING, FAILED, UNKNOWN, Field, fields_of
from .._schema.normalize import first_known
from .._schema.plan import Plan, Step
from .._schema.validation import OPTION_NAMES, check_ids, check_positive, desired_values
from .creatable import Creatable
from .effect import check_effect, check_made, check_new
from .recreation import Replacing, replace, resume
from .removal import send_until_taken
from .results import failed_object, predicted
from .runtime import Runtime
from .tagging import stubborn_tags
from .waiting import Available, Flow, Gone, Settled, Shown, drive

Object = dict[str, Any]


class Reconciler(Replacing, Creatable):
    """One object of one kind. Subclasses say how it is found, created, changed, deleted and shown."""

    noun = ""  # in messages
    tag_kind = ""  # what the call about tags calls it
    returned = ""  # name of the object in the result
    table: Mapping[str, Field] = MappingProxyType({})
    settled: tuple[str, ...] = ()  # statuses in which it can be compared and changed
    references: tuple[str, ...] = ()  # fields that name other objects and can be changed

    def __init__(self, options: Object, runtime: Runtime) -> None:
        """Checks the options (as a module's parameters); raises InputError before anything is sent."""
        check_positive(options, ("wait_timeout",))
        check_ids(options, ("id",))
        self.options = options
        self.runtime = runtime
        self.api = runtime.api
        self.desired = desired_values(self.table, runtime.cloud, options)
        self.given = tuple(self.desired)  # a replacement adds to desired what the old object had
        self.replaced: list[str] = []  # IDs of objects that go before another one is made
        self.check_identity()

    # What subclasses define

    def check_identity(self) -> None:
        """Raises InputError when the options do not say which object is meant."""
        raise NotImplementedError

    def get(self, object_id: str) -> Object:
        """One object by ID. Raises NotFound."""
        raise NotImplementedError

    def send_create(self, body: Object) -> Object:
        """The create request."""
        raise NotImplementedError

    def send_delete(self, found: Object) -> None:
        """The delete request; a NotFound is as good as success."""
        raise NotImplementedError

    def carry_out(self, object_id: str, step: Step) -> None:
        """Sends one planned call."""
        raise NotImplementedError

    def show(self, answer: Object, after: Object) -> Object:
        """The object as users see it; *after* holds managed values that an answer does not carry."""
        raise NotImplementedError

    def observe(self, answer: Object, names: list[str]) -> Object:
        """The normalized values of the managed fields as they are; reads what *answer* does not hold."""
        return planning.observe(self.table, answer, [name for name in names if name in self.table])

    def managed(self) -> Object:
        """The normalized values that the task asks for."""
        return self.desired

    def complete(self) -> list[Object]:
        """Last preparations of a creation, such as looking up an ID; the objects that turn out to be meant."""
        return []

    def actions(self, current: Object) -> list[Step]:
        """Calls that the task asks for beside the fields; *current* is empty for an object that is yet to be made."""
        return []

    def after_update(self, current: Object, plan: Plan) -> bool:
        """What else follows from a change; whether it changed anything."""
        return False

    def check_status(self, answer: Object) -> None:
        """Raises when an existing, settled object is not what the task insists on."""

    def flow(self) -> Flow[Object]:
        """What the task asks for: ``state`` present or absent."""
        return self.absent() if self.options.get("state") == "absent" else self.present()

    # present

    def present(self) -> Flow[Object]:
        """Brings the object to what the options ask. Returns changed, the object and the diff."""
        matches = self.matches()
        report = yield from self.keep(matches)
        return report if report is not None else (yield from self.create(matches))

    def keep(self, matches: list[Object]) -> Flow[Object | None]:
        """Brings the existing object to what the options ask. Returns the report; None if there is no object."""
        current, cleaned = yield from self.current(matches)
        if current is None:
            return None
        report = yield from self.converge(current)
        return dict(report, changed=True) if cleaned else report

    def converge(self, current: Object) -> Flow[Object]:
        """Brings an existing object to what the options ask."""
        if current.get("status") == FAILED:
            return (yield from self.replace(current, failed_object(self.noun, current)))
        current = yield from self.wait_until_stable(current)
        check_effect(self, current)
        obstacles: list[str] = []
        plan = self.plan(current)
        if plan.conflicts:
            return (yield from self.replace(current, self.immutable(current, plan)))
        if plan.steps and not self.runtime.check_mode:
            current = yield from self.apply(current, plan)
        elif plan.steps:
            obstacles = self.change_obstacles(current, plan)
            current = predicted(current, plan.after, self.read_back_names())
        self.check_status(current)
        changed = self.after_update(current, plan) or bool(plan.steps)
        return with_obstacles(self.report(changed, current, plan.before, plan.after), obstacles)

    def plan(self, current: Object) -> Plan:
        """The calls that are needed, with a warning for what the cloud does not let us see."""
        managed = self.managed()
        in_table = planning.comparable(self.table, current, [name for name in managed if name in self.table])
        wanted = {name: value for name, value in managed.items() if name not in self.table or name in in_table}
        kept = [name for name, field in self.table.items() if field.always_sent_by]
        seen = self.observe(current, list(wanted) + [name for name in kept if name not in wanted])
        plan = planning.plan(
            self.table,
            self.runtime.cloud,
            seen,
            wanted,
            self.options.get("purge_tags") is not False,
            self.options.get("purge_permissions") is not False,
        )
        for name in plan.unseen:
            self.runtime.warn(
                f"{self.option(name)}: the cloud does not show this setting of {self.noun} {current.get('id')}; "
                "it was not compared."
            )
        return plan if plan.conflicts else plan._replace(steps=plan.steps + self.actions(current))

    def apply(self, current: Object, plan: Plan) -> Flow[Object]:
        """Sends the planned calls and reads the object again."""
        object_id = current["id"]
        if current.get("status") not in self.settled:
            yield self.until_settled(object_id)  # the API refuses changes until then (EndPoint.3045)
        for step in plan.steps:
            self.carry_out(object_id, step)
        changed = yield self.shown(object_id)
        steps = stubborn_tags(self, changed, plan)
        for step in steps:
            self.carry_out(object_id, step)
        return (yield self.shown(object_id)) if steps else changed

    def immutable(self, current: Object, plan: Plan) -> VpcepError:
        """The error for what cannot be changed in place."""
        differences = ", ".join(
            f"{self.option(conflict.name)} (is {conflict.before!r}, asked {conflict.after!r})"
            for conflict in plan.conflicts
        )
        return InputError(
            f"The cloud cannot change this of {self.noun} {current.get('id')} in place: {differences}. "
            "Set recreate to true to delete and create it again (its connections break), or ask for what is there."
        )

    def replace(self, current: Object, reason: VpcepError) -> Flow[Object]:
        """Deletes and creates again, when the task allows it; else raises *reason*."""
        return replace(self, current, reason)

    # create

    def create(self, leaving: list[Object]) -> Flow[Object]:
        """Makes the object; *leaving* are deleted ones that must be gone before."""
        if self.options.get("recreate") and len(leaving) == 1:
            resume(self, leaving[0])
        self.check_required()
        report = yield from self.keep(self.complete())
        if report is not None:
            return report
        check_new(self)
        if self.runtime.check_mode:
            obstacles = self.creation_obstacles() + self.quota_obstacles()
            return with_obstacles(self.report(True, self.imagined(), {}, self.managed()), obstacles)
        for found in leaving:
            yield self.until_gone(found)
        from .creation import create_one  # only few tasks create something

        return (yield from create_one(self))

    def complete_creation(self, created: Object) -> Flow[Object]:
        """Makes those settings of a new object that its creation could not."""
        # Actions are refused until then (EndPoint.3045).
        waits = self.options.get("wait") is not False or self.actions({})
        if waits and created.get("status") == FAILED:
            raise failed_object(self.noun, created)
        if waits and created.get("status") not in self.settled:
            created = yield self.until_settled(created["id"])
        steps = self.steps_after_creation()
        for step in steps:
            self.carry_out(created["id"], step)
        if steps and created.get("status") in self.settled:
            created = yield self.shown(created["id"])
        check_made(self, created)
        self.check_status(created)
        return self.report(True, created, {}, self.managed())

    def steps_after_creation(self) -> list[Step]:
        """Calls for settings that are not part of the create request."""
        return self.actions({})

    def check_required(self) -> None:
        """Raises InputError that names the options which a creation needs and which are not given."""
        missing = self.missing()
        if missing:
            raise InputError(
                f"There is no such {self.noun}, and to create it these options are missing: {', '.join(missing)}."
            )

    def missing(self) -> list[str]:
        """The options that a creation needs and that are not given."""
        return [self.option(name) for name, field in self.table.items() if field.required and not self.has(name)]

    def has(self, name: str) -> bool:
        """Whether a field was given a value."""
        return name in self.desired

    def imagined(self) -> Object:
        """The object that a creation would make, for check mode. Its ID does not exist yet: it is empty."""
        known = fields_of(self.table, self.runtime.cloud)
        service_type = self.expected_type()
        defaults = {
            name: field.default
            for name, field in known.items()
            if field.default is not None and field.service_type in (None, service_type)
        }
        object_of = {"id": "", "status": self.settled[0], "project_id": self.runtime.session.project_id}
        return predicted({**object_of, **defaults}, self.desired, self.read_back_names())

    def expected_type(self) -> str:
        """The service type of what would be created."""
        return "interface"

    # absent

    def absent(self) -> Flow[Object]:
        """Makes sure that the object is gone."""
        matches = self.matches()
        current, _cleaned = yield from self.current(matches)
        if current is not None:
            self.before_removal(current)
            report = self.report(True, current, self.shown_fields(current), {})
            if self.runtime.check_mode:
                return self.with_deletion(report, current)
            yield from self.delete(current)
            return report
        if not self.runtime.check_mode and self.options.get("wait") is not False:
            for found in matches:
                yield self.until_gone(found)
        return self.report(False, {}, {}, {})

    def before_removal(self, found: Object) -> None:
        """Warns about the consequences of a removal, also in check mode."""

    def delete(self, found: Object) -> Flow[None]:
        """Deletes an object and, unless told otherwise, waits until it is gone."""
        yield from send_until_taken(self, found)
        if self.options.get("wait") is not False or self.options.get("state") == "present":
            yield self.until_gone(found)

    # Prediction: what the cloud would refuse, as far as GETs show it

    def creation_obstacles(self) -> list[str]:
        """Why the object cannot be created, as sentences."""
        return self.obstacles_to(self.desired, self.replaced)

    def obstacles_to(self, wanted: Object, replaced: list[str]) -> list[str]:
        """The same for other values; *replaced*: IDs of objects that are gone by then."""
        from .obstacles import creation_obstacles

        return creation_obstacles(self.runtime, self.noun.replace(" ", "_"), wanted, replaced)

    def quota_obstacles(self) -> list[str]:
        """Whether there is room for one more; a replacement needs none."""
        if self.replaced:
            return []
        from .obstacles import quota_obstacles

        return quota_obstacles(self.runtime, self.noun.replace(" ", "_"))

    def change_obstacles(self, current: Object, plan: Plan) -> list[str]:
        """Why it cannot be changed: the references that change are looked at as for a creation."""
        changed = [name for name in self.references if plan.after.get(name) != plan.before.get(name)]
        if not changed:
            return []
        networks = [] if changed == ["ports"] else ["vpc_id"]  # other ports of the same backend: no look at networks
        seen = planning.observe(self.table, current, [*networks, *self.references])
        wanted = {name: plan.after.get(name, seen[name]) for name in seen if seen[name] is not UNKNOWN}
        return self.obstacles_to(wanted, [current["id"]])

    def with_deletion(self, report: Object, current: Object) -> Object:
        """The report of a deletion in check mode, with what stands in its way."""
        return report

    # Identity

    def matches(self) -> list[Object]:
        """The objects that the options mean, in any status."""
        if self.options.get("id") is None:
            return self.find()
        try:
            return [self.get(self.options["id"])]
        except NotFound:
            return []

    def current(self, matches: list[Object]) -> Flow[tuple[Object | None, bool]]:
        """The object that the options select, or None, and whether its doubles are deleted. Raises if ambiguous."""
        alive = self.alive(matches)
        waits = not self.runtime.check_mode and self.options.get("wait") is not False
        on_its_way = waits and self.options.get("state") != "absent" and not self.are_available(alive)
        if self.options.get("id") is None and (len(alive) > 1 or on_its_way):
            from .creation import choose  # only few tasks meet another run's creation

            return (yield from choose(self, matches))
        return self.only_one(matches), False

    def are_available(self, found: list[Object]) -> bool:
        return all(item.get("status") in (*self.available, FAILED) for item in found)

    def alive(self, matches: list[Object]) -> list[Object]:
        """Without those that are on their way out: they do not count as present."""
        return [found for found in matches if found.get("status") != DELETING]

    def only_one(self, matches: list[Object]) -> Object | None:
        """The object that is meant, or None. Raises when it is not clear; never guesses."""
        alive = self.alive(matches)
        if len(alive) > 1:
            raise VpcepError(
                f"{len(alive)} {self.noun}s match: {', '.join(sorted(str(found.get('id')) for found in alive))}. "
                "Say which one with the option id."
            )
        if self.options.get("id") is not None and self.options.get("state") != "absent" and not alive:
            fate = "any more: it is being deleted" if matches else "in this project"
            raise VpcepError(f"There is no {self.noun} with id {self.options['id']} {fate}.")
        return alive[0] if alive else None

    # Waiting

    def wait_until_stable(self, current: Object) -> Flow[Object]:
        """Waits for an object that is still on its way, as far as the task wants that."""
        if current.get("status") in self.settled or self.runtime.check_mode or self.options.get("wait") is False:
            return current
        return (yield self.until_settled(current["id"]))

    def until_settled(self, object_id: str) -> Settled:
        """The wait until the object can be used or its creation has failed."""
        return Settled(self.noun, object_id, lambda: self.get(object_id), self.settled)

    def until_available(self, object_id: str) -> Available:
        """The wait until the object has been created, or has failed, or is gone."""
        return Available(self.noun, object_id, lambda: self.get(object_id), self.available)

    def until_gone(self, found: Object) -> Gone:
        """The wait until the object does not exist any more."""
        object_id, had_failed = found["id"], found.get("status") == FAILED
        return Gone(self.noun, object_id, lambda: self.get(object_id), had_failed)

    def shown(self, object_id: str) -> Shown:
        """Another look at the object."""
        return Shown(self.noun, object_id, lambda: self.get(object_id))

    # Reports

    def report(self, changed: bool, answer: Object, before: Object, after: Object) -> Object:
        """The result of a task."""
        made = "create" if not before else "change" if after else "delete"
        return {
            "changed": changed,
            "action": made if changed else "none",
            self.returned: self.show(answer, after) if answer else {},
            "diff": {"before": self.by_option(before), "after": self.by_option(after)},
        }

    def shown_fields(self, answer: Object) -> Object:
        """The settable fields of an object that goes, as far as the cloud shows them."""
        names = planning.comparable(self.table, answer, list(self.table))
        seen = planning.observe(self.table, answer, names)
        return {name: value for name, value in seen.items() if first_known(value) is not None}

    def by_option(self, values: Object) -> Object:
        """Values under the names of the options instead of the API's."""
        return {self.option(name): values[name] for name in values}

    def option(self, name: str) -> str:
        """The option that sets a field."""
        return OPTION_NAMES.get(name, name)

    def read_back_names(self) -> dict[str, str]:
        """Fields that answers carry under another name."""
        return {name: field.reads_back_as for name, field in self.table.items() if field.reads_back_as}


def with_obstacles(report: Object, obstacles: list[str]) -> Object:
    """A report of check mode with what the cloud would refuse; ``obstacles`` is missing if that is nothing."""
    return {**report, "obstacles": [*report.get("obstacles", ()), *obstacles]} if obstacles else report


def reconcile(kind: type[Reconciler], options: Object, runtime: Runtime) -> Object:
    """Runs a task: ``state`` present or absent. Raises VpcepError; Foreseen if check mode finds that it would fail."""
    reconciler = kind(options, runtime)
    runtime.start(options.get("wait_timeout") or 600)
    report = drive(runtime, reconciler.flow())
    if "obstacles" not in report:
        return report
    from .obstacles import Foreseen

    raise Foreseen(report)
