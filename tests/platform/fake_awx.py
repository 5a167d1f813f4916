# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as the modules of awx.awx need for a set-up, in a thread: named objects, and what they refer to.

Like AWX, it refuses credential types and surveys that are not well made, names that exist, and the deletion of a
credential type that is in use.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.platform.awx import complaints_about_credential_type, complaints_about_survey

Answer = tuple[int, Any]
# What AWX says about each kind beside what was sent.
KINDS: dict[str, dict[str, Any]] = {
    "organizations": {},
    "credential_types": {"managed": False},
    "credentials": {},
    "execution_environments": {"organization": None},
    "inventories": {"kind": "", "host_filter": None},
    "projects": {"scm_revision": "", "status": "successful", "summary_fields": {}},
    "job_templates": {"limit": "", "job_type": "run"},
}
TOKEN = "controller-Token-4711-which-is-long"


class FakeAwx:
    """The server. objects: kind, then ID; surveys and credentials: by job template's ID; changes: what was sent."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.surveys: dict[int, Any] = {}
        self.attached: dict[int, list[int]] = {}
        self.changes: list[str] = []
        self.last_id = 0
        self.create("organizations", {"name": "Default"})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, body = 401, {"detail": "no token"}
                else:
                    status, body = outer.handle(self.command, self.path, json.loads(raw) if raw else {})
                data = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("X-API-Product-Name", "AWX")
                self.send_header("X-API-Product-Version", "24.6.1")
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, name="fake AWX", daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def named(self, kind: str) -> dict[str, dict[str, Any]]:
        """The objects of a kind by name."""
        return {item["name"]: item for item in self.objects[kind].values()}

    def handle(self, method: str, address: str, sent: Any) -> Answer:
        parts = urlsplit(address)
        path = parts.path.removeprefix("/api/v2/").strip("/").split("/")
        if method != "GET":
            self.changes.append(f"{method} {'/'.join(path)}")
        if path == ["me"]:
            return 200, {"count": 1, "next": None, "results": [{"username": "admin"}]}
        if path[0] not in KINDS:
            return 404, {"detail": "unknown here"}
        if len(path) == 1:
            return self.create(path[0], sent) if method == "POST" else self.find(path[0], dict(parse_qsl(parts.query)))
        number = int(path[1])
        if number not in self.objects[path[0]]:
            return 404, {"detail": "no such object"}
        if len(path) == 2:
            return self.one(method, path[0], number, sent)
        return {"survey_spec": self.survey, "credentials": self.credentials}[path[2]](method, number, sent)

    def find(self, kind: str, query: dict[str, str]) -> Answer:
        found = [item for item in self.objects[kind].values() if all(str(item.get(k)) == v for k, v in query.items())]
        return 200, {"count": len(found), "next": None, "results": found}

    def create(self, kind: str, sent: dict[str, Any]) -> Answer:
        if sent["name"] in self.named(kind):
            return 400, {"__all__": [f"{kind} {sent['name']} exists"]}
        if kind == "credential_types" and (complaints := complaints_about_credential_type(sent)):
            return 400, {"__all__": complaints}
        self.last_id += 1
        url = f"/api/v2/{kind}/{self.last_id}/"
        item = {
            "id": self.last_id,
            "type": kind[:-1],
            "url": url,
            "related": {"survey_spec": f"{url}survey_spec/"},
            "description": "",
            **KINDS[kind],
            **sent,
        }
        self.objects[kind][self.last_id] = item
        return 201, item

    def one(self, method: str, kind: str, number: int, sent: dict[str, Any]) -> Answer:
        item = self.objects[kind][number]
        if method == "PATCH":
            item.update(sent)
        if method != "DELETE":
            return 200, item
        users = [one["name"] for one in self.objects["credentials"].values() if one["credential_type"] == number]
        if kind == "credential_types" and users:
            return 403, {"detail": f"Credential types that are in use are not deleted: {users}"}
        del self.objects[kind][number]
        return 204, None

    def survey(self, method: str, number: int, sent: Any) -> Answer:
        if method == "GET":
            return 200, self.surveys.get(number, {})
        if complaints := complaints_about_survey(sent):
            return 400, {"error": complaints}
        self.surveys[number] = sent
        return 200, {}

    def credentials(self, method: str, number: int, sent: Any) -> Answer:
        attached = self.attached.setdefault(number, [])
        if method == "GET":
            found = [self.objects["credentials"][one] for one in attached]
            return 200, {"count": len(found), "next": None, "results": found}
        types = [self.objects["credentials"][one]["credential_type"] for one in attached]
        if sent.get("disassociate"):
            attached.remove(sent["id"])
        elif self.objects["credentials"][sent["id"]]["credential_type"] in types:
            return 400, {"error": "A job template takes one credential of each type."}
        else:
            attached.append(sent["id"])
        return 204, None
