"""Who is calling: tokens, access keys and the operations of IAM."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError, IamError, WrongPassword
from .networks import Account, Project, World
from .settings import Clock, Settings, precise_stamp


@dataclass(eq=False)
class Token:
    """A token. project is None in account-wide and unscoped tokens. Times are seconds since the epoch."""

    text: str = field(repr=False)
    account: Account
    project: Project | None
    scope: str
    issued: float
    expires: float


@dataclass(eq=False)
class AccessKey:
    """An access key; a temporary one comes with a security token and an end."""

    access_key: str
    secret_key: str = field(repr=False)
    account: Account
    security_token: str | None = field(default=None, repr=False)
    expires: float | None = None


class Identity:
    """Issues, checks and revokes tokens; knows the access keys."""

    def __init__(self, world: World, settings: Settings, clock: Clock) -> None:
        self.world, self.settings, self.clock = world, settings, clock
        self.tokens: dict[str, Token] = {}
        self.keys: dict[str, AccessKey] = {}
        for account in world.accounts.values():
            self.keys[account.access_key] = AccessKey(account.access_key, account.secret_key, account)

    def issue(self, account: Account, project: Project | None, scope: str) -> Token:
        now = self.clock.now()
        text = secrets.token_urlsafe(self.settings.token_bytes)[: self.settings.token_bytes]
        token = Token(text, account, project, scope, now, now + self.settings.token_lifetime)
        self.tokens[text] = token
        return token

    def issue_temporary_key(self, account: Account, lifetime: float) -> AccessKey:
        """A temporary access key, valid for lifetime seconds of real time plus the simulator's offset."""
        expires = self.clock.now() + lifetime
        key = AccessKey("HST" + secrets.token_hex(9).upper()[:17], secrets.token_urlsafe(30), account)
        key.security_token, key.expires = secrets.token_urlsafe(300), expires
        self.keys[key.access_key] = key
        return key

    def living(self, text: str | None) -> Token | None:
        token = self.tokens.get(text or "")
        return token if token and token.expires > self.clock.now() else None

    def revoke(self, token: Token) -> None:
        self.tokens.pop(token.text, None)

    def revoke_all(self, account: str | None = None) -> int:
        """Revoke the tokens of one account, or of all; returns how many."""
        doomed = [t for t in self.tokens.values() if account in (None, t.account.name)]
        for token in doomed:
            self.revoke(token)
        return len(doomed)

    def secrets_known(self, text: str) -> bool:
        """Whether the text is a password, secret key or token of this simulator."""
        return (
            text in self.tokens
            or any(text in (a.password, a.secret_key) for a in self.world.accounts.values())
            or any(text in (k.secret_key, k.security_token) for k in self.keys.values())
        )

    # Logging in

    def authenticate(self, identity: dict[str, Any]) -> Account:
        """The account whose user and password these are."""
        if "password" not in identity["methods"]:
            raise IamError("IAM.0073", key="methods", value="totp")
        user = identity["password"]["user"]
        account = self.account_of_user(user)
        if account is None:
            raise WrongPassword()
        most = self.settings.lock_user_after
        if most and account.wrong_passwords >= most:
            raise ApiError("IAM.0061")
        if not secrets.compare_digest(user["password"].encode(), account.password.encode()):
            account.wrong_passwords += 1
            raise WrongPassword()
        account.wrong_passwords = 0
        return account

    def account_of_user(self, user: dict[str, Any]) -> Account | None:
        if "id" in user:
            return next((a for a in self.world.accounts.values() if a.user_id == user["id"]), None)
        for name in ("name", "domain"):
            if name not in user:
                raise IamError("IAM.0072", key=name)
        account = self.account_named(user["domain"])
        return account if account and account.user_name == user["name"] else None

    def account_named(self, reference: dict[str, Any]) -> Account | None:
        """The account that an {id} or {name} means."""
        if not reference.get("id") and not reference.get("name"):
            raise IamError("IAM.0072", key="name")
        for account in self.world.accounts.values():
            same_id = reference.get("id", account.domain_id) == account.domain_id
            if same_id and reference.get("name", account.domain_name) == account.domain_name:
                return account
        return None

    def scope(self, account: Account, scope: dict[str, Any]) -> tuple[Project | None, str]:
        """The project that a scope means, and its kind: project wins over domain, nothing gives unscoped."""
        if wanted := scope.get("project"):
            return self.scoped_project(account, wanted), "project"
        if wanted := scope.get("domain"):
            if self.account_named(wanted) is not account:
                raise IamError("IAM.0004", target="domain", target_id=str(wanted.get("id") or wanted.get("name")))
            return None, "domain"
        return None, "unscoped"

    def scoped_project(self, account: Account, wanted: dict[str, Any]) -> Project:
        if not wanted.get("id") and not wanted.get("name"):
            raise IamError("IAM.0072", key="name")
        if "domain" in wanted and "id" not in wanted and self.account_named(wanted["domain"]) is not account:
            raise IamError("IAM.0004", target="project", target_id=str(wanted["name"]))
        project = account.project(wanted.get("id"), wanted.get("name"))
        if project is None:
            raise IamError("IAM.0004", target="project", target_id=str(wanted.get("id") or wanted.get("name")))
        return project


@dataclass
class IamCall:
    """One request to IAM, authenticated and checked."""

    identity: Identity
    query: dict[str, Any]
    body: dict[str, Any]
    account: Account | None
    subject: str | None
    api_url: str
    iam_url: str
    # Filled by the operation: a token for the header X-Subject-Token.
    token: Token | None = None


IAM_OPERATIONS: dict[str, Callable[[IamCall], Any]] = {}


def iam_operation(function: Callable[[IamCall], Any]) -> Callable[[IamCall], Any]:
    head, *tail = function.__name__.split("_")
    IAM_OPERATIONS[head + "".join(word.capitalize() for word in tail)] = function
    return function


def domain_of(account: Account) -> dict[str, str]:
    return {"id": account.domain_id, "name": account.domain_name}


def catalog(call: IamCall, project: Project | None) -> list[dict[str, Any]]:
    """Service catalog: VPCEP and VPC only where a project is known, as their URLs hold its id."""
    world = call.identity.world
    entries = [("iam", "identity", "*", call.iam_url)]
    if project is not None:
        entries.insert(0, ("vpc", "vpc", world.region, f"{call.api_url}/v1/{project.id}"))
        if not call.identity.settings.catalog_without_vpcep:
            entries.insert(0, ("vpcep", "vpcep", world.region, f"{call.api_url}/v1/{project.id}"))
    return [
        {
            "id": uuid.uuid5(uuid.NAMESPACE_URL, kind).hex,
            "name": name,
            "type": kind,
            "endpoints": [
                {
                    "id": uuid.uuid5(uuid.NAMESPACE_URL, kind + "/public").hex,
                    "interface": "public",
                    "region": region,
                    "region_id": region,
                    "url": url,
                }
            ],
        }
        for name, kind, region, url in entries
    ]


def token_body(call: IamCall, token: Token) -> dict[str, Any]:
    account, project = token.account, token.project
    body: dict[str, Any] = {
        "methods": ["password"],
        "issued_at": precise_stamp(token.issued),
        "expires_at": precise_stamp(token.expires),
        "user": {
            "id": account.user_id,
            "name": account.user_name,
            "password_expires_at": "",
            "domain": domain_of(account),
        },
        "roles": [{"id": "0", "name": "te_admin"}, {"id": "0", "name": "op_gated_vpcep"}],
    }
    if project is not None:
        body["project"] = {"id": project.id, "name": project.name, "domain": domain_of(account)}
    elif token.scope == "domain":
        body["domain"] = domain_of(account)
    if not call.query.get("nocatalog"):
        body["catalog"] = catalog(call, project)
    return {"token": body}


def subject(call: IamCall) -> Token:
    """The token that a request is about; what is unknown, expired or of another account is not found."""
    if not call.subject:
        raise IamError("IAM.0009")
    token = call.identity.living(call.subject)
    if token is None or token.account is not call.account:
        raise IamError("IAM.0004", target="token")
    return token


@iam_operation
def create_token(call: IamCall) -> Any:
    auth = call.body["auth"]
    account = call.identity.authenticate(auth["identity"])
    project, scope = call.identity.scope(account, auth.get("scope", {}))
    call.token = call.identity.issue(account, project, scope)
    return token_body(call, call.token)


@iam_operation
def validate_token(call: IamCall) -> Any:
    call.token = subject(call)
    return token_body(call, call.token)


@iam_operation
def check_token(call: IamCall) -> Any:
    call.token = subject(call)


@iam_operation
def revoke_token(call: IamCall) -> Any:
    call.identity.revoke(subject(call))


def project_list(call: IamCall, projects: list[Project], path: str) -> dict[str, Any]:
    shown = [
        {
            "id": project.id,
            "name": project.name,
            "description": "",
            "domain_id": project.account.domain_id,
            "parent_id": project.account.domain_id if kind == "main" else project.account.main.id,
            "is_domain": False,
            "enabled": True,
            "links": {"self": f"{call.iam_url}/projects/{project.id}"},
        }
        for project in projects
        for kind, same in project.account.projects.items()
        if same is project
    ]
    return {"links": {"self": f"{call.iam_url}{path}", "previous": None, "next": None}, "projects": shown}


@iam_operation
def list_projects(call: IamCall) -> Any:
    assert call.account is not None
    query = call.query
    answer = project_list(call, list(call.account.projects.values()), "/projects")
    for name in ("name", "domain_id", "parent_id", "enabled", "is_domain"):
        answer["projects"] = [p for p in answer["projects"] if query.get(name, p[name]) == p[name]]
    if "page" in query and "per_page" in query:
        first = (query["page"] - 1) * query["per_page"]
        answer["projects"] = answer["projects"][first : first + query["per_page"]]
    return answer


@iam_operation
def list_auth_projects(call: IamCall) -> Any:
    assert call.account is not None
    return project_list(call, list(call.account.projects.values()), "/auth/projects")


@iam_operation
def list_auth_domains(call: IamCall) -> Any:
    assert call.account is not None
    links = {"self": f"{call.iam_url}/domains/{call.account.domain_id}"}
    domain = {**domain_of(call.account), "description": "", "enabled": True, "links": links}
    return {"domains": [domain], "links": {"self": f"{call.iam_url}/auth/domains", "previous": None, "next": None}}


def identity_version(call: IamCall) -> dict[str, Any]:
    media = {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
    links = [{"rel": "self", "href": f"{call.iam_url}/"}]
    about = {"id": "v3.6", "status": "stable", "updated": "2016-04-04T00:00:00Z"}
    return {**about, "links": links, "media-types": [media]}


@iam_operation
def list_identity_versions(call: IamCall) -> Any:
    return {"versions": {"values": [identity_version(call)]}}


@iam_operation
def get_identity_version(call: IamCall) -> Any:
    return {"version": identity_version(call)}
