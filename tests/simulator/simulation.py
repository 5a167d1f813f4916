"""One simulated cloud: makes the answer to a request. server.py has the listeners."""

import json
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from . import signature
from .calls import Call
from .cloud import Cloud
from .contract import GENERIC_ERROR, Contract, Operation, Violation
from .errors import ApiError, IamError, NetworkError
from .faults import Faults
from .identity import IAM_OPERATIONS, IamCall, Identity, Token
from .journal import Journal
from .network import NETWORK_OPERATIONS
from .networks import Account, Project
from .operations import OPERATIONS
from .settings import Clock, Settings, words_of
from .world import World


@dataclass
class Exchange:
    """One request: server is ``api`` or ``iam``, path and query as they came, headers by lower-case name."""

    server: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    raw: bytes
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    operation: Operation | None = None
    path_parameters: dict[str, str] = field(default_factory=dict)
    token: Token | None = None
    account: Account | None = None
    project: Project | None = None
    note: str = ""

    @property
    def service(self) -> str:
        if self.operation is not None:
            return self.operation.service
        return "iam" if self.server == "iam" else "vpcep"

    @property
    def api(self) -> str:
        """The service; of the network services the one that has the operation: vpc, ecs, elb or dns."""
        return self.operation.api if self.operation is not None else self.service

    def json(self) -> Any:
        """The body. Raises ValueError for invalid JSON, NaN, and too many levels."""
        try:
            return json.loads(self.raw, parse_constant=refuse_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def query_values(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


@dataclass
class Answer:
    """Status, JSON body (None for no body) and headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Simulation:
    """The state, and the processing of a request.

    profile: ``otc``, ``otc-2025-11`` or ``huawei``. settings: any members of Settings, by name.
    """

    def __init__(self, profile: str = "otc", **settings: Any) -> None:
        self.profile, self.initial = profile, settings
        self.api_url = self.iam_url = ""
        self.world = World(profile)
        self.settings, self.clock = Settings(), Clock()
        self.settings.change(settings)
        self.identity = Identity(self.world, self.settings, self.clock)
        self.journal = Journal(self.identity.secrets_known)
        self.contract = Contract(profile, self.settings.strict_tags)
        self.faults, self.defects = Faults(), list[dict[str, Any]]()
        self.cloud = Cloud(self.contract, self.world, self.settings, self.clock)

    def reset(self, keep_tokens: bool = False) -> None:
        """Reset all state and settings. Defects stay, because they are bugs of the simulator."""
        self.settings.change(vars(Settings()))
        self.change_settings(self.initial)
        self.clock.offset = 0.0
        self.world.reset()
        self.cloud = Cloud(self.contract, self.world, self.settings, self.clock)
        self.faults = Faults()
        self.journal.clear()
        self.journal.count = 0
        if not keep_tokens:
            self.identity.tokens.clear()

    def change_settings(self, values: dict[str, Any]) -> None:
        """Like Settings.change; rebuilds the contract when the limits on tags change."""
        self.check_words(values)
        self.settings.change(values)
        if self.settings.strict_tags != self.contract.strict_tags:
            self.contract = Contract(self.profile, self.settings.strict_tags)
            self.cloud.contract = self.contract

    def check_words(self, values: dict[str, Any]) -> None:
        """Raise ValueError for a list of operations with a word that is none."""
        known = {name for one in self.contract.operations.values() for name in (one.id, one.api)}
        for setting in ("empty_lists", "forbidden", "unpublished"):
            words = {word.rpartition(":")[2] for word in words_of(values.get(setting, ""))}
            if words - known:
                raise ValueError(f"{setting}: no operation or service {', '.join(sorted(words - known))}")

    # Processing of a request

    def receive(self, exchange: Exchange) -> None:
        """Find the operation, and the account of the token."""
        self.cloud.settle()
        found = self.contract.find(exchange.server, exchange.method, exchange.path)
        exchange.operation, exchange.path_parameters = found
        exchange.token = self.identity.living(exchange.headers.get("x-auth-token"))
        if exchange.token is not None:
            exchange.account, exchange.project = exchange.token.account, exchange.token.project
        elif key := self.identity.keys.get(signature.access_key_of(exchange.headers) or ""):
            exchange.account = key.account
            exchange.project = self.world.project(exchange.path_parameters.get("project_id", ""))

    def answer(self, exchange: Exchange) -> Answer:
        """Carry the request out."""
        try:
            answer = self.carry_out(exchange)
            return self.checked(exchange, answer)
        except ApiError as refusal:
            exchange.note = refusal.note
            return self.checked(exchange, Answer(refusal.status, refusal.body(exchange.request_id)))
        except Exception:
            self.defect(exchange, traceback.format_exc(limit=-8))
            return self.broken(exchange)

    def carry_out(self, exchange: Exchange) -> Answer:
        operation = exchange.operation
        if operation is None or not operation.offered:
            raise ApiError("APIGW.0101") if exchange.server == "api" else IamError("IAM.0004", target="path")
        if operation.secured:
            self.authenticate(exchange, operation)
        try:
            operation.check_path(exchange.path_parameters)
            body = self.read_body(exchange, operation) if operation.body else {}
            query = operation.read_query(self.query_of(exchange, operation)) if operation.parameters else {}
        except Violation as violation:
            raise self.refusal(operation, violation) from None
        if operation.service == "iam":
            return self.carry_out_iam(exchange, operation, query, body)
        call = Call(
            self.cloud,
            operation,
            exchange.path_parameters,
            query,
            body,
            exchange.account,
            exchange.project,
            self.api_url,
            exchange.request_id,
        )
        if operation.service == "vpcep":
            return Answer(operation.success, OPERATIONS[operation.id](call))
        return self.carry_out_network(call)

    def carry_out_network(self, call: Call) -> Answer:
        operation = call.operation
        function = NETWORK_OPERATIONS.get(operation.id)
        if function is None or call.concerned("unpublished"):
            raise ApiError("APIGW.0101")
        if call.concerned("forbidden"):
            raise NetworkError(operation.form, operation.refusals["forbidden"])
        return Answer(operation.success, function(call))

    def query_of(self, exchange: Exchange, operation: Operation) -> dict[str, list[str]]:
        query = exchange.query_values()
        largest, given = operation.largest("limit"), query.get("limit", [""])[-1]
        if self.settings.limit_above_maximum == "cut" and operation.form and largest and given.isdecimal():
            query["limit"] = [str(min(int(given), largest))]
        return query

    def carry_out_iam(
        self, exchange: Exchange, operation: Operation, query: dict[str, Any], body: dict[str, Any]
    ) -> Answer:
        subject = exchange.headers.get("x-subject-token")
        call = IamCall(
            self.identity, query, body, exchange.account, exchange.token, subject, self.api_url, self.iam_url
        )
        answer = Answer(operation.success, IAM_OPERATIONS[operation.id](call))
        if call.token is not None:
            exchange.account, exchange.project = call.token.account, call.token.project
            answer.headers["X-Subject-Token"] = call.token.text
        return answer

    def authenticate(self, exchange: Exchange, operation: Operation) -> None:
        """By token or signature. Raises 401, and 400 or 403 when the project is not the caller's."""
        if "x-auth-token" in exchange.headers:
            if exchange.token is None:
                raise self.unauthorized(exchange, "token unknown, expired or revoked")
        elif "authorization" in exchange.headers:
            self.check_signature(exchange)
        else:
            raise self.unauthorized(exchange, "neither token nor signature")
        if exchange.server == "api":
            self.check_project(exchange)

    def unauthorized(self, exchange: Exchange, note: str) -> ApiError:
        return IamError("IAM.0001", note) if exchange.server == "iam" else ApiError("APIGW.0301", note)

    def check_signature(self, exchange: Exchange) -> None:
        key = self.identity.keys.get(signature.access_key_of(exchange.headers) or "")
        if key is None:
            raise self.unauthorized(exchange, "unknown access key")
        if key.security_token is not None and exchange.headers.get("x-security-token") != key.security_token:
            raise self.unauthorized(exchange, "security token missing or wrong")
        if key.expires is not None and key.expires <= self.clock.now():
            raise self.unauthorized(exchange, "temporary credentials have expired")
        request = (exchange.method, exchange.path, exchange.query, exchange.headers, exchange.raw)
        fault = signature.fault(key.secret_key, *request)
        if fault:
            raise self.unauthorized(exchange, fault)

    def check_project(self, exchange: Exchange) -> None:
        """The project of the path must be the one that the token or the header X-Project-Id names."""
        wanted = exchange.path_parameters.get("project_id")
        named = exchange.headers.get("x-project-id")
        if exchange.token is not None:
            if exchange.project is None:
                raise ApiError("EndPoint.0004", "token without project")
            if wanted not in (None, exchange.project.id):
                raise self.wrong_project(exchange, "not the token's project")
            return
        project = self.world.project(wanted or named or "")
        if project is None or (named and named != project.id):
            raise self.wrong_project(exchange)
        if project.account is not exchange.account:
            raise ApiError("EndPoint.0004", "project of another account")
        exchange.project = project

    def wrong_project(self, exchange: Exchange, note: str = "") -> ApiError:
        operation = exchange.operation
        if operation is not None and operation.form:
            return NetworkError(operation.form, operation.refusals["project"], note)
        return ApiError("EndPoint.0014", note)

    def read_body(self, exchange: Exchange, operation: Operation) -> dict[str, Any]:
        iam = operation.service == "iam"
        if not exchange.raw:
            raise IamError("IAM.1101") if iam else ApiError("EndPoint.0011")
        if "content-type" not in exchange.headers and not iam:
            raise ApiError("EndPoint.0012", "no Content-Type")
        try:
            body = exchange.json()
        except ValueError:
            raise IamError("IAM.0011") if iam else ApiError("EndPoint.1004", "not JSON") from None
        if not isinstance(body, dict):
            raise IamError("IAM.0011") if iam else ApiError("EndPoint.1004", "not a JSON object")
        ignored = sorted(set(body) - operation.members)
        if ignored:
            exchange.note = f"ignored members: {', '.join(ignored)}"
        try:
            return operation.read_body(body)
        except (ValueError, RecursionError):
            # Half of a surrogate pair, or too many levels for the validator.
            raise IamError("IAM.0011") if iam else ApiError("EndPoint.1004", "cannot be checked") from None

    def refusal(self, operation: Operation, violation: Violation) -> ApiError:
        if operation.form:
            # What is wrong deep in a body has no code of its own.
            code = operation.refusals["invalid"] if violation.code == GENERIC_ERROR else violation.code
            return NetworkError(operation.form, code, violation.where, member=violation.member)
        if operation.service == "iam":
            code = "IAM.0072" if violation.keyword == "required" else "IAM.0073"
            return IamError(code, violation.where, key=violation.member)
        return ApiError(violation.code, violation.where)

    # Validation of answers

    def checked(self, exchange: Exchange, answer: Answer) -> Answer:
        """The answer if it is as documented. Otherwise it is a defect of the simulator, and becomes a 500."""
        if exchange.operation is None or not exchange.operation.offered:
            return answer
        found = exchange.operation.answer_faults(answer.status, answer.body)
        if found:
            found = exchange.operation.answer_faults(answer.status, answer.body, self.cloud.hidden())
        if found:
            self.defect(exchange, f"status {answer.status}: " + "; ".join(found[:5]))
            return self.broken(exchange)
        return answer

    def defect(self, exchange: Exchange, what: str) -> None:
        operation = exchange.operation.id if exchange.operation else None
        about = {"request_id": exchange.request_id, "method": exchange.method, "operation": operation}
        self.defects.append({**about, "path": self.journal.clean_path(exchange.path), "what": what})

    def broken(self, exchange: Exchange) -> Answer:
        error = IamError("IAM.0006") if exchange.server == "iam" else ApiError("EndPoint.0001")
        return Answer(error.status, error.body(exchange.request_id))
