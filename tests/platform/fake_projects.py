"""Projects of the stand-in for AWX: repositories, and updates that take a while."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]
PLAYBOOKS = ("connect_vpcs.yml", "disconnect_vpcs.yml", "connect_fleet.yml", "audit_vpcs.yml", "check_drift.yml")
STEPS = ("pending", "running")


@dataclass
class Repository:
    """A git repository. branches: the playbooks of each; failure: why it cannot be read."""

    branches: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"main": PLAYBOOKS})
    default: str = "main"
    failure: str = ""


class Updates:
    """The updates of all projects. Each ends a few requests after its start, and not before some seconds."""

    seconds = 0.0

    def __init__(self, repositories: dict[str, Repository]) -> None:
        self.repositories = repositories
        self.found: dict[int, tuple[str, ...]] = {}
        self.clones: dict[int, str] = {}

    def playbooks(self, project: int) -> tuple[str, ...]:
        """Those of the last successful update."""
        return self.found.get(project, ())

    def begin(self, project: Item) -> Item:
        """The members of a new update."""
        members = {
            "project": project["id"],
            "status": "new",
            "step": 0,
            "begun": time.monotonic(),
            "finished": None,
            "failed": False,
        }
        return {**members, "scm_revision": "", "job_explanation": "", "result_traceback": "", "failure": ""}

    def proceed(self, projects: dict[int, Item], updates: dict[int, Item]) -> None:
        """Bring each update one step further."""
        for update in updates.values():
            project = projects.get(update["project"])
            if update["finished"] or project is None:
                continue
            if update["step"] < len(STEPS):
                update["status"] = project["status"] = STEPS[update["step"]]
                update["step"] += 1
            elif time.monotonic() >= update["begun"] + self.seconds:
                self.finish(project, update)

    def finish(self, project: Item, update: Item) -> None:
        repository = self.repositories.get(project["scm_url"], Repository(failure="Repository not found."))
        update.update(finished="2026-11-28T12:00:00Z", failure=self.fetch(project, repository))
        update["failed"] = bool(update["failure"])
        update["status"] = project["status"] = "failed" if update["failed"] else "successful"
        if not update["failed"]:
            branch = self.clones[project["id"]]
            self.found[project["id"]] = repository.branches[branch]
            project["scm_revision"] = update["scm_revision"] = f"{project['scm_url']}@{branch}"
        if project.get("current_update") == update["id"]:
            del project["current_update"]

    def fetch(self, project: Item, repository: Repository) -> str:
        """Clone or pull. Without a branch, a clone that exists keeps its own. Returns why it failed."""
        if repository.failure:
            return repository.failure
        if project["scm_delete_on_update"]:
            self.clones.pop(project["id"], None)
        branch = project["scm_branch"] or self.clones.get(project["id"], repository.default)
        if branch not in repository.branches:
            return f"Failed to checkout {branch}"
        self.clones[project["id"]] = branch
        return ""

    def output(self, update: Item) -> str:
        """The log of an update."""
        if not update["failure"]:
            return "PLAY RECAP"
        result = json.dumps({"changed": False, "cmd": "/usr/bin/git ls-remote", "msg": update["failure"], "rc": 128})
        return f"TASK [Update project using git]\n\x1b[0;31mfatal: [localhost]: FAILED! => {result}\x1b[0m\n"
