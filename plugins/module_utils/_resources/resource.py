"""The interface of services and endpoints that reconciler.py, creation.py, recreation.py, effect.py and others use.

service.py and endpoint.py implement it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .._core.errors import ApiError, NotFound, VpcepError
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import DELETING, FAILED, OPTION_NAMES, UNKNOWN, Field, fields_of
from .._schema.names import TO_COME
from .._schema.plan import Step
from .._schema.validation import check_ids, desired_values
from .obstacles import creation_obstacles, quota_obstacles
from .runtime import Runtime
from .waiting import Available, Flow, Gone, Settled, Shown


class Resource:
    """One service or endpoint, and the options of a task for it."""

    noun = ""  # in messages
    kind = ""  # its name in the calls for tags and quotas
    returned = ""  # name of the object in the result
    table: Mapping[str, Field] = MappingProxyType({})
    settled: tuple[str, ...] = ()  # statuses in which it can be compared and changed
    available: tuple[str, ...] = ()  # statuses in which its creation is complete
    references: tuple[str, ...] = ()  # fields that refer to other objects and can be changed
    # Error codes of creations that can mean that another run has just created the object -> seconds to look for it.
    conflict_codes: Mapping[str, float] = MappingProxyType({})
    service_type: str | None = None  # of the object to create; None if it is not known

    def __init__(self, options: Object, runtime: Runtime) -> None:
        """Checks the options, a module's parameters. Sends nothing. Raises InputError."""
        check_ids(options, ("id",))
        self.to_come = tuple(name for name, value in options.items() if value is TO_COME)
        """ID options whose names match no object (check mode, or state absent), or are not looked up yet."""
        self.options = {**options, **dict.fromkeys(self.to_come)} if self.to_come else options
        self.runtime = runtime
        self.api = runtime.api
        self.desired = desired_values(self.table, runtime.cloud, self.options)
        self.given = tuple(self.desired)  # a replacement adds values of the old object to desired
        self.replaced: list[str] = []  # IDs of objects that are deleted before the creation
        self.check_identity()

    def delete(self, found: Object) -> Flow[None]:
        """Deletes an object and, unless ``wait`` is false, waits until it is deleted."""
        raise NotImplementedError

    # Requests

    def get(self, object_id: str) -> Object:
        """One object by ID. Raises NotFound."""
        raise NotImplementedError

    def send_create(self, body: Object) -> Object:
        """Sends the create request. Returns the new object."""
        raise NotImplementedError

    def send_delete(self, found: Object) -> None:
        """Sends the delete request. Raises NotFound for an object that is already deleted."""
        raise NotImplementedError

    # Identity

    def check_identity(self) -> None:
        """Raises InputError if the options do not identify an object."""
        raise NotImplementedError

    def find(self) -> list[Object]:
        """The objects that match the options without ``id``, in any status. One GET for each 1000 objects."""
        raise NotImplementedError

    def matches(self) -> list[Object]:
        if self.options.get("id") is None:
            return self.find()
        try:
            return [self.get(self.options["id"])]
        except NotFound:
            return []

    def siblings(self, _listings: int) -> list[Object]:
        """The objects with the same identity, in any status, from a new list.

        listings: an earlier value of :meth:`listings`. A bulk task uses its shared listing if that is a later one.
        """
        return self.find()

    def is_certain(self, _found: Object) -> bool:
        """Whether a match shows all of its identity."""
        return True

    def alive(self, matches: list[Object]) -> list[Object]:
        """*matches* without objects in status ``deleting``, which do not count as present."""
        return [found for found in matches if found.get("status") != DELETING]

    def only_one(self, matches: list[Object]) -> Object | None:
        """The object among *matches*, or None. Raises VpcepError for several, and for an ``id`` that does not exist."""
        alive = self.alive(matches)
        if len(alive) > 1:
            raise VpcepError(
                f"{len(alive)} {self.noun}s match: {', '.join(sorted(str(found.get('id')) for found in alive))}. "
                "Select one with the option id."
            )
        if self.options.get("id") is not None and self.options.get("state") != "absent" and not alive:
            where = "any more: it is being deleted" if matches else "in this project"
            raise VpcepError(f"There is no {self.noun} with id {self.options['id']} {where}.")
        return alive[0] if alive else None

    def refuse_unclear(self, candidates: list[Object]) -> None:
        """Raises VpcepError if there are *candidates* for a deletion by a name that matches no network object."""
        if candidates:
            ids = ", ".join(sorted(str(one.get("id")) for one in candidates))
            raise VpcepError(
                f"{' '.join(self.options['not_named'])} So it is not clear whether one of these {self.noun}s is meant: "
                f"{ids}. Nothing was deleted. Give its ID as id."
            )

    # Values

    def observe(self, answer: Object, names: list[str]) -> Object:
        """The normalized present values of fields. Sends requests for values that *answer* does not contain."""
        return planning.observe(self.table, answer, [name for name in names if name in self.table])

    def managed(self) -> Object:
        """The normalized values of the options that are set."""
        return self.desired

    def has(self, name: str) -> bool:
        return name in self.desired or name in self.to_come

    def missing(self) -> list[str]:
        """The options that a creation needs and that are not set."""
        return [self.option(name) for name, field in self.table.items() if field.required and not self.has(name)]

    def actions(self, current: Object) -> list[Step]:
        """Requests for options that are not fields. *current* is empty before a creation."""
        return []

    def show(self, answer: Object, after: Object) -> Object:
        """The object for the result. after: managed values, which *answer* may lack."""
        raise NotImplementedError

    def by_option(self, values: Object) -> Object:
        return {self.option(name): values[name] for name in values}

    def option(self, name: str) -> str:
        return OPTION_NAMES.get(name, name)

    def predicted(self, answer: Object, after: Object) -> Object:
        """*answer* with the planned values *after*, under their names in answers."""
        names = {name: field.reads_back_as for name, field in self.table.items() if field.reads_back_as}
        return {**answer, **{names.get(name, name): value for name, value in after.items() if value is not UNKNOWN}}

    # Creation. _bulk/endpoint.py overrides the methods about shared listings.

    def listings(self) -> int:
        """The number of shared listings so far."""
        return 0

    def listed_at(self, _found: Object) -> float | None:
        """The time (clock) of the request for the latest shared listing, if *found* is from that listing."""
        return None

    def shared_look(self, _object_id: str) -> Flow[None]:
        """Waits for the next shared listing."""
        yield from ()

    def was_created(self, object_id: str) -> str:
        return f"{self.noun.capitalize()} {object_id} was created; run the task again to complete it."

    def is_possible_now(self, _refusal: ApiError) -> bool:
        """Waits until a refused creation is possible. Returns whether it is."""
        return False

    def is_taken(self) -> bool:
        """Whether an object with another identity in the last list explains a refused creation."""
        return False

    # Recreation

    def old_values(self, current: Object) -> Object:
        """The normalized values of all fields that an object shows, and that this cloud has."""
        return self.shown_fields(current, fields_of(self.table, self.runtime.cloud))

    def shown_fields(self, answer: Object, names: Iterable[str]) -> Object:
        """The normalized values of those of *names* that an object shows."""
        seen = planning.observe(self.table, answer, planning.comparable(self.table, answer, names))
        return {name: value for name, value in seen.items() if value is not UNKNOWN}

    def take_over_more(self, current: Object) -> Object:
        """Keeps settings that are not part of a create request. Returns the old values."""
        return {}

    def hidden(self, current: Object) -> list[str]:
        """Fields whose value the cloud does not show yet. A replacement would reset them to their defaults."""
        return []

    def new_type(self, current: Object) -> str | None:
        """The service type of the object that replaces *current*; None if it is not known."""
        return current.get("service_type")

    def before_removal(self, found: Object) -> None:
        """Warns about consequences of a deletion, also in check mode."""

    # Effect of options

    def other_reasons(self) -> dict[str, str]:
        """Fields without effect for reasons that are not in fields.py -> the reason."""
        return {}

    def look_ahead(self) -> None:
        """Reads other objects that the creation depends on."""

    # Refusals that GETs can predict, see obstacles.py

    def creation_obstacles(self) -> list[str]:
        """Why the object cannot be created, as sentences."""
        return self.obstacles_to(self.desired, self.replaced)

    def obstacles_to(self, wanted: Object, replaced: list[str]) -> list[str]:
        """Why an object with the values *wanted* cannot be created. replaced: IDs of objects to delete before."""
        to_come = dict.fromkeys(self.to_come, TO_COME)
        return creation_obstacles(self.runtime, self.kind, {**wanted, **to_come}, replaced)

    def quota_obstacles(self) -> list[str]:
        """Why the quota does not allow another object. A replacement needs none."""
        return [] if self.replaced else quota_obstacles(self.runtime, self.kind)

    def with_deletion(self, report: Object, current: Object) -> Object:
        """The report of a deletion in check mode. Adds ``obstacles`` if the cloud would refuse it."""
        return report

    # Waits

    def waits(self) -> bool:
        return not self.runtime.check_mode and self.options.get("wait") is not False

    def until_settled(self, object_id: str) -> Settled:
        """The wait until the object can be changed. A failed creation is an error."""
        return Settled(self.noun, object_id, lambda: self.get(object_id), self.settled)

    def until_available(self, object_id: str) -> Available:
        """The wait until the object is created, failed or deleted."""
        return Available(self.noun, object_id, lambda: self.get(object_id), self.available)

    def until_gone(self, found: Object) -> Gone:
        """The wait until the object is deleted."""
        object_id, had_failed = found["id"], found.get("status") == FAILED
        return Gone(self.noun, object_id, lambda: self.get(object_id), had_failed)

    def shown(self, object_id: str) -> Shown:
        """The wait for another GET of the object."""
        return Shown(self.noun, object_id, lambda: self.get(object_id))
