"""Reconciles one object: read, plan, apply, wait, report.

service.py and endpoint.py contain the differences between services and endpoints. Check mode uses the same code, but
sends no changes. To wait, a flow yields the condition (see waiting.py), so that one GET can serve many objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from .._core.errors import ApiError, InputError, NotFound, VpcepError, telling
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import CHANGE_TAGS, DELETING, FAILED, UNKNOWN, fields_of
from .._schema.names import with_placeholders
from .._schema.normalize import failed_object
from .._schema.plan import Plan, Step
from .._schema.validation import wait_timeout
from .creation import choose_oldest, create_one
from .effect import check_effect, check_made, check_new, compare
from .names import with_ids
from .obstacles import Foreseen, with_obstacles
from .recreation import prepare, resume
from .resource import Resource
from .runtime import Runtime
from .waiting import Available, Flow, drive, read_or_none

REFUSALS = (400, 409, 412, 423)  # HTTP statuses of refusals because of the object's status
KEY_EXISTS = ("3067", "3069")  # a key twice, too many tags: the cloud does not overwrite values


class Reconciler(Resource):
    """Reconciles one object; ``state`` is present or absent."""

    def flow(self) -> Flow[Object]:
        """The work of the task."""
        return self.absent() if self.options.get("state") == "absent" else self.present()

    # present

    def present(self) -> Flow[Object]:
        """Creates the object, or changes it if it exists. Returns the report."""
        matches = self.matches()
        report = yield from self.keep(matches)
        if report is None and self.alive(matches):  # it was deleted meanwhile, or now shows another address
            matches = [found for found in self.matches() if found.get("status") == DELETING]
        return report if report is not None else (yield from self.create(matches))

    def keep(self, matches: list[Object]) -> Flow[Object | None]:
        """Changes the object if it exists. Returns the report, or None."""
        current, cleaned = yield from self.current(matches)
        if current is None:
            return None
        report = yield from self.converge(current)
        action = report["action"] if report["changed"] else "change"
        return dict(report, changed=True, action=action) if cleaned else report

    def current(self, matches: list[Object]) -> Flow[tuple[Object | None, bool]]:
        """The object that the options select, or None, and whether duplicates were deleted. Raises VpcepError."""
        alive = self.alive(matches)
        available = all(item.get("status") in (*self.available, FAILED) for item in alive)
        on_its_way = self.waits() and self.options.get("state") != "absent" and not available
        if self.options.get("id") is None and (len(alive) > 1 or on_its_way):
            return (yield from choose_oldest(self, matches))
        return self.only_one(matches), False

    def converge(self, current: Object) -> Flow[Object]:
        """Changes or replaces an existing object. Returns the report."""
        if current.get("status") == FAILED:
            return (yield from self.replace(current, failed_object(self.noun, current)))
        if current.get("status") not in self.settled and self.waits():
            current = yield self.until_settled(current["id"])
        check_effect(self, current)
        obstacles: list[str] = []
        plan = self.plan(current)
        if self.differs_in_absent(current, plan):
            current = yield self.shown(current["id"])
            plan = self.plan(current)
        if plan.conflicts:
            return (yield from self.replace(current, self.immutable(current, plan)))
        if plan.steps and not self.runtime.check_mode:
            current = yield from self.apply(current, plan)
        elif plan.steps:
            obstacles = self.change_obstacles(current, plan)
            current = self.predicted(current, plan.after)
        self.check_status(current)
        with telling(self.was_changed(current["id"]) if plan.steps and not self.runtime.check_mode else ""):
            changed = self.after_update(current, plan) or bool(plan.steps)
        report = self.report(changed, current, plan.before, plan.after)
        return with_obstacles(dict(report, action="change" if changed else "none"), obstacles)

    def plan(self, current: Object) -> Plan:
        """The requests that are needed. Warns about settings that the cloud does not show."""
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

    def differs_in_absent(self, current: Object, plan: Plan) -> bool:
        """Whether the plan changes a field that *current* lacks. Lists may show less than the object itself does."""
        changed = [name for name, value in plan.after.items() if name in self.table and plan.before.get(name) != value]
        return any((self.table[name].reads_back_as or name) not in current for name in changed)

    def apply(self, current: Object, plan: Plan) -> Flow[Object]:
        object_id = current["id"]
        if current.get("status") not in self.settled:
            yield self.until_settled(object_id)  # the API refuses changes until then (EndPoint.3045)
        self.carry_out_all(object_id, plan.steps)
        with telling(self.was_changed(object_id)):
            changed = yield self.shown(object_id)
            steps = self.unchanged_tags(changed, plan)
            self.carry_out_all(object_id, steps)
            changed = (yield self.shown(object_id)) if steps else changed
        new = {name: value for name, value in plan.after.items() if value != plan.before[name]}
        compare(self, changed, {name: value for name, value in new.items() if name in self.table})
        return changed

    def carry_out_all(self, object_id: str, steps: list[Step], done: str = "") -> None:
        """Sends planned calls. done: what the task did before, for the text of an error."""
        for step in steps:
            with telling(done):
                self.carry_out(object_id, step)
            done = done or self.was_changed(object_id)

    def carry_out(self, object_id: str, step: Step) -> None:
        """Sends one planned call."""
        if step.operation == CHANGE_TAGS:
            self.change_tags(object_id, step.body)
        else:
            self.api.change(step.operation, object_id, body=step.body)

    def was_changed(self, object_id: str) -> str:
        return f"Other settings of {self.noun} {object_id} were changed before: run the task again to complete them."

    def immutable(self, current: Object, plan: Plan) -> VpcepError:
        before, after = plan.before, plan.after
        found = [f"{self.option(name)} (is {before[name]!r}, asked {after[name]!r})" for name in plan.conflicts]
        return InputError(
            f"The cloud cannot change this of {self.noun} {current.get('id')} in place: {', '.join(found)}. "
            "Set recreate to true to delete and create it again (its connections break), or set the option to its "
            f"present value.{''.join(self.renamed({str(after[name]) for name in plan.conflicts}))}",
            facts={"diff": {"before": self.by_option(before), "after": self.by_option(after)}},
        )

    def renamed(self, ids: set[str]) -> Iterator[str]:
        """Sentences about names in the task that now belong to other network objects."""
        for one in self.options.get("resolved") or []:
            if ids & {one["id"], one.get("vpc_id")}:
                yield f" The name {one['name']!r} now means {one['kind']} {one['id']}."

    def replace(self, current: Object, reason: VpcepError) -> Flow[Object]:
        """Deletes the object and creates it again if ``recreate`` is true, otherwise raises *reason*.

        Before the deletion, GETs check whether the creation is possible.
        """
        if not self.options.get("recreate"):
            raise reason
        self.replaced = [current["id"]]
        before, kept = prepare(self, current)
        self.before_removal(current)
        was = ""
        try:
            if not self.runtime.check_mode:
                yield from self.delete(current)
                was = "was deleted before"
            self.options = {**self.options, "id": None}  # the new object has another ID
            report = yield from self.create([])
        except VpcepError as error:
            is_unanswered = isinstance(error, ApiError) and (error.status or 500) >= 500
            if self.runtime.check_mode or not (was or error.done or is_unanswered):
                raise
            wanted = {name: value for name, value in self.by_option(self.managed()).items() if value is not None}
            raise error.after(
                f"The old {self.noun} {current['id']} {was or 'may have been deleted'}. A rerun does not know its "
                "settings: correct the cause, and run the task again with these values of the new one: "
                f"{json.dumps(wanted, sort_keys=True)}"
            ) from error
        report["action"] = "replace"
        report["diff"] = {"before": self.by_option(before), "after": self.by_option({**kept, **self.managed()})}
        return self.with_deletion(report, current) if self.runtime.check_mode else report

    def after_update(self, current: Object, plan: Plan) -> bool:
        """Makes further changes that a change requires, such as rejections. Returns whether it changed anything."""
        return False

    def check_status(self, answer: Object) -> None:
        """Warns about the status of an existing object, or raises VpcepError if the task requires another one."""

    def change_obstacles(self, current: Object, plan: Plan) -> list[str]:
        """Why a change is not possible. Changed references are checked as for a creation."""
        changed = [name for name in self.references if plan.after.get(name) != plan.before.get(name)]
        if not changed:
            return []
        networks = [] if changed == ["ports"] else ["vpc_id"]  # the backend's port does not change: no GET for networks
        seen = planning.observe(self.table, current, [*networks, *self.references])
        wanted = {name: plan.after.get(name, seen[name]) for name in seen if seen[name] is not UNKNOWN}
        return self.obstacles_to(wanted, [current["id"]])

    # create

    def create(self, leaving: list[Object]) -> Flow[Object]:
        """Creates the object. leaving: objects of the same identity that are being deleted."""
        if self.options.get("recreate") and len(leaving) == 1:
            resume(self, leaving[0])
        missing = self.missing()
        if missing:
            raise InputError(
                f"There is no such {self.noun}, and to create it these options are missing: {', '.join(missing)}."
            )
        report = yield from self.keep(self.complete())
        if report is not None:
            return report
        check_new(self)
        if self.runtime.check_mode:
            obstacles = self.creation_obstacles() + self.quota_obstacles()
            return with_obstacles(self.report(True, self.imagined(), {}, self.managed()), obstacles)
        for found in leaving:
            yield self.until_gone(found)
        created = yield from create_one(self)
        if created.is_own:
            return (yield from self.complete_creation(created.found))
        report = yield from self.converge(created.found)
        return dict(report, changed=True, action="create") if created.unanswered else report

    def complete(self) -> list[Object]:
        """Prepares a creation, for example looks up IDs. Returns existing objects that match only now."""
        return []

    def complete_creation(self, created: Object) -> Flow[Object]:
        """Applies settings that are not part of the create request. Returns the report."""
        # The API refuses actions until the object is settled (EndPoint.3045).
        waits = self.options.get("wait") is not False or self.actions({})
        if waits and created.get("status") == FAILED:
            raise failed_object(self.noun, created)
        steps, done = self.steps_after_creation(), self.was_created(created["id"])
        with telling(done):
            if waits and created.get("status") not in self.settled:
                created = yield self.until_settled(created["id"])
            self.carry_out_all(created["id"], steps, done)
            if steps and created.get("status") in self.settled:
                created = yield self.shown(created["id"])
        check_made(self, created)
        self.check_status(created)
        return self.report(True, created, {}, self.managed())

    def steps_after_creation(self) -> list[Step]:
        """Requests for settings that are not part of the create request."""
        return self.actions({})

    def imagined(self) -> Object:
        """The predicted object of a creation, for check mode. Its ID is empty."""
        known = fields_of(self.table, self.runtime.cloud, self.expected_type())
        defaults = {name: field.default for name, field in known.items() if field.default is not None}
        object_of = {"id": "", "status": self.settled[0], "project_id": self.runtime.session.project_id}
        return self.predicted({**object_of, **defaults, **dict.fromkeys(self.to_come, "")}, self.desired)

    def expected_type(self) -> str:
        return "interface"

    # absent

    def absent(self) -> Flow[Object]:
        """Deletes the object if it exists. Returns the report."""
        matches = yield from self.certain_matches()
        current, _cleaned = yield from self.current(matches)
        if current is not None:
            self.before_removal(current)
            report = self.report(True, current, self.shown_fields(current, self.table), {})
            if self.runtime.check_mode:
                return self.with_deletion(report, current)
            yield from self.delete(current)
            return report
        if self.waits():
            for found in matches:
                yield self.until_gone(found)
        return self.report(False, {}, {}, {})

    def certain_matches(self) -> Flow[list[Object]]:
        """The matches. Waits for those that do not show all of their identity until they are created."""
        matches = self.matches()
        alive = self.alive(matches)
        coming = [one for one in alive if not (one.get("status") in self.available or self.is_certain(one))]
        if self.options.get("id") is not None or self.runtime.check_mode or not coming:
            return matches
        for one in coming:
            yield self.until_available(one["id"])
        return self.matches()

    def delete(self, found: Object) -> Flow[None]:
        yield from self.delete_when_possible(found)
        if self.options.get("wait") is not False or self.options.get("state") == "present":
            with telling(f"The deletion of {self.noun} {found['id']} was requested before."):
                yield self.until_gone(found)

    # Changes that some clouds refuse at first. T Cloud Public deletes endpoints in status ``creating``, other
    # installations answer EndPoint.2019. It is not documented whether services can be deleted in this status, and
    # whether the creation of a tag overwrites its value. API: Batch Adding or Deleting Resource Tags.

    def delete_when_possible(self, found: Object) -> Flow[None]:
        """Sends the delete request, again after a refusal in a transient status."""
        was_transient = not self.until_deletable(found).over(found)
        while True:
            try:
                self.send_delete(found)
                return
            except NotFound:
                return
            except ApiError as error:
                if error.status not in REFUSALS:
                    raise
                is_settled = not self.is_transient(found)
                if is_settled and not was_transient:
                    raise
                was_transient = not is_settled  # the status may have changed between the refusal and the GET
            yield self.until_deletable(found)

    def is_transient(self, found: Object) -> bool:
        wait = self.until_deletable(found)
        seen = read_or_none(wait.read)
        return seen is None or not wait.over(seen)

    def until_deletable(self, found: Object) -> Available:
        return Available(self.noun, found["id"], lambda: self.get(found["id"]), type(self).settled)

    def change_tags(self, object_id: str, body: Object) -> None:
        """Sends a change of tags. If the cloud does not overwrite values, deletes the tags first."""
        try:
            self.api.change(CHANGE_TAGS, self.kind, object_id, body=body)
        except ApiError as error:
            if body["action"] != "create" or not error.is_code(*KEY_EXISTS):
                raise
            keys = [{"key": tag["key"]} for tag in body["tags"]]
            deletion = {"action": "delete", "tags": keys}
            self.api.change(CHANGE_TAGS, self.kind, object_id, body=deletion)
            self.api.change(CHANGE_TAGS, self.kind, object_id, body=body)

    def unchanged_tags(self, changed: Object, plan: Plan) -> list[Step]:
        """The requests for changed tags that the object still shows with their old values."""
        before, after = plan.before.get("tags", {}), plan.after.get("tags", {})
        if before == after:
            return []
        now = planning.observe(self.table, changed, ["tags"])["tags"]
        left = {key: text for key, text in after.items() if now.get(key) == before.get(key) != text and key in before}
        return planning.tag_calls(self.runtime.cloud, sorted(left), left)

    def report(self, changed: bool, answer: Object, before: Object, after: Object) -> Object:
        made = "create" if not before else "change" if after else "delete"
        return {
            "changed": changed,
            "action": made if changed else "none",
            self.returned: self.show(answer, after) if answer else {},
            "diff": {"before": self.by_option(before), "after": self.by_option(after)},
        }


def reconcile(kind: type[Reconciler], options: Object, runtime: Runtime) -> Object:
    """Runs a task. Raises VpcepError, in check mode also Foreseen if the cloud would refuse the change."""
    runtime.start(wait_timeout(options))
    reconciler = kind(with_placeholders(options), runtime)
    options = with_ids(options, runtime)
    if "resolved" in options:
        reconciler = kind(options, runtime)
    report = drive(runtime, reconciler.flow())
    if "resolved" in options:
        report["resolved"] = options["resolved"]
        report.update({"not_named": options["not_named"]} if options.get("not_named") and runtime.check_mode else {})
    if "obstacles" not in report:
        return report
    raise Foreseen(report)
