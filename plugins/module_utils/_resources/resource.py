# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint service and endpoint has: its description as data, its requests, waits and names.

service.py and endpoint.py fill this in. reconciler.py, creation.py, recreation.py, effect.py and refused_changes.py
work with it, so that none of them has to know another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .._core.errors import ApiError, NotFound, VpcepError
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import DELETING, FAILED, OPTION_NAMES, UNKNOWN, Field, fields_of
from .._schema.names import TO_COME
from .._schema.plan import Step
from .._schema.validation import check_ids, check_positive, desired_values
from .obstacles import creation_obstacles, quota_obstacles
from .runtime import Runtime
from .waiting import Available, Flow, Gone, Settled, Shown


class Resource:
    """One object of one kind, and what a task asks of it."""

    noun = ""  # in messages
    tag_kind = ""  # the API's word in the paths of calls about tags
    returned = ""  # name of the object in the result
    table: Mapping[str, Field] = MappingProxyType({})
    settled: tuple[str, ...] = ()  # statuses in which it can be compared and changed
    available: tuple[str, ...] = ()  # statuses in which it has been created
    references: tuple[str, ...] = ()  # fields that name other objects and can be changed
    # Refusals of a creation that may mean that another run just did it, and how long (seconds) to look for its object.
    conflict_codes: Mapping[str, float] = MappingProxyType({})
    service_type: str | None = None  # of the object that is to be created, as far as it is known

    def __init__(self, options: Object, runtime: Runtime) -> None:
        """Checks the options (as a module's parameters); raises InputError before anything is sent."""
        check_positive(options, ("wait_timeout",))
        check_ids(options, ("id",))
        self.to_come = tuple(name for name, value in options.items() if value is TO_COME)
        """The IDs of objects whose names nothing has (check mode, or state absent)."""
        self.options = {**options, **dict.fromkeys(self.to_come)} if self.to_come else options
        self.runtime = runtime
        self.api = runtime.api
        self.desired = desired_values(self.table, runtime.cloud, self.options)
        self.given = tuple(self.desired)  # a replacement adds to desired what the old object had
        self.replaced: list[str] = []  # IDs of objects that go before another one is made
        self.check_identity()

    # Flows that creation.py and recreation.py go on with, see reconciler.py

    def converge(self, current: Object) -> Flow[Object]:
        """Changes an existing object to what the options ask. Returns the report."""
        raise NotImplementedError

    def create(self, leaving: list[Object]) -> Flow[Object]:
        """Creates the object, once *leaving* are gone. Returns the report."""
        raise NotImplementedError

    def complete_creation(self, created: Object) -> Flow[Object]:
        """Makes those settings of a new object that its creation could not. Returns the report."""
        raise NotImplementedError

    def delete(self, found: Object) -> Flow[None]:
        """Deletes an object and, unless told otherwise, waits until it is gone."""
        raise NotImplementedError

    # Requests

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

    # Identity

    def check_identity(self) -> None:
        """Raises InputError when the options do not say which object is meant."""
        raise NotImplementedError

    def find(self) -> list[Object]:
        """All objects that the options may mean, in any status; one GET (a page of 1000)."""
        raise NotImplementedError

    def matches(self) -> list[Object]:
        """The objects that the options mean, in any status."""
        if self.options.get("id") is None:
            return self.find()
        try:
            return [self.get(self.options["id"])]
        except NotFound:
            return []

    def siblings(self, _listings: int) -> list[Object]:
        """All objects of the same identity, in any status, as a list shows them now; one GET.

        listings: an earlier number of listings. In a bulk task only a later listing is as good as a list.
        """
        return self.find()

    def is_certain(self, _found: Object) -> bool:
        """Whether a match shows all of its identity."""
        return True

    def are_available(self, found: list[Object]) -> bool:
        return all(item.get("status") in (*self.available, FAILED) for item in found)

    def alive(self, matches: list[Object]) -> list[Object]:
        """Without those that are being deleted: they do not count as present."""
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

    def refuse_unclear(self, candidates: list[Object]) -> None:
        """Raises VpcepError if *candidates* may be meant by a name that nothing has."""
        if candidates:
            ids = ", ".join(sorted(str(one.get("id")) for one in candidates))
            raise VpcepError(
                f"{' '.join(self.options['not_named'])} So it is not clear whether one of these {self.noun}s is meant: "
                f"{ids}. Nothing was deleted. Give its ID as id."
            )

    # Values

    def observe(self, answer: Object, names: list[str]) -> Object:
        """The normalized values of the managed fields as they are; reads what *answer* does not hold."""
        return planning.observe(self.table, answer, [name for name in names if name in self.table])

    def managed(self) -> Object:
        """The normalized values that the task asks for."""
        return self.desired

    def has(self, name: str) -> bool:
        """Whether a field was given a value."""
        return name in self.desired or name in self.to_come

    def missing(self) -> list[str]:
        """The options that a creation needs and that are not given."""
        return [self.option(name) for name, field in self.table.items() if field.required and not self.has(name)]

    def actions(self, current: Object) -> list[Step]:
        """Calls that the task asks for beside the fields; *current* is empty for an object that is yet to be made."""
        return []

    def show(self, answer: Object, after: Object) -> Object:
        """The object as results show it. after: managed values, some of which an answer does not hold."""
        raise NotImplementedError

    def by_option(self, values: Object) -> Object:
        """Values under the names of the options instead of the API's."""
        return {self.option(name): values[name] for name in values}

    def option(self, name: str) -> str:
        """The option that sets a field."""
        return OPTION_NAMES.get(name, name)

    def read_back_names(self) -> dict[str, str]:
        """Fields that answers carry under another name."""
        return {name: field.reads_back_as for name, field in self.table.items() if field.reads_back_as}

    # Creation: the defaults are those of a task with one object

    def listings(self) -> int:
        """How many listings were shared with others up to now."""
        return 0

    def listed_at(self, _found: Object) -> float | None:
        """When (clock) the latest shared listing was asked for, if an object was seen in that one."""
        return None

    def shared_look(self, _object_id: str) -> Flow[None]:
        """Waits for a listing that is shared with others, where there are some."""
        yield from ()

    def is_possible_now(self, _refusal: ApiError) -> bool:
        """Waits until a creation that was refused is possible. Returns whether it is."""
        return False

    def is_taken(self) -> bool:
        """Whether the last list shows that an object of another identity is why a creation was refused."""
        return False

    # Recreation

    def old_values(self, current: Object) -> Object:
        """The normalized values of all fields of this cloud that an object shows."""
        names = planning.comparable(self.table, current, list(fields_of(self.table, self.runtime.cloud)))
        seen = planning.observe(self.table, current, names)
        return {name: value for name, value in seen.items() if value is not UNKNOWN}

    def take_over_more(self, current: Object) -> Object:
        """Takes over what is not a field of a create request. Returns the old object's values of it."""
        return {}

    def hidden(self, current: Object) -> list[str]:
        """Fields whose present value the cloud does not show yet, and whose default would take its place."""
        return []

    def new_type(self, current: Object) -> str | None:
        """The service type of the object that takes the place of another one; None if it is not known."""
        return current.get("service_type")

    def before_removal(self, found: Object) -> None:
        """Warns about the consequences of a removal, also in check mode."""

    # Effect of options

    def other_reasons(self) -> dict[str, str]:
        """Options without effect on the object at hand for reasons that fields.py does not hold, with the reason."""
        return {}

    def look_ahead(self) -> None:
        """Reads what a creation needs to know of other objects, before anything is sent."""

    # Prediction: what the cloud would refuse, as far as GETs show it

    def creation_obstacles(self) -> list[str]:
        """Why the object cannot be created, as sentences."""
        return self.obstacles_to(self.desired, self.replaced)

    def obstacles_to(self, wanted: Object, replaced: list[str]) -> list[str]:
        """The same for other values; *replaced*: IDs of objects that are gone by then."""
        to_come = dict.fromkeys(self.to_come, TO_COME)
        return creation_obstacles(self.runtime, self.noun.replace(" ", "_"), {**wanted, **to_come}, replaced)

    def quota_obstacles(self) -> list[str]:
        """Whether the quota allows one more; a replacement needs none."""
        if self.replaced:
            return []
        return quota_obstacles(self.runtime, self.noun.replace(" ", "_"))

    def with_deletion(self, report: Object, current: Object) -> Object:
        """The report of a deletion in check mode, with ``obstacles`` if the cloud would refuse it."""
        return report

    # Waits

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
