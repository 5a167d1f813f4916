"""A small IAM and API on one port: issues, checks and revokes tokens, and counts requests."""

import datetime
import typing as t

from tests.support.fake_server import Answer, FakeServer, Seen

PASSWORD = "correct-horse-battery"
PROJECT = "6e9dfd51d1124e8d8498dce894923a0d"
DOMAIN = "5fc973eea581490997e82ea11a1df31f"


def stamp(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class FakeCloud(FakeServer):
    """now: the cloud's clock, intentionally far from the local one; alive: the valid tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.react = self.answer
        self.alive: set[str] = set()
        self.now = 2_000_000_000.0
        self.lifetime = 86400.0
        self.issued = 0
        self.catalog: list[dict[str, t.Any]] | None = None
        self.project = {"id": PROJECT, "name": "eu-de", "domain": {"id": DOMAIN, "name": "OTC00000000001000000000"}}
        self.refusal = {
            "error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
        }
        self.refusal_of_api: dict[str, t.Any] = {"error_code": "EndPoint.0003", "error_msg": "Authentication failed."}

    @property
    def iam(self) -> str:
        return self.url + "/v3"

    def logins(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == "POST" and seen.path.startswith("/v3/auth/tokens")]

    def calls(self) -> list[Seen]:
        """The requests to the API."""
        return [seen for seen in self.seen if not seen.path.startswith("/v3")]

    def options(self, **more: t.Any) -> dict[str, t.Any]:
        return {
            "auth_url": self.iam,
            "username": "me",
            "password": PASSWORD,
            "user_domain_name": "OTC00000000001000000000",
            "project_name": "eu-de",
            **more,
        }

    def answer(self, seen: Seen) -> Answer:
        path = seen.path.partition("?")[0]
        if path == "/v3/auth/tokens":
            return getattr(self, "tokens_" + seen.method.lower())(seen)
        if path == "/v3/projects":
            return Answer(200, {"projects": [{**self.project, "domain_id": DOMAIN}]})
        if path == "/v3/auth/domains":
            return Answer(200, {"domains": [{"id": DOMAIN, "name": "x"}]})
        if "authorization" not in seen.headers and seen.headers.get("x-auth-token") not in self.alive:
            return Answer(401, self.refusal_of_api)
        return Answer(200, {"path": seen.path})

    def tokens_post(self, seen: Seen) -> Answer:
        identity = seen.json["auth"]["identity"]
        if identity["methods"] == ["assume_role"]:
            if seen.headers.get("x-auth-token") not in self.alive:
                return Answer(401, {"error_code": "IAM.0001", "error_msg": "The request you have made requires"})
        elif identity["password"]["user"]["password"] != PASSWORD:
            return Answer(401, self.refusal)
        with self.lock:
            self.issued += 1
            token = f"MIIToken-{self.issued:04}"
            self.alive.add(token)
        return Answer(201, self.body("nocatalog" not in seen.path), {"X-Subject-Token": token})

    def tokens_get(self, seen: Seen) -> Answer:
        if seen.headers["x-subject-token"] not in self.alive:
            return Answer(404, {"error_code": "IAM.0004", "error_msg": "Could not find token."})
        return Answer(200, self.body(True), {"X-Subject-Token": seen.headers["x-subject-token"]})

    def tokens_delete(self, seen: Seen) -> Answer:
        token = seen.headers["x-subject-token"]
        if token not in self.alive:
            return Answer(404, {"error_code": "IAM.0004", "error_msg": "Could not find token."})
        self.alive.remove(token)
        return Answer(204, None)

    def body(self, catalog: bool) -> dict[str, t.Any]:
        token: dict[str, t.Any] = {
            "methods": ["password"],
            "issued_at": stamp(self.now),
            "expires_at": stamp(self.now + self.lifetime),
            "user": {"id": "u1", "name": "me", "domain": {"id": DOMAIN}},
            "project": self.project,
        }
        if catalog:
            token["catalog"] = [self.entry("eu-de", self.url)] if self.catalog is None else self.catalog
        return {"token": token}

    def entry(self, region: str, url: str, interface: str = "public", kind: str = "vpcep") -> dict[str, t.Any]:
        return {
            "type": kind,
            "name": kind,
            "endpoints": [
                {"interface": interface, "region": region, "region_id": region, "url": f"{url}/v1/{PROJECT}"}
            ],
        }
