"""Every field of the API that a user can set: limits, choices, and the operation that changes it.

Argument specs, validation and plans are derived from these tables. Tests compare the tables with the OpenAPI
description and with the documentation of the modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .._core import option_types

OTC = "otc"
HUAWEI = "huawei"
BOTH = (OTC, HUAWEI)
CLOUD_NAMES = {OTC: "T Cloud Public", HUAWEI: "Huawei Cloud"}

# The operations that change an existing object, as the API names them.
UPDATE_SERVICE = "updateEndpointService"
UPDATE_WHITELIST = "updateEndpointWhitelist"
UPDATE_ROUTETABLES = "updateEndpointRouteTables"
UPDATE_POLICY = "updateEndpointPolicy"
RENAME_SERVICE = "renameEndpointService"
CHANGE_TAGS = "changeResourceTags"
CHANGE_PERMISSIONS = "addOrRemovePermissions"

NEVER = None  # as ``changed_by``: the object has to be replaced


UNKNOWN: Any = object()
"""The value of a field that the cloud does not show."""


class Field(NamedTuple):
    """One member of a create request."""

    kind: str  # a key of kinds.KINDS
    changed_by: dict[str, str | None]  # cloud -> operation that changes it; a cloud without entry lacks the field
    absent_means: Any = UNKNOWN  # its value if it is empty in an answer, or missing
    required: bool = False  # for a creation
    default: Any = None  # the documented value if a create request lacks the member
    assigned: Any = None  # the value that the cloud shows then, without a documented default; UNKNOWN: any value
    choices: dict[str, tuple[str, ...]] | None = None  # cloud -> allowed words
    min_length: int = 0  # characters, or items of a list
    max_length: dict[str, int] | None = None  # cloud -> characters, or items of a list
    pattern: str | None = None  # the whole value matches
    rule: str = ""  # the pattern in words, for messages
    service_type: str | None = None  # only endpoints of this type have it
    effective_with: dict[str, tuple[Any, ...]] | None = None  # has an effect only if another field has one of these
    restricts: bool = False  # limits access: without effect it is an error instead of a warning
    within: tuple[str, ...] = ()  # other fields: if one of them changes, the old value of this one is invalid
    reads_back_as: str | None = None  # its name in answers, if it differs
    once_accepted: bool = False  # the cloud shows it only in status ``accepted``
    always_sent_by: str | None = None  # this operation resets the member if its request lacks it

    def is_of(self, service_type: str | None) -> bool:
        """Whether endpoints of *service_type* have the field; true if the type is not known."""
        return not service_type or self.service_type in (None, service_type)


def _same(value: Any) -> dict[str, Any]:
    return dict.fromkeys(BOTH, value)


ID_PATTERN = r"[A-Za-z0-9_-]{1,64}"
ID_RULE = "1 to 64 letters, digits, underscores and hyphens (a UUID)"
UUID_PATTERN = option_types.UUID_PATTERN
UUID_RULE = "a UUID such as 4189d3c2-8882-4871-a3c2-d380272eed88"
DESCRIPTION_LENGTH = 128
NAME_LENGTH = 16
PORT_RANGE = (1, 65535)
PROTOCOLS = ("TCP",)
MAX_TAGS = 20  # a resource
MAX_TAGS_PER_CALL = {OTC: 20, HUAWEI: 10}
TAG_RESERVED_PREFIX = "_sys_"
PERMISSION_PREFIX = "iam:domain::"
ORG_PATH_PREFIX = "organizations:orgPath::"
EVERY_ACCOUNT = "*"
PERMISSION_TYPES = ("domainId", "orgPath")
PAGE_SIZE = 1000
PERMISSIONS_PAGE_SIZE = 500
RESERVED_RANGE = "198.19.128.0/17"  # used inside the cloud; subnets of endpoints must not overlap with it


def _identifier(**facts: Any) -> Field:
    return Field("text", pattern=ID_PATTERN, rule=ID_RULE, min_length=1, max_length=_same(64), **facts)


def _uuid(**facts: Any) -> Field:
    """An ID of the network service; the API checks its form (EndPoint.0020, 0023, 3063). Letters have no case."""
    return Field("uuid", pattern=UUID_PATTERN, rule=UUID_RULE, min_length=1, max_length=_same(64), **facts)


def _description(changed_by: dict[str, str | None], length: int = DESCRIPTION_LENGTH, **facts: Any) -> Field:
    return Field(
        "free_text",
        changed_by,
        max_length=dict.fromkeys(changed_by, length),
        pattern=r"[^<>]*",
        rule="free of < and >",
        **facts,
    )


_ENTERPRISE_PROJECT = Field("text", {OTC: NEVER}, assigned="0", max_length={OTC: 36})
_TAGS = Field("tags", _same(CHANGE_TAGS), absent_means={}, default={}, max_length=_same(MAX_TAGS))

SERVICE: dict[str, Field] = {
    "port_id": _uuid(changed_by=_same(UPDATE_SERVICE), required=True, within=("vpc_id", "server_type")),
    "vpc_id": _uuid(changed_by=_same(NEVER), required=True),
    "pool_id": _identifier(changed_by=_same(NEVER), assigned=UNKNOWN),
    "service_name": Field(
        "name",
        _same(UPDATE_SERVICE),
        default="",
        max_length=_same(NAME_LENGTH),
        pattern=rf"[A-Za-z0-9_-]{{0,{NAME_LENGTH}}}",
        rule="letters, digits, underscores and hyphens only",
    ),
    "approval_enabled": Field("flag", _same(UPDATE_SERVICE), default=True, always_sent_by=UPDATE_SERVICE),
    "service_type": Field("choice", _same(NEVER), default="interface", choices=_same(("interface",))),
    "server_type": Field(
        "choice", _same(NEVER), required=True, choices={OTC: ("LB", "VM", "VIP", "BMS"), HUAWEI: ("LB", "VM", "VIP")}
    ),
    "ports": Field("ports", _same(UPDATE_SERVICE), required=True, min_length=1, max_length=_same(200)),
    "tcp_proxy": Field(
        "choice",
        _same(UPDATE_SERVICE),
        absent_means="close",
        default="close",
        choices={
            OTC: ("close", "toa_open", "proxy_open", "open", "proxy_vni"),
            HUAWEI: ("close", "toa_open", "proxy_open", "open"),
        },
    ),
    "tags": _TAGS,
    "description": _description(_same(UPDATE_SERVICE), absent_means="", default=""),
    "ip": Field("text", {HUAWEI: UPDATE_SERVICE}, min_length=1),
    "ip_version": Field("choice", _same(NEVER), assigned="ipv4", choices=_same(("ipv4", "ipv6"))),
    "snat_network_id": _identifier(
        changed_by={HUAWEI: NEVER}, effective_with={"ip_version": ("ipv6",)}, within=("vpc_id",)
    ),
    "enable_policy": Field("flag", {OTC: UPDATE_SERVICE, HUAWEI: NEVER}, default=False),
    "payer": Field("choice", {OTC: UPDATE_SERVICE}, choices={OTC: ("endpoint", "endpoint_service")}),
    "supported_editions": Field(
        "words", {OTC: NEVER}, assigned=["basic"], choices={OTC: ("profession", "basic")}, restricts=True
    ),
    "enterprise_project_id": _ENTERPRISE_PROJECT,
    "vip_port_id": _uuid(
        changed_by={OTC: UPDATE_SERVICE}, effective_with={"server_type": ("VIP",)}, within=("vpc_id", "server_type")
    ),
}

ENDPOINT: dict[str, Field] = {
    "endpoint_service_id": _identifier(changed_by=_same(NEVER), required=True),
    "vpc_id": _uuid(changed_by=_same(NEVER), required=True),
    "subnet_id": _uuid(changed_by=_same(NEVER), service_type="interface", within=("vpc_id",)),
    "enable_dns": Field(
        "flag", _same(NEVER), absent_means=False, default=False, service_type="interface", once_accepted=True
    ),
    "tags": _TAGS,
    "routetables": Field(
        "ids",
        {OTC: NEVER, HUAWEI: UPDATE_ROUTETABLES},
        absent_means=[],
        service_type="gateway",
        restricts=True,
        within=("vpc_id",),
    ),
    "port_ip": Field(
        "ipv4", _same(NEVER), service_type="interface", reads_back_as="ip", once_accepted=True, within=("subnet_id",)
    ),
    "whitelist": Field(
        "ranges",
        {OTC: NEVER, HUAWEI: UPDATE_WHITELIST},
        absent_means=[],
        default=[],
        max_length={OTC: 20, HUAWEI: 32},
        service_type="interface",
        effective_with={"enable_whitelist": (True,)},
        restricts=True,
        always_sent_by=UPDATE_WHITELIST,
    ),
    "enable_whitelist": Field(
        "flag",
        {OTC: NEVER, HUAWEI: UPDATE_WHITELIST},
        absent_means=False,
        default=False,
        service_type="interface",
        restricts=True,
        always_sent_by=UPDATE_WHITELIST,
    ),
    "specification_name": Field("text", {OTC: NEVER}, assigned="default", min_length=1),
    "policy_statement": Field(
        "policy",
        {OTC: NEVER, HUAWEI: UPDATE_POLICY},
        default=[{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:*", "obs:*:*:*:*/*"]}],
        max_length=_same(10),
        service_type="gateway",
        restricts=True,
    ),
    "description": _description(_same(NEVER), absent_means="", default=""),
    "policy_document": Field("document", {HUAWEI: UPDATE_POLICY}, absent_means={}, default={}, restricts=True),
    "ip_version": Field(
        "choice", _same(NEVER), assigned="ipv4", choices={OTC: ("ipv4", "ipv6"), HUAWEI: ("ipv4", "dualstack")}
    ),
    "ipv6_address": Field(
        "ipv6", {HUAWEI: NEVER}, effective_with={"ip_version": ("dualstack",)}, within=("subnet_id",)
    ),
    "edition": Field(
        "choice", {OTC: NEVER}, assigned="basic", choices={OTC: ("profession", "basic")}, service_type="interface"
    ),
    "enterprise_project_id": _ENTERPRISE_PROJECT,
}

# Field -> option with another name. The name of the field is an alias.
OPTION_NAMES = {"service_name": "name"}

# Fields by which vpcep_service_info and vpcep_endpoint_info filter, besides id, status and tags.
SERVICE_FILTERS = ("vpc_id", "port_id", "server_type")
ENDPOINT_FILTERS = ("endpoint_service_id", "vpc_id", "subnet_id")

# Options that are operations of Huawei Cloud and not fields. Option -> operation.
SERVICE_ACTIONS = {"upgrade": "upgradeEndpointService", "server_resources": "addServerResources"}
ENDPOINT_ACTIONS = {"upgrade": "upgradeEndpoint"}
ACTION_CLOUDS = (HUAWEI,)
PROFESSIONAL = "profession"  # the edition after an upgrade

# Options that are not fields of a create request.
SERVICE_NAME = Field("text", _same(NEVER), max_length=_same(128))  # full or short, to find a service by
CONNECTION_DESCRIPTION = _description({HUAWEI: "updateConnectionDescriptions"}, 512, absent_means="")
PERMISSION_DESCRIPTION = _description({HUAWEI: "updatePermissionDescription"})

# The domain name of an endpoint: labels of letters, digits and hyphens. The last label is not a number.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME_RULE = "letters, digits and hyphens, separated by periods, at most 63 characters between two of them"


def _domain_name(pattern: str, rule: str) -> Field:
    return Field("text", _same(NEVER), max_length=_same(254), pattern=pattern, rule=f"{rule}: {_NAME_RULE}")


DNS_NAME = _domain_name(
    rf"({_LABEL}\.)+(?![0-9]+\.?$){_LABEL}\.?", "a host name of at least two labels, such as shop.internal.example.com"
)
DNS_ZONE = _domain_name(rf"({_LABEL}\.)*{_LABEL}\.?", "the name of a zone, such as internal.example.com")
DNS_OPTIONS = ("dns_zone", "create_dns_zone", "replace_dns_record")
"""Options that have an effect only with ``dns_name``."""

# Statuses, by their meaning for a wait. With any other status the wait goes on.
SERVICE_READY = ("available",)
ENDPOINT_SETTLED = ("accepted", "pendingAcceptance", "rejected")
FAILED = "failed"
DELETING = "deleting"
CREATING = "creating"
PENDING = "pendingAcceptance"
WAITING = (CREATING, PENDING)  # statuses of connections before a decision
ACCEPTED = "accepted"
REJECTED = "rejected"
DECISIONS = {ACCEPTED: "receive", REJECTED: "reject"}  # status of a connection -> action that leads to it
CONNECTED = (*WAITING, ACCEPTED)  # statuses of endpoints that use a service, or will
BLOCKING = (CREATING, ACCEPTED)  # those in connection_count, which prevent the deletion of their service
RESOURCE_KINDS = ("endpoint_service", "endpoint")  # in operations about tags and quotas
IGNORE, REPORT, ENSURE = ADMIT_TRAFFIC = ("ignore", "report", "ensure")
TRAFFIC = ("admit_traffic", "security_group")  # options of a service about the security groups of its backend
SERVICE_STATUSES = ("creating", "available", "failed", "deleting")
ENDPOINT_STATUSES = ("pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting")


def fields_of(table: Mapping[str, Field], cloud: str, service_type: str | None = None) -> dict[str, Field]:
    """The fields of *table* that *cloud* ('otc' or 'huawei') and objects of *service_type* (None: any) have."""
    return {name: field for name, field in table.items() if cloud in field.changed_by and field.is_of(service_type)}


def all_choices(field: Field) -> tuple[str, ...]:
    """The words of all clouds, for argument specs. validation.py checks those of the cloud in use."""
    return tuple(dict.fromkeys(word for allowed in (field.choices or {}).values() for word in allowed))
