"""A stand-in for AWX 24.6: the part of its API that set-ups and launches need.

It refuses what AWX refuses, in AWX's words, and updates projects asynchronously.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.platform.awx import complaints_about_credential_type, complaints_about_survey
from tests.platform.fake_jobs import ACTIVE, Refused, check_launch, slice_results
from tests.platform.fake_projects import Repository, Updates
from tests.support.fake_server import Answer, FakeServer, Seen

Reply = tuple[int, Any]
Item = dict[str, Any]
# What AWX says about each kind beside what was sent.
KINDS: dict[str, Item] = {
    "organizations": {},
    "credential_types": {"managed": False},
    "credentials": {"organization": None},
    "execution_environments": {"organization": None, "pull": ""},
    "inventories": {"organization": None, "kind": "", "host_filter": None},
    "projects": {"organization": None, "scm_branch": "", "scm_delete_on_update": False, "scm_revision": ""},
    "project_updates": {},
    "job_templates": {"limit": "", "job_type": "run", "status": "never updated", "job_slice_count": 1},
    "workflow_job_templates": {"organization": None},
    "workflow_job_template_nodes": {},
    "schedules": {},
    "notification_templates": {"organization": None},
    "workflow_jobs": {},
    "jobs": {},
}
# What makes an object of a kind unique; of all others, the name.
UNIQUE = {
    "credentials": ("name", "organization", "credential_type"),
    "credential_types": ("name", "kind"),
    **dict.fromkeys(("inventories", "projects", "job_templates", "workflow_job_templates"), ("name", "organization")),
    "workflow_job_template_nodes": ("identifier", "workflow_job_template"),
    **dict.fromkeys(("project_updates", "workflow_jobs", "jobs"), ("id",)),
}
PAGE = 25
TOKEN = "controller-Token-4711-which-is-long"


class FakeAwx(FakeServer):
    """The server. objects: by kind and ID; surveys, attached credentials: by job template; changes: what was sent.

    platform: answer as an Automation Platform, whose API has another path.
    repositories: what a project finds at its URL; hosts: names, by inventory.
    """

    def __init__(self, platform: bool = False) -> None:
        super().__init__()
        self.prefix = "/api/controller/v2/" if platform else "/api/v2/"
        product = "Red Hat Ansible Automation Platform" if platform else "AWX"
        self.about = {"X-API-Product-Name": product, "X-API-Product-Version": "24.6.1"}
        self.objects: dict[str, dict[int, Item]] = {kind: {} for kind in KINDS}
        self.surveys: dict[int, Any] = {}
        self.attached: dict[int, list[int]] = {}
        self.linked: dict[tuple[str, int, str], list[int]] = {}
        self.repositories: dict[str, Repository] = {}
        self.hosts: dict[int, list[str]] = {}
        self.changes: list[str] = []
        self.last_id = 0
        self.updates = Updates(self.repositories)
        self.create("organizations", {"name": "Default"})
        self.react = self.respond

    def respond(self, seen: Seen) -> Answer:
        status, body = 401, {"detail": "no token"}
        if seen.headers.get("authorization") == f"Bearer {TOKEN}":
            with self.lock:
                status, body = self.handle(seen.method, seen.path, seen.json if seen.body else {})
        return Answer(status, body, self.about)

    def named(self, kind: str) -> dict[str, Item]:
        """The objects of a kind by name."""
        return {item["name"]: item for item in self.objects[kind].values()}

    def of_organization(self, kind: str, name: str) -> dict[str, Item]:
        """The objects of one organization by name."""
        wanted = self.named("organizations")[name]["id"]
        return {item["name"]: item for item in self.objects[kind].values() if item.get("organization") == wanted}

    def add_credential(self, name: str, kind: str, organization: str | None = "Default") -> int:
        """Make one of a credential type, as a person does in a form. Returns its ID."""
        sent = {"name": name, "credential_type": self.named("credential_types")[kind]["id"], "organization": None}
        if organization:
            sent["organization"] = self.named("organizations")[organization]["id"]
        return int(self.create("credentials", sent)[1]["id"])

    def handle(self, method: str, address: str, sent: Any) -> Reply:
        parts = urlsplit(address)
        if not parts.path.startswith(self.prefix):
            return 404, {"detail": "The requested resource could not be found."}
        path = parts.path.removeprefix(self.prefix).strip("/").split("/")
        if method != "GET":
            self.changes.append(f"{method} {'/'.join(path)}")
        if path == ["me"]:
            return 200, {"count": 1, "next": None, "results": [{"username": "admin"}]}
        if path == ["unified_job_templates"]:
            return self.find_template(dict(parse_qsl(parts.query)))
        if path[0] not in KINDS or (len(path) > 1 and int(path[1]) not in self.objects[path[0]]):
            return 404, {"detail": "No such object."}
        self.updates.proceed(self.objects["projects"], self.objects["project_updates"])
        try:
            return self.route(method, path, dict(parse_qsl(parts.query)), sent)
        except Refused as refused:
            return refused.status, refused.body

    def route(self, method: str, path: list[str], query: dict[str, str], sent: Any) -> Reply:
        if len(path) == 1:
            return self.create(path[0], sent) if method == "POST" else self.find(path[0], query)
        number = int(path[1])
        if len(path) == 2:
            return self.one(method, path[0], number, sent)
        if path[2].endswith("_nodes") or path[2].startswith("notification_templates_"):
            return self.links(method, (path[0], number, path[2]), sent)
        parts = {
            "survey_spec": self.survey,
            "credentials": self.credentials,
            "update": self.update,
            "stdout": self.stdout,
            "launch": self.launch,
        }
        return parts[path[2]](method, number, sent)

    def find(self, kind: str, query: dict[str, str]) -> Reply:
        """A page of a list. or__FIELD: any of those; other members have to be equal, objects by their IDs."""
        page, size = int(query.pop("page", 1)), int(query.pop("page_size", PAGE))
        either = {name.removeprefix("or__"): value for name, value in query.items() if name.startswith("or__")}
        every = {name: value for name, value in query.items() if not name.startswith("or__")}

        def fits(item: Item, name: str, value: str) -> bool:
            return str(item.get(name)) == value

        found = [
            item
            for item in self.objects[kind].values()
            if all(fits(item, *one) for one in every.items())
            and (not either or any(fits(item, *one) for one in either.items()))
        ]
        following = f"{self.prefix}{kind}/?page={page + 1}" if len(found) > page * size else None
        results = [self.shown(kind, item) for item in found[(page - 1) * size : page * size]]
        return 200, {"count": len(found), "next": following, "results": results}

    def find_template(self, query: dict[str, str]) -> Reply:
        """Among all that can be launched."""
        found = [self.find(kind, dict(query))[1] for kind in ("job_templates", "workflow_job_templates")]
        results = [item for one in found for item in one["results"]]
        return 200, {"count": len(results), "next": None, "results": results}

    def shown(self, kind: str, item: Item) -> Item:
        """An object as AWX answers with it: with names beside IDs."""
        names = {}
        for member, other in (("organization", "organizations"), ("credential_type", "credential_types")):
            if item.get(member) in self.objects[other]:
                names[member] = {"id": item[member], "name": self.objects[other][item[member]]["name"]}
        if kind == "projects" and item.get("current_update"):
            names["current_update"] = {"id": item["current_update"]}
        return {**item, "summary_fields": names}

    def create(self, kind: str, sent: Item) -> Reply:
        self.last_id += 1
        url = f"{self.prefix}{kind}/{self.last_id}/"
        item = {
            "id": self.last_id,
            "type": kind[:-1],
            "url": url,
            "related": {name: f"{url}{name}/" for name in ("survey_spec", "update", "launch")},
            "description": "",
            **KINDS[kind],
            **sent,
        }
        self.check(kind, item, {})
        self.objects[kind][self.last_id] = item
        answer = self.shown(kind, item)
        if kind == "projects":
            self.start_update(item)
        return 201, answer

    def check(self, kind: str, item: Item, before: Item) -> None:
        """Refuse what AWX refuses. before: the object that is changed."""
        if kind == "job_templates":
            item["organization"] = self.objects["projects"][item["project"]]["organization"]
        members = UNIQUE.get(kind, ("name",))
        if any(
            all(other.get(name) == item.get(name) for name in members)
            for other in self.objects[kind].values()
            if other["id"] != item["id"]
        ):
            said = " and ".join(members)
            raise Refused(400, {"__all__": [f"An object of {kind} with this {said} already exists."]})
        if kind == "credential_types" and (complaints := complaints_about_credential_type(item)):
            raise Refused(400, {"__all__": complaints})
        if kind == "execution_environments" and before and item["organization"] not in (None, before["organization"]):
            raise Refused(400, {"organization": ["Cannot change the organization of an execution environment"]})
        if kind == "job_templates" and item["playbook"] not in self.updates.playbooks(item["project"]):
            raise Refused(400, {"playbook": ["Playbook not found for project."]})

    def one(self, method: str, kind: str, number: int, sent: Item) -> Reply:
        item = self.objects[kind][number]
        in_use = kind == "credential_types" and [
            one["name"] for one in self.objects["credentials"].values() if one["credential_type"] == number
        ]
        if method == "DELETE":
            if in_use:
                raise Refused(403, {"detail": "Credential types that are in use cannot be deleted"})
            if item.get("status") in ACTIVE:
                raise Refused(409, {"error": "Resource is being used by running jobs.", "active_jobs": []})
            del self.objects[kind][number]
            return 204, None
        if method == "PATCH":
            if in_use and sent.get("inputs", item["inputs"]) != item["inputs"]:
                detail = "Modifications to inputs are not allowed for credential types that are in use"
                raise Refused(403, {"detail": detail})
            self.check(kind, {**item, **sent}, item)
            moved = any(sent.get(name, item.get(name)) != item.get(name) for name in ("scm_url", "scm_branch"))
            item.update(sent)
            if kind == "projects" and moved:
                self.start_update(item)
        return 200, self.shown(kind, item)

    def start_update(self, project: Item) -> Item:
        """Register an update of a project; it ends after a few more requests."""
        update = {"name": project["name"], **self.updates.begin(project)}
        made: Item = self.create("project_updates", update)[1]
        project.update(current_update=made["id"], status="pending")
        return made

    def update(self, method: str, number: int, sent: Any) -> Reply:
        if method == "GET":
            return 200, {"can_update": True}
        return 202, self.start_update(self.objects["projects"][number])

    def stdout(self, method: str, number: int, sent: Any) -> Reply:
        return 200, {"range": {"start": 0}, "content": self.updates.output(self.objects["project_updates"][number])}

    def survey(self, method: str, number: int, sent: Any) -> Reply:
        if method == "GET":
            return 200, self.surveys.get(number, {})
        if complaints := complaints_about_survey(sent):
            return 400, {"error": complaints}
        self.surveys[number] = sent
        return 200, {}

    def credentials(self, method: str, number: int, sent: Any) -> Reply:
        attached = self.attached.setdefault(number, [])
        if method == "GET":
            found = [self.objects["credentials"][one] for one in attached]
            return 200, {"count": len(found), "next": None, "results": found}
        types = [self.objects["credentials"][one]["credential_type"] for one in attached]
        if sent.get("disassociate"):
            attached.remove(sent["id"])
        elif self.objects["credentials"][sent["id"]]["credential_type"] in types:
            return 400, {"error": "Cannot assign multiple credentials of the same type."}
        else:
            attached.append(sent["id"])
        return 204, None

    def links(self, method: str, place: tuple[str, int, str], sent: Any) -> Reply:
        linked = self.linked.setdefault(place, [])
        if method == "GET":
            return 200, {"count": len(linked), "next": None, "results": [{"id": one} for one in linked]}
        linked.append(sent["id"])
        return 204, None

    def launch(self, method: str, number: int, sent: Mapping[str, Any]) -> Reply:
        """Launch a job template. The answer's jobs are its slices, each with its hosts and its status."""
        template = self.objects["job_templates"][number]
        attached = [self.objects["credentials"][one] for one in self.attached.get(number, [])]
        survey = self.surveys.get(number, {}) if template.get("survey_enabled") else {}
        accepted, ignored = check_launch(template, survey, attached, self.objects["credentials"], sent)
        hosts = self.hosts.get(template["inventory"], [])
        slices = slice_results(hosts, accepted["job_slice_count"], accepted["limit"])
        kind = "workflow_jobs" if len(slices) > 1 else "jobs"
        status = "failed" if any(one["status"] == "failed" for one in slices) else "successful"
        job = {**accepted, "name": template["name"], "status": status, "slices": slices, "job_template": number}
        return 201, {**self.create(kind, job)[1], "ignored_fields": ignored}
