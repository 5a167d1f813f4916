# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every documented error code as data: its status, its kind, whether a repeat can help, and what a person does next.

Codes are compared without regard to case (the clouds write both EndPoint and Endpoint); messages never, since
the API's reference itself says that codes and messages do not correspond one to one.
API: Error Codes, Status Codes (VPCEP); Error Codes (IAM); the gateway's codes.
"""

from __future__ import annotations

import typing as t


class Known(t.NamedTuple):
    """One code: the HTTP status it is tabled with, its class, retry ('yes', 'no' or 'depends'), and a hint.

    Classes: request, auth, lookup, state, conflict, quota, throttle, server.
    """

    status: int
    kind: str
    retry: str
    hint: str


_HICCUP = (
    "A fault inside the cloud, often a passing one: run again later; if it stays, give the request ID to its support."
)
_SUPPORT = "Nothing in the request explains this: give the code and the request ID to the cloud's support."
_BUG = "A request like this should never be sent: please report it with the code and the request ID."
_LOGIN = (
    "The token was not accepted: check that it belongs to this account, project and region, and is not expired or "
    "revoked."
)
_RIGHTS = "Ask the account's administrator for the missing role or policy action."
_USER = "Ask the account's administrator."
_WAIT = "Too many requests: wait a little, run fewer tasks at once, or raise retries."
_NAME = "A service name has at most 16 letters, digits, underscores and hyphens."
_REPLACE = "This cannot be changed on an existing service: use recreate, or leave it as it is."
_DROP = "Leave this option out for this kind of service."
_IN_USE = "Endpoints are still connected or being deleted: list them with vpcep_connection_info and remove them first."
_BODY = "Check the options of this task against the documentation."

CODES: dict[str, Known] = {
    "EndPoint.0001": Known(500, "server", "yes", _HICCUP),
    "EndPoint.0002": Known(
        400,
        "request",
        "no",
        "An option is malformed, missing or not allowed in this combination; the message may name it.",
    ),
    "EndPoint.0003": Known(401, "auth", "depends", _LOGIN + " Missing rights are reported like this, too."),
    "EndPoint.0004": Known(403, "auth", "no", _RIGHTS),
    "EndPoint.0005": Known(404, "lookup", "no", "Check the ID, and that it belongs to this project and region."),
    "EndPoint.0006": Known(400, "request", "no", "limit is 0 to 1000, for permissions 0 to 500."),
    "EndPoint.0007": Known(400, "request", "no", _BUG),
    "EndPoint.0009": Known(
        400, "auth", "no", "The account refuses requests from this address: check its access rules."
    ),
    "EndPoint.0010": Known(400, "request", "no", "offset counts from 0."),
    "EndPoint.0011": Known(504, "request", "no", _BUG + " Or a proxy on the way drops bodies."),
    "EndPoint.0012": Known(504, "request", "no", _BUG + " Or a proxy on the way drops headers."),
    "EndPoint.0013": Known(
        504,
        "server",
        "yes",
        "The cloud ran out of time; whether it did what was asked is not known. Run again: what is there is "
        "found first.",
    ),
    "EndPoint.0014": Known(400, "request", "no", "project_id must be the project of the token or key."),
    "EndPoint.0015": Known(400, "request", "no", "Unknown specification: leave specification_name out."),
    "EndPoint.0016": Known(400, "request", "no", "Too many items in one request: split the list."),
    "EndPoint.0017": Known(
        400, "request", "no", "sort_key is created_at or updated_at; older regions say create_at, update_at."
    ),
    "EndPoint.0018": Known(400, "request", "no", "sort_dir is asc or desc."),
    "EndPoint.0019": Known(400, "request", "no", "Filter by a status the API documents for this list."),
    "EndPoint.0020": Known(400, "request", "no", "vpc_id must be the UUID of a VPC."),
    "EndPoint.0021": Known(400, "request", "no", "marker_id must be the number the cloud gave the endpoint."),
    "EndPoint.0022": Known(400, "throttle", "yes", _WAIT),
    "EndPoint.0023": Known(
        400, "request", "no", "subnet_id must be the ID of the VPC subnet, which is its network ID."
    ),
    "EndPoint.1003": Known(400, "request", "no", _NAME),
    "EndPoint.1004": Known(400, "request", "no", _BODY),
    "EndPoint.1008": Known(400, "server", "depends", _HICCUP),
    "EndPoint.1018": Known(
        400, "quota", "no", "See vpcep_quota_info: delete what is not needed, or ask the cloud for more."
    ),
    "EndPoint.1019": Known(400, "request", "no", "routetables holds IDs of route tables."),
    "EndPoint.2001": Known(400, "lookup", "no", "vpc_id names no VPC of this project and region."),
    "EndPoint.2002": Known(400, "request", "no", "An option is empty that must not be."),
    "EndPoint.2003": Known(
        400,
        "lookup",
        "depends",
        "No such endpoint service: check its ID and region. One created a moment ago may take some seconds.",
    ),
    "EndPoint.2004": Known(
        400,
        "state",
        "depends",
        "The service is not available: wait while it is creating; one that failed has to be made anew by its owner.",
    ),
    "EndPoint.2006": Known(404, "lookup", "no", "Check the endpoint's ID, project and region."),
    "EndPoint.2007": Known(404, "lookup", "no", "Check the endpoint's ID, project and region."),
    "EndPoint.2008": Known(404, "lookup", "no", "The endpoint is gone already."),
    "EndPoint.2009": Known(400, "lookup", "no", "Unknown specification: leave specification_name out."),
    "EndPoint.2010": Known(400, "request", "no", "An endpoint of an interface service needs subnet_id."),
    "EndPoint.2011": Known(400, "request", "no", "An endpoint needs vpc_id."),
    "EndPoint.2012": Known(
        400,
        "auth",
        "depends",
        "The service's owner has to add this account's ID to the permissions; a record added a moment ago "
        "takes some seconds.",
    ),
    "EndPoint.2013": Known(400, "lookup", "no", "The endpoint belongs to another service: check both IDs."),
    "EndPoint.2014": Known(400, "state", "no", "The endpoint is connected already."),
    "EndPoint.2015": Known(400, "state", "no", "The endpoint is frozen: settle the state of the account first."),
    "EndPoint.2016": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2017": Known(400, "request", "no", "The endpoint's ID must be a UUID."),
    "EndPoint.2018": Known(400, "state", "depends", "The endpoint is being deleted: wait until it is gone."),
    "EndPoint.2019": Known(400, "state", "yes", "The endpoint is still being created: run again when it is ready."),
    "EndPoint.2020": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2021": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2022": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2023": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2024": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2025": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2026": Known(400, "server", "depends", _HICCUP),
    "EndPoint.2027": Known(400, "request", "no", _BUG),
    "EndPoint.2028": Known(
        400, "request", "no", "Each element of ports needs client_port, server_port and a protocol."
    ),
    "EndPoint.2029": Known(400, "request", "no", "endpoint_service_id is empty."),
    "EndPoint.2030": Known(404, "request", "no", _BUG),
    "EndPoint.2031": Known(400, "request", "no", _BUG),
    "EndPoint.2033": Known(400, "request", "no", "enable_dns is true or false."),
    "EndPoint.2034": Known(400, "request", "no", "enable_dns is not possible for this service: leave it out."),
    "EndPoint.2035": Known(400, "server", "no", _SUPPORT),
    "EndPoint.2037": Known(400, "request", "no", "subnet_id must be a subnet of vpc_id."),
    "EndPoint.2038": Known(400, "server", "no", _SUPPORT),
    "EndPoint.2039": Known(
        400,
        "conflict",
        "depends",
        "A route table carries one gateway endpoint of a service: use that one, or another route table.",
    ),
    "EndPoint.2040": Known(400, "state", "no", "The endpoint has no route table: give routetables."),
    "EndPoint.2041": Known(400, "request", "no", "port_ip must be an IPv4 address."),
    "EndPoint.2042": Known(400, "conflict", "depends", "port_ip is taken: choose another one, or leave it out."),
    "EndPoint.2043": Known(400, "request", "no", "port_ip must lie in the range of subnet_id."),
    "EndPoint.2044": Known(400, "request", "no", "whitelist holds IPv4 addresses and CIDR blocks."),
    "EndPoint.2045": Known(400, "quota", "no", "Too many whitelist entries: merge them into CIDR blocks."),
    "EndPoint.2046": Known(400, "state", "no", _SUPPORT),
    "EndPoint.2047": Known(400, "state", "no", "The endpoint failed and cannot be changed: use recreate."),
    "EndPoint.2048": Known(
        400, "request", "no", "Check Effect, Action and Resource of policy_statement, at most 10 statements."
    ),
    "EndPoint.2049": Known(400, "state", "no", "The endpoint has no policy; there is nothing to remove."),
    "EndPoint.2050": Known(400, "state", "no", "The endpoint is disabled; only the cloud's support can enable it."),
    "EndPoint.2051": Known(400, "state", "yes", "The cloud is moving the endpoint: run again in a minute."),
    "EndPoint.2052": Known(400, "state", "no", _SUPPORT),
    "EndPoint.3001": Known(400, "server", "depends", _HICCUP),
    "EndPoint.3002": Known(400, "request", "no", "A record of permissions is an account ID, iam:domain::ID, or *."),
    "EndPoint.3003": Known(
        400,
        "request",
        "no",
        "port_id is the port of the backend: of the load balancer's address, or of the server's network card.",
    ),
    "EndPoint.3004": Known(
        400, "request", "no", "Check client_port, server_port and protocol of each element of ports."
    ),
    "EndPoint.3005": Known(400, "state", "depends", _IN_USE),
    "EndPoint.3006": Known(400, "conflict", "depends", _IN_USE),
    "EndPoint.3008": Known(400, "lookup", "no", "port_id names no port of this project and region."),
    "EndPoint.3009": Known(400, "request", "no", "Check the CIDR; 198.19.128.0/17 is used by the cloud itself."),
    "EndPoint.3010": Known(400, "request", "no", "Check the IP address."),
    "EndPoint.3011": Known(400, "request", "no", _DROP),
    "EndPoint.3013": Known(400, "request", "no", _DROP),
    "EndPoint.3014": Known(400, "request", "no", _DROP),
    "EndPoint.3015": Known(400, "request", "no", _DROP),
    "EndPoint.3016": Known(400, "request", "no", _DROP),
    "EndPoint.3017": Known(400, "request", "no", "Check the list of CIDR blocks."),
    "EndPoint.3018": Known(400, "request", "no", _DROP),
    "EndPoint.3021": Known(400, "request", "no", "server_type is LB or VM; VIP and BMS are being given up."),
    "EndPoint.3022": Known(400, "server", "depends", _HICCUP),
    "EndPoint.3023": Known(400, "server", "depends", _HICCUP),
    "EndPoint.3035": Known(400, "request", "no", _BUG),
    "EndPoint.3036": Known(400, "request", "no", _BUG),
    "EndPoint.3040": Known(400, "server", "depends", _HICCUP),
    "EndPoint.3042": Known(400, "request", "no", "port_id must be a port in vpc_id."),
    "EndPoint.3043": Known(400, "request", "no", "Ports are 1 to 65535."),
    "EndPoint.3044": Known(
        400,
        "conflict",
        "depends",
        "Another service with this port_id has the same server_port and protocol: use that service, or another port.",
    ),
    "EndPoint.3045": Known(
        400,
        "state",
        "depends",
        "The service can be changed only while it is available; one that failed has to be made anew.",
    ),
    "EndPoint.3046": Known(400, "conflict", "no", "Another service uses this address."),
    "EndPoint.3048": Known(400, "request", "no", "Unknown kind of backend network."),
    "EndPoint.3049": Known(400, "quota", "no", "Too many permissions: remove old ones, or use *."),
    "EndPoint.3051": Known(400, "request", "no", "vip_port_id must be the port of a virtual IP in this VPC."),
    "EndPoint.3052": Known(400, "request", "no", "Change port_id or ip, not both at once."),
    "EndPoint.3053": Known(400, "request", "no", "Change vip_port_id or ip, not both at once."),
    "EndPoint.3054": Known(400, "state", "no", _REPLACE),
    "EndPoint.3055": Known(400, "state", "no", _REPLACE),
    "EndPoint.3056": Known(400, "quota", "no", "This backend carries as many services as it may: use another one."),
    "EndPoint.3057": Known(400, "state", "no", _REPLACE),
    "EndPoint.3058": Known(400, "request", "no", "Check the domain name."),
    "EndPoint.3059": Known(400, "conflict", "no", "Choose another domain name."),
    "EndPoint.3060": Known(400, "auth", "no", _RIGHTS),
    "EndPoint.3061": Known(400, "quota", "no", "Too many domain names: remove old ones."),
    "EndPoint.3062": Known(
        400, "request", "no", "The service's ID must be a UUID; to find a service by its name use name."
    ),
    "EndPoint.3063": Known(400, "request", "no", "port_id must be the UUID of a port."),
    "EndPoint.3066": Known(400, "request", "no", "A tag needs a key."),
    "EndPoint.3067": Known(400, "request", "no", "A tag key may occur once only."),
    "EndPoint.3068": Known(400, "request", "no", "A tag key or value holds characters this region does not allow."),
    "EndPoint.3069": Known(400, "quota", "no", "Too many tags: at most 20 on an object, in some regions 10."),
    "EndPoint.3070": Known(400, "request", "no", "resource_type is endpoint_service or endpoint."),
    "EndPoint.3071": Known(400, "request", "no", "A value may occur once only in a tag filter."),
    "EndPoint.3072": Known(400, "request", "no", "A tag key is empty or too long for this region."),
    "EndPoint.3073": Known(400, "request", "no", "A tag value is too long for this region."),
    "EndPoint.3074": Known(400, "quota", "no", "A service has at most 200 elements of ports."),
    "EndPoint.3075": Known(400, "request", "no", "The protocol must be TCP."),
    "EndPoint.3076": Known(400, "request", "no", _NAME),
    "EndPoint.4001": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4002": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4003": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4004": Known(
        404, "lookup", "no", "subnet_id names no subnet of this project: it is the VPC subnet's network ID."
    ),
    "EndPoint.4005": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4006": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4007": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4008": Known(404, "lookup", "no", "The network of the subnet or port is not there: check the IDs."),
    "EndPoint.4009": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4010": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4011": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4012": Known(404, "lookup", "no", "port_id names no port of this project and region."),
    "EndPoint.4013": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4014": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4015": Known(400, "lookup", "no", "The VPC's router is not there: check vpc_id."),
    "EndPoint.4016": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4017": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4018": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4019": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4020": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4021": Known(404, "server", "depends", _HICCUP),
    "EndPoint.4025": Known(400, "conflict", "no", _SUPPORT),
    "EndPoint.4026": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4027": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4028": Known(
        400, "server", "depends", "The route table may be full or may hold an overlapping route. " + _HICCUP
    ),
    "EndPoint.4029": Known(400, "server", "depends", _HICCUP),
    "EndPoint.4030": Known(404, "lookup", "no", "routetables names a route table that is not there."),
    "IAM.0001": Known(401, "auth", "depends", "Check username, password and user_domain_name, or the token."),
    "IAM.0002": Known(403, "auth", "no", _RIGHTS),
    "IAM.0003": Known(403, "auth", "no", _RIGHTS),
    "IAM.0004": Known(
        404, "lookup", "no", "IAM does not know this token or project: check project_name, or get a new token."
    ),
    "IAM.0005": Known(409, "conflict", "no", _SUPPORT),
    "IAM.0006": Known(500, "server", "yes", _HICCUP),
    "IAM.0007": Known(400, "request", "no", "Check the names and IDs of user, domain and project."),
    "IAM.0009": Known(400, "request", "no", "The token is malformed: check that it was copied whole."),
    "IAM.0011": Known(400, "request", "no", "Check the names and IDs of user, domain and project."),
    "IAM.0012": Known(429, "throttle", "yes", _WAIT + " Leave token_cache on."),
    "IAM.0020": Known(
        410, "server", "yes", "The login of this region has moved: run again in a minute, or check auth_url."
    ),
    "IAM.0061": Known(
        401,
        "auth",
        "no",
        "The user is locked after failed logins: wait, and do not try again until the password is known to be right.",
    ),
    "IAM.0062": Known(
        401, "auth", "no", "The password is wrong. It is not tried again, since repeated failures lock the user."
    ),
    "IAM.0063": Known(401, "auth", "depends", _LOGIN),
    "IAM.0064": Known(401, "auth", "no", _RIGHTS),
    "IAM.0066": Known(401, "auth", "yes", "The token has expired: get a new one."),
    "IAM.0067": Known(401, "auth", "depends", _LOGIN),
    "IAM.0072": Known(400, "request", "no", "Check that user, domain and project are all given."),
    "IAM.0073": Known(400, "request", "no", "Check the names and IDs of user, domain and project."),
    "IAM.0080": Known(403, "auth", "no", "The user who owns this access key is disabled. " + _USER),
    "IAM.0081": Known(403, "auth", "no", "This user may use the console only, not the API. " + _USER),
    "IAM.0082": Known(403, "auth", "no", "The user is disabled. " + _USER),
    "IAM.0083": Known(403, "auth", "no", "The account may not use this region: choose another one."),
    "IAM.1061": Known(400, "request", "no", "Users with a second factor need a ready token or an access key here."),
    "IAM.1101": Known(400, "request", "no", _BODY),
    "1100": Known(400, "request", "no", "Check that user, domain and project are all given."),
    "APIGW.0101": Known(
        404,
        "lookup",
        "no",
        "The gateway does not know this path: check api_url and region; this cloud may also lack the operation.",
    ),
    "APIGW.0201": Known(500, "server", "yes", _HICCUP),
    "APIGW.0301": Known(
        401, "auth", "depends", "The gateway refused the token or signature: check the keys and this machine's clock."
    ),
    "APIGW.0302": Known(401, "auth", "no", _RIGHTS),
    "APIGW.0303": Known(403, "auth", "no", _RIGHTS),
    "APIGW.0307": Known(401, "auth", "yes", "The token has expired: get a new one."),
    "APIGW.0308": Known(429, "throttle", "yes", _WAIT),
    "APIGW.0601": Known(503, "server", "yes", _HICCUP),
}

STATUSES: dict[int, Known] = {
    400: Known(400, "request", "no", _BODY),
    401: Known(401, "auth", "depends", _LOGIN),
    403: Known(403, "auth", "no", _RIGHTS),
    404: Known(404, "lookup", "no", "Check the ID; if api_url or auth_url is set, check that, too."),
    405: Known(405, "request", "no", "This cloud or region lacks the operation."),
    406: Known(406, "request", "no", _BUG),
    407: Known(407, "auth", "no", "The proxy wants credentials: set HTTPS_PROXY with user and password."),
    408: Known(408, "server", "yes", _HICCUP),
    409: Known(409, "conflict", "depends", "Something else is changing this object: run again."),
    410: Known(410, "server", "no", "What was asked for is gone."),
    413: Known(413, "request", "no", "The request is too large: split the list."),
    429: Known(429, "throttle", "yes", _WAIT),
    500: Known(500, "server", "yes", _HICCUP),
    501: Known(501, "request", "no", "This cloud or region lacks the operation."),
    502: Known(502, "server", "yes", _HICCUP),
    503: Known(503, "server", "yes", _HICCUP),
    504: Known(504, "server", "yes", _HICCUP),
}
"""How an answer is judged whose code is unknown or missing."""

_BY_CODE = {code.lower(): known for code, known in CODES.items()}


def lookup(code: str | None, status: int | None) -> Known | None:
    """What is known about an answer: by its code, else by its status; None for a status nobody documented.

    APIG.0308 is the older writing of APIGW.0308.
    """
    key = (code or "").lower()
    if key.startswith("apig."):
        key = "apigw." + key[5:]
    known = _BY_CODE.get(key)
    if known is None and status is not None:
        known = STATUSES.get(status)
        if known is None and status >= 500:
            known = STATUSES[500]
    return known


def hint(code: str | None, status: int | None) -> str:
    """What a person should do next; an empty text when nothing sensible can be said."""
    known = lookup(code, status)
    return known.hint if known else ""
