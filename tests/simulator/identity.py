"""Authentication: tokens, access keys and the operations of IAM."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .calls import registering
from .catalog import catalog
from .errors import ApiError, IamError, WrongPassword
from .networks import Account, Project, User, generated
from .settings import Clock, Settings, precise_stamp
from .world import World

# Of the codes that MFA devices show (RFC 6238).
STEP, DIGITS = 30, 6
TOKEN_LIFETIME = 86400


@dataclass(eq=False)
class Token:
    """A token. project is None in account-wide and unscoped tokens. Times are seconds since the epoch.

    user: who logged in; agency: the name of the one that was assumed, for an account that is not the user's.
    """

    text: str = field(repr=False)
    account: Account
    project: Project | None
    scope: str
    issued: float
    expires: float
    user: User
    methods: tuple[str, ...] = ("password",)
    agency: str | None = None


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

    def issue(self, account: Account, project: Project | None, scope: str, **more: Any) -> Token:
        now = self.clock.now()
        text = secrets.token_urlsafe(self.settings.token_bytes)[: self.settings.token_bytes]
        more.setdefault("user", account.user)
        token = Token(text, account, project, scope, now, now + TOKEN_LIFETIME, **more)
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
            or any(text == a.secret_key for a in self.world.accounts.values())
            or any(text in (user.password, user.device) for user in self.users())
            or any(text in (k.secret_key, k.security_token) for k in self.keys.values())
        )

    # Logging in

    def users(self) -> list[User]:
        return [user for account in self.world.accounts.values() for user in account.users]

    def authenticate(self, identity: dict[str, Any]) -> User:
        """The user whose password this is, and whose passcode if there is one."""
        for method in identity["methods"]:
            if method not in identity:
                raise IamError("IAM.0072", key=method)
        if "password" not in identity["methods"]:
            raise IamError("IAM.0073", key="methods", value="totp")
        given = identity["password"]["user"]
        user = self.user_named(given)
        if user is None:
            raise WrongPassword()
        most = self.settings.lock_user_after
        if most and user.wrong_passwords >= most:
            raise ApiError("IAM.0061")
        if not secrets.compare_digest(given["password"].encode(), user.password.encode()):
            user.wrong_passwords += 1
            raise WrongPassword()
        self.check_passcode(user, identity.get("totp") if "totp" in identity["methods"] else None)
        user.wrong_passwords = 0
        return user

    def check_passcode(self, user: User, totp: dict[str, Any] | None) -> None:
        """Refuse a missing, wrong or used passcode; a user without a device needs none."""
        if user.device is None:
            if totp is not None:
                raise IamError("IAM.1061", "the user has no MFA device")
            return
        if totp is None:
            raise WrongPassword("no passcode")
        named = totp["user"]
        now = int(self.clock.now() // STEP)
        near = range(now - self.settings.passcode_steps, now + self.settings.passcode_steps + 1)
        step = next((step for step in near if passcode(user, step) == named["passcode"]), 0)
        if named.get("id", user.id) != user.id or named.get("name", user.name) != user.name or step <= user.last_step:
            user.wrong_passwords += 1
            raise IamError("IAM.1061", "used before" if 0 < step <= user.last_step else "wrong")
        user.last_step = step

    def shown(self, user: User) -> str:
        """What the user's device shows, or will show next, if that was used already."""
        return passcode(user, max(int(self.clock.now() // STEP), user.last_step + 1))

    def user_named(self, given: dict[str, Any]) -> User | None:
        if "id" in given:
            return next((user for user in self.users() if user.id == given["id"]), None)
        for name in ("name", "domain"):
            if name not in given:
                raise IamError("IAM.0072", key=name)
        account = self.account_named(given["domain"])
        return next((user for user in account.users if user.name == given["name"]), None) if account else None

    def assumed(self, role: dict[str, Any], caller: Token | None) -> tuple[Account, str]:
        """The account that has this agency, and its name, if it is for the caller, who may switch to agencies."""
        if caller is None:
            raise IamError("IAM.0001", "no token")
        name = role.get("xrole_name") or role.get("agency_name")
        if not name:
            raise IamError("IAM.0072", key="xrole_name")
        reference = {key: role[f"domain_{key}"] for key in ("id", "name") if f"domain_{key}" in role}
        account = self.account_named(reference)
        if account is None or account.agencies.get(name) != caller.user.account.name:
            raise IamError("IAM.0004", target="agency", target_id=name)
        if not caller.user.agent_operator or caller.agency:
            raise IamError("IAM.0002", "not an agent operator")
        return account, name

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
    caller: Token | None
    subject: str | None
    api_url: str
    iam_url: str
    # Filled by the operation: a token for the header X-Subject-Token.
    token: Token | None = None


IAM_OPERATIONS: dict[str, Callable[[IamCall], Any]] = {}


iam_operation = registering(IAM_OPERATIONS)


def passcode(user: User, step: int) -> str:
    """What the user's device shows in this time step (RFC 6238, with SHA-1)."""
    key = base64.b32decode(user.device or "")
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def domain_of(account: Account) -> dict[str, str]:
    return {"id": account.domain_id, "name": account.domain_name}


def user_of(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "domain": domain_of(user.account)}


def token_body(call: IamCall, token: Token) -> dict[str, Any]:
    account, project = token.account, token.project
    body: dict[str, Any] = {
        "methods": list(token.methods),
        "issued_at": precise_stamp(token.issued),
        "expires_at": precise_stamp(token.expires),
        "user": {**user_of(token.user), "password_expires_at": ""},
        "roles": [{"id": "0", "name": "te_admin"}, {"id": "0", "name": "op_gated_vpcep"}],
    }
    if "totp" in token.methods:
        body["mfa_authn_at"] = precise_stamp(token.issued)
    if token.agency:
        # IAM invents a user of the delegating account.
        id, name = generated(account.domain_id, token.agency), f"{account.domain_name}/{token.agency}"
        body["user"] = {"id": id.replace("-", ""), "name": name, "domain": domain_of(account)}
        body["assumed_by"] = {"user": {**user_of(token.user), "password_expires_at": ""}}
    if project is not None:
        body["project"] = {"id": project.id, "name": project.name, "domain": domain_of(account)}
    elif token.scope == "domain":
        body["domain"] = domain_of(account)
    if not call.query.get("nocatalog"):
        without = "vpcep" if call.identity.settings.catalog_without_vpcep else ""
        body["catalog"] = catalog(call.identity.world, project, call.api_url, call.iam_url, without)
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
    identity, more = auth["identity"], dict[str, Any]()
    if identity["methods"] == ["assume_role"] and "assume_role" in identity:
        account, more["agency"] = call.identity.assumed(identity["assume_role"], call.caller)
        more["user"] = call.caller.user if call.caller else None
    else:
        more["user"] = call.identity.authenticate(identity)
        account = more["user"].account
    project, scope = call.identity.scope(account, auth.get("scope", {}))
    call.token = call.identity.issue(account, project, scope, methods=tuple(identity["methods"]), **more)
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


def project_list(call: IamCall, path: str) -> dict[str, Any]:
    assert call.account is not None
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
        for kind, project in call.account.projects.items()
    ]
    return {"links": {"self": f"{call.iam_url}{path}", "previous": None, "next": None}, "projects": shown}


@iam_operation
def list_projects(call: IamCall) -> Any:
    query = call.query
    answer = project_list(call, "/projects")
    for name in ("name", "domain_id", "parent_id", "enabled", "is_domain"):
        answer["projects"] = [p for p in answer["projects"] if query.get(name, p[name]) == p[name]]
    if "page" in query and "per_page" in query:
        first = (query["page"] - 1) * query["per_page"]
        answer["projects"] = answer["projects"][first : first + query["per_page"]]
    return answer


@iam_operation
def list_auth_projects(call: IamCall) -> Any:
    return project_list(call, "/auth/projects")


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
