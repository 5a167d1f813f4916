"""Control calls for network objects: tests make, change and remove them as another user would."""

from collections.abc import Iterator
from typing import Any

from . import building
from .building import KINDS
from .control import Control, route
from .networks import Project


class NetworkControl(Control):
    """All control calls. ``?account=`` and ``&project=`` (main or sub) say whose objects are meant."""

    def projects(self, query: dict[str, str]) -> Iterator[Project]:
        """Those that the query names; by default all."""
        for account in self.server.simulation.world.accounts.values():
            for name, project in account.projects.items():
                if query.get("account", account.name) == account.name and query.get("project", name) == name:
                    yield project

    def owner(self, query: dict[str, str], kind: str, id: str) -> Project:
        """Whose the object is. Raises LookupError when it is unknown."""
        for project in self.projects(query):
            if id in KINDS[kind].store(project):
                return project
        raise LookupError(f"{kind} {id}")

    @route("GET", "/state/{kind}")
    def show_objects(self, body: Any, query: dict[str, str], kind: str) -> Any:
        about = KINDS[kind]
        return {kind: [about.shown(one) for project in self.projects(query) for one in about.store(project).values()]}

    @route("POST", "/state/{kind}")
    def add_objects(self, body: Any, query: dict[str, str], kind: str) -> Any:
        """Make an object, or a list of them."""
        about, new_id = KINDS[kind], self.server.simulation.cloud.new_id
        project = next(self.projects({"account": "provider", "project": "main", **query}), None)
        if project is None:
            raise LookupError("account or project")
        made = []
        for data in body if isinstance(body, list) else [body]:
            try:
                made.append(about.shown(about.make(project, data, new_id)))
            except KeyError as absent:
                raise ValueError(f"{kind} need {absent}") from None
        return {kind: made}

    @route("POST", "/state/{kind}/{id}")
    def change_object(self, body: Any, query: dict[str, str], kind: str, id: str) -> Any:
        about, project = KINDS[kind], self.owner(query, kind, id)
        (about.change or building.change)(project, about.store(project)[id], body)
        return about.shown(about.store(project)[id])

    @route("DELETE", "/state/{kind}/{id}")
    def remove_object(self, body: Any, query: dict[str, str], kind: str, id: str) -> Any:
        building.remove(self.owner(query, kind, id), kind, id)
        return {}
