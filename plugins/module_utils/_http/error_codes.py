"""Every documented error code: its kind, whether a repeat can help, and the hint for the user.

docs/troubleshooting.md also has the cloud's text of each code. Codes are compared without regard to case (the clouds
write both EndPoint and Endpoint). Messages are never compared: the API reference says that they do not match the codes.

API: Error Codes, Status Codes (VPCEP); Error Codes (IAM); the gateway's codes; Error Codes of VPC, ECS, ELB and DNS.
"""

from __future__ import annotations

import re
import typing as t

from .._core.errors import ApiError


class KnownError(t.NamedTuple):
    """How to treat an error code. retry: 'yes', 'no' or 'depends'; hint: what the user does next."""

    kind: str
    retry: str
    hint: str


# Hints that several entries share.

_TRANSIENT = (
    "A fault inside the cloud, often a temporary one: run the task again later. If it remains, give the code and "
    "the request ID to the cloud's support."
)
_SUPPORT = (
    "No option of the task causes this, and a repeat does not help: give the code and the request ID to the cloud's "
    "support."
)
_BUG = (
    "The modules never send such a request. Look for a proxy that changes requests, or report the error to this "
    "collection with the output of -vvv."
)
_TOKEN = (
    "The token was not accepted: it has expired, was revoked, or belongs to another account or region. Get a new "
    "one (vpcep_token with state absent deletes the cached one), and check auth_url and region."
)
_RIGHTS = (
    "The user lacks a right in this project: ask the account's administrator for the role VPCEndpoint Administrator, "
    "with VPC Administrator, Server Administrator and DNS Administrator."
)
_NO_PATH = (
    "Check api_url (host only, without a path) and region. If both are right, this region lacks the operation: "
    "leave out the option that needs it."
)
_NOT_THERE = "Check id and region; if api_url or auth_url is set, check that, too."
_NO_OPERATION = "This cloud or region lacks the operation: leave out the option that needs it, and check api_url."
_WAIT = "Too many requests at once: run it again a little later, or run fewer tasks at the same time."
_IN_USE = (
    "Endpoints are still connected, or are just being deleted: vpcep_connection_info lists them. Delete them first, "
    "or set force to true to reject them."
)
_SPECIFICATION = "Leave specification_name out: the cloud then uses its own."
_VPC_ID = (
    "Set vpc_id to the ID of a VPC in the project and region of the login, not to its name: look at it in the console, "
    "and check project_name and region."
)
_PORT_IP = (
    "Set port_ip to a free IPv4 address in the range of subnet_id (not its first or last one), or leave it out to get "
    "one."
)
_PORT_ID = (
    "Set port_id to the ID of the backend's network port in this project and region: the port of the load balancer's "
    "private address, or of the server's network card; not the ID of the server, the load balancer or a security "
    "group."
)
_SUBNET_ID = (
    "Set subnet_id to the ID of the VPC's subnet, which the network service also calls its network ID; the Neutron "
    "subnet ID beside it in the console is another one."
)
_WRONG_ID = "Check the IDs in the task: each is a UUID, as the console shows it."
_RULE = (
    "Run the task again: it reads the rules first, and adds none if they admit the ports. If the error remains, "
    "look at the rules of the security group in the console."
)
_NO_ROOM = (
    "If the security group has no room for another rule, delete rules that are not needed, set security_group to "
    "another group of the port, or ask the cloud for a larger quota in the console."
)
_ZONE = (
    "Run the task again. If the error remains, the credentials may not list private zones (right dns:zone:list), or "
    "the zone belongs to another project: associate the VPC with it in the console."
)
_DNS_BUSY = "Another change of the zone or record set is under way: run the task again in a minute."

_TABLE: dict[tuple[str, str], dict[str, str]] = {
    ("auth", "no"): {
        "EndPoint.0004, EndPoint.3060, IAM.0002, IAM.0003, IAM.0064, APIGW.0302, APIGW.0303, VPC.0010, "
        "VPC.2201, VPC.2701, PolicyNotAuthorized, HTTP 403": _RIGHTS,
        "EndPoint.0009": "Run the task on a machine that the account's access rules allow, or ask the administrator "
        "to add the address of this machine.",
        "IAM.0061": "Wait for about a quarter of an hour, and do not try again until username and password are known "
        "to be right: each failure prolongs the lock. The account's administrator can end it.",
        "IAM.0062": "Check username, password and user_domain_name. It is not tried again, since repeated failures "
        "lock the user.",
        "IAM.0080, IAM.0082": "Ask the account's administrator to enable the user, or log in as another one.",
        "IAM.0081": "Ask the account's administrator to allow programmatic access, or log in as another user.",
        "IAM.0083": "Set region to another one, or ask the cloud to open this one for the account.",
        "HTTP 407": "Put user and password into the environment variable HTTPS_PROXY "
        "(http://user:password@host:port), or add the cloud's hosts to NO_PROXY.",
    },
    ("auth", "depends"): {
        "EndPoint.0003": f"{_TOKEN} If others can log in the same way, the user lacks the role VPCEndpoint "
        "Administrator.",
        "EndPoint.2012": "The service's owner has to add this account's ID to permissions, with vpcep_service or "
        "vpcep_permission; a new record takes some seconds.",
        "IAM.0001": "Check username, password and user_domain_name (the name of the account), or the token.",
        "IAM.0063, IAM.0067, VPC.0008, HTTP 401": _TOKEN,
        "APIGW.0301": "Check access_key and secret_key (and security_token of a temporary key), or the token; a "
        "signature also needs the right time on this machine.",
    },
    ("auth", "yes"): {
        "IAM.0066, APIGW.0307": "Get a new token, or give username and password instead: the modules then renew it "
        "themselves."
    },
    ("lookup", "no"): {
        "EndPoint.0005": "Check id (or endpoint_service_id), project_id and region: vpcep_service_info and "
        "vpcep_endpoint_info list what the project has.",
        "EndPoint.2001, EndPoint.4015": _VPC_ID,
        "EndPoint.2006, EndPoint.2007": "Check id, project_id and region: vpcep_endpoint_info lists the endpoints of "
        "the project.",
        "EndPoint.2008": "The endpoint with this id was deleted: leave id out to create another one.",
        "EndPoint.2009": _SPECIFICATION,
        "EndPoint.2013": "Check endpoint_service_id and endpoints: vpcep_connection_info lists the endpoints of a "
        "service.",
        "EndPoint.3008, EndPoint.4012": _PORT_ID,
        "EndPoint.4004": _SUBNET_ID,
        "EndPoint.4008": "Check subnet_id (or port_id) and vpc_id: the network has been deleted, or belongs to "
        "another project or region.",
        "EndPoint.4030": "Set routetables to IDs of route tables of the VPC in vpc_id, or leave it out for the VPC's "
        "default one.",
        "IAM.0004": "Check project_name (or project_id) and region: each region has projects of its own. With a ready "
        "token, get a new one.",
        "VPC.0003": "Check vpc or vpc_id, project_name and region: there is no such VPC in this project.",
        "VPC.0202": "Check subnet or subnet_id, project_name and region: there is no such subnet in this project.",
        "VPC.0603, VPC.0612, VPC.2204, VPC.9904, Ecs.0114, Ecs.0614, ELB.1002, ELB.8904, PortNotFound, "
        "SecurityGroupNotFound": "Check the ID, project_name and region: the object was deleted, or belongs to "
        "another project or region.",
        "DNS.0313": "The record set was deleted in the meantime: run the task again.",
        "APIGW.0101": _NO_PATH,
        "HTTP 404": _NOT_THERE,
    },
    ("lookup", "depends"): {
        "EndPoint.2003": "Check endpoint_service_id: the service has to be in the same region as the endpoint. Its "
        "owner knows its ID; vpcep_service_info lists the services of the project. A new service may take some "
        "seconds."
    },
    ("request", "no"): {
        "EndPoint.0002": "Look for the option in the cloud's message, and compare the task with the examples of "
        "ansible-doc. Options that only some regions have are the likeliest cause: leave them out one by one.",
        "EndPoint.0006, EndPoint.0007, EndPoint.0010, EndPoint.0011, EndPoint.0012, EndPoint.0017, "
        "EndPoint.0018, EndPoint.1004, EndPoint.2027, EndPoint.2030, EndPoint.2031, EndPoint.3014, "
        "EndPoint.3035, EndPoint.3036, IAM.1101, HTTP 406": _BUG,
        "VPC.0002, VPC.0101, VPC.0201, VPC.0601, Ecs.0005, ELB.1003, ELB.8902, InvalidInput": _WRONG_ID,
        "EndPoint.0014, VPC.0007": "Set project_id to the project of the token, or leave it out, and check that "
        "project_name and region belong together: each region has projects of its own.",
        "EndPoint.0015": _SPECIFICATION,
        "EndPoint.0016": "Split the list (of permissions, tags or endpoints) over several tasks.",
        "EndPoint.0019": "Set status to one of those in the module's documentation (ansible-doc).",
        "EndPoint.0020, EndPoint.2011": _VPC_ID,
        "EndPoint.0021": "Set marker_id to the number that vpcep_connection_info shows for the endpoint.",
        "EndPoint.0023": _SUBNET_ID,
        "EndPoint.1003, EndPoint.3076": "Set name to at most 16 letters, digits, underscores and hyphens.",
        "EndPoint.1019": "Set routetables to a list of UUIDs of route tables, or leave it out for the VPC's default "
        "one.",
        "EndPoint.2002": "Look for options of the task whose value is an empty text, such as a variable that was "
        "never set.",
        "EndPoint.2010": "Set subnet_id, and leave routetables out: the service is an interface service, and its "
        "endpoints get an address in a subnet.",
        "EndPoint.2017": "Set id to the endpoint's UUID: vpcep_endpoint_info shows it.",
        "EndPoint.2028, EndPoint.3004, EndPoint.3043, EndPoint.3075": "Give client_port and server_port, numbers from "
        "1 to 65535, in each element of ports, and set protocol to TCP or leave it out.",
        "EndPoint.2029": "Set endpoint_service_id or endpoint_service_name to the service that the endpoint connects "
        "to.",
        "EndPoint.2033": "Set enable_dns to true or false.",
        "EndPoint.2034": "Leave enable_dns out, and use the endpoint's ip.",
        "EndPoint.2037": "Set subnet_id to a subnet of the VPC in vpc_id, or vpc_id to the VPC of the subnet.",
        "EndPoint.2041, EndPoint.2043": _PORT_IP,
        "EndPoint.2044": "Write whitelist with IPv4 addresses such as 192.168.3.7 and ranges such as 192.168.3.0/24; "
        "IPv6 is not possible.",
        "EndPoint.2048": "Check Effect, Action and Resource in each of at most 10 statements of policy_statement, and "
        "that the service allows policies (enable_policy).",
        "EndPoint.3002": "Write each record of permissions as an account ID, as iam:domain::ID, or as *.",
        "EndPoint.3003, EndPoint.3063": _PORT_ID,
        "EndPoint.3009": "Use a VPC or subnet whose range does not overlap with 198.19.128.0/17; vpcep_preflight_info "
        "checks that beforehand.",
        "EndPoint.3010": "Set ip to an IPv4 address such as 192.168.3.7.",
        "EndPoint.3011, EndPoint.3016": "Leave ip out: this kind of service is made without it.",
        "EndPoint.3013, EndPoint.3018": "Leave vpc_id out: this kind of service is made without it.",
        "EndPoint.3015": "Leave port_id out: this kind of service is made without it.",
        "EndPoint.3017": "Write each range like 192.168.3.0/24.",
        "EndPoint.3021": "Set server_type to LB for a load balancer or VM for a server; VIP and BMS are deprecated.",
        "EndPoint.3042": "Set vpc_id to the VPC of the port in port_id, or port_id to a port of that VPC.",
        "EndPoint.3048": "If pool_id or snat_network_id is set, leave it out.",
        "EndPoint.3051": "Set vip_port_id to the ID of the port of a virtual IP address in the VPC of vpc_id, or "
        "leave it out.",
        "EndPoint.3052, EndPoint.3053": "Change ip in one task, and port_id or vip_port_id in another.",
        "EndPoint.3058": _SUPPORT,
        "EndPoint.3062": "Set endpoint_service_id to the service's UUID; to find a service by its name use "
        "endpoint_service_name.",
        "EndPoint.3066": "Give each element of tags a key.",
        "EndPoint.3067": "Give each key in tags once.",
        "EndPoint.3068": "Write tags with letters, digits, blanks and _ . : = + - @ only. Some regions allow fewer "
        "characters.",
        "EndPoint.3070": "Set resource_type to endpoint_service or endpoint.",
        "EndPoint.3071": "Give each value in tags once.",
        "EndPoint.3072": "Shorten the keys in tags: 36 characters are allowed everywhere, 128 in some regions.",
        "EndPoint.3073": "Shorten the values in tags: 43 characters are allowed everywhere, 255 in some regions.",
        "IAM.0007, IAM.0011, IAM.0072, IAM.0073, 1100": "Give username, user_domain_name (the name of the account) "
        "and project_name (or region), each as the console shows it under My Credentials.",
        "IAM.0009": "Check that token was copied whole, without blanks or line breaks, or leave it out and give "
        "username and password.",
        "IAM.1061": "Give a new passcode: each is valid for half a minute and for one login. An access key "
        "(access_key, secret_key) needs none.",
        "HTTP 400": "Look for the option in the cloud's message, and compare the task with the examples of "
        "ansible-doc.",
        "HTTP 405, HTTP 501": _NO_OPERATION,
        "HTTP 413": "Split the list in the task over several tasks.",
    },
    ("state", "no"): {
        "EndPoint.2014": "Nothing is left to do for an endpoint in this state.",
        "EndPoint.2015": "Settle the state of the account in the console, then run the task again.",
        "EndPoint.2040": "Set routetables to the route tables that get a route to the service; only gateway endpoints "
        "have them.",
        "EndPoint.2046, EndPoint.2052": _SUPPORT,
        "EndPoint.2047": "Its owner has to set recreate to true, which replaces it, or delete it with state absent.",
        "EndPoint.2049": "There is no policy to remove: leave policy_document out.",
        "EndPoint.2050": "Only the cloud's support can enable it: give it the endpoint's ID.",
        "EndPoint.3054, EndPoint.3055, EndPoint.3057": "An existing service keeps this: set recreate to true to "
        "replace it (its connections break), or set the option to what vpcep_service_info shows.",
    },
    ("state", "depends"): {
        "EndPoint.2004": "vpcep_service_info shows its status to its owner: wait while it is creating; if it has "
        "failed, its owner has to replace it (recreate).",
        "DNS.0021, DNS.0209, DNS.0314": _DNS_BUSY,
        "EndPoint.2018": "Run the task again when vpcep_endpoint_info no longer shows it.",
        "EndPoint.3005": _IN_USE,
        "EndPoint.3045": "Run the task again when vpcep_service_info shows it as available; set recreate to true if "
        "it has failed.",
    },
    ("state", "yes"): {
        "EndPoint.2019": "Run the task again when vpcep_endpoint_info shows another status than creating, or leave "
        "wait on.",
        "EndPoint.2051": "Run the task again in a minute.",
    },
    ("conflict", "no"): {
        "EndPoint.3046": "Set ip to an address that no other service has: vpcep_service_info shows theirs.",
        "EndPoint.3059, EndPoint.4025": _SUPPORT,
        "IAM.0005": "Run the task again. If the error remains, give the code and the request ID to the cloud's "
        "support.",
    },
    ("conflict", "depends"): {
        "EndPoint.2039": "Use that endpoint (vpcep_endpoint_info with vpc_id finds it), or set routetables to another "
        "route table.",
        "EndPoint.2042": _PORT_IP,
        "EndPoint.3006": _IN_USE,
        "EndPoint.3044": "Set id to the ID of that service (vpcep_service_info shows it), also to rename it, or "
        "set another server_port in ports.",
        "VPC.9902, SecurityGroupRuleExists": _RULE,
        "VPC.0602": f"{_RULE} {_NO_ROOM}",
        "DNS.0208, DNS.0212": _ZONE,
        "DNS.0312": "Run the task again. If the error remains, set dns_name to another name, or delete the record "
        "set, which the right dns:recordset:list shows.",
        "HTTP 409": "Run the task again when the other change is done.",
    },
    ("quota", "no"): {
        "EndPoint.1018": "vpcep_quota_info shows the quota: delete what is not needed (rejected and failed endpoints "
        "count, too), or ask the cloud for a larger one in the console.",
        "VPC.9905, OverQuota": _NO_ROOM,
        "EndPoint.2045": "Combine the addresses of whitelist into fewer, larger ranges.",
        "EndPoint.3049": "Remove records that are not needed from permissions, or allow all accounts with * and "
        "accept each endpoint yourself (approval_enabled).",
        "EndPoint.3056": "Put more elements into ports of an existing service instead of a new one, or set port_id to "
        "another backend.",
        "EndPoint.3061": _SUPPORT,
        "EndPoint.3069": "An object can have 20 tags, in some regions 10. purge_tags first removes tags that are "
        "not in the task.",
        "EndPoint.3074": "Spread the elements of ports over several services.",
    },
    ("throttle", "yes"): {
        "EndPoint.0022, APIGW.0308, HTTP 429": _WAIT,
        "IAM.0012": f"{_WAIT} Leave token_cache on, so that one login serves all tasks.",
    },
    ("server", "no"): {
        "EndPoint.2035": _SUPPORT,
        "EndPoint.2038": "If pool_id is set, leave it out. Otherwise give the code and the request ID to the "
        "cloud's support.",
        "HTTP 410": "Check id, and auth_url if the login failed.",
    },
    ("server", "depends"): {
        "EndPoint.1008, EndPoint.2020, EndPoint.2021, EndPoint.2022, EndPoint.2023, EndPoint.2024, "
        "EndPoint.2025, EndPoint.2026, EndPoint.3022, EndPoint.3023, EndPoint.3040, EndPoint.4001, "
        "EndPoint.4002, EndPoint.4003, EndPoint.4005, EndPoint.4006, EndPoint.4007, EndPoint.4009, "
        "EndPoint.4011, EndPoint.4013, EndPoint.4014, EndPoint.4016, EndPoint.4017, EndPoint.4018, "
        "EndPoint.4019, EndPoint.4020, EndPoint.4021, EndPoint.4026, EndPoint.4027, EndPoint.4029": _TRANSIENT,
        "EndPoint.2016": "The subnet of subnet_id may be full: use another one, or delete what is not needed in it. "
        "If it is not, the cloud lacks addresses: run the task again later, or ask its support.",
        "EndPoint.3001, EndPoint.4010": "The subnet or the account's quota of ports may be full: look at both in the "
        "console. If they are not, run the task again later.",
        "EndPoint.4028": "The route table may be full, or hold a route that overlaps: look at it in the console, or "
        "set routetables to another one. If it is not, run the task again later.",
    },
    ("server", "yes"): {
        "EndPoint.0001, IAM.0006, APIGW.0201, APIGW.0601, HTTP 408, HTTP 500, HTTP 502, HTTP 503, HTTP 504": _TRANSIENT,
        "EndPoint.0013": "Run the task again: it first looks for what exists, and creates nothing twice.",
        "IAM.0020": "Run the task again in a minute. If the error remains, check auth_url.",
    },
}
"""Kind and retry -> codes -> hint. An HTTP status stands for all answers of this status whose code is not listed."""

CODES = {
    code: KnownError(kind, retry, hint)
    for (kind, retry), hints in _TABLE.items()
    for codes, hint in hints.items()
    for code in codes.split(", ")
}

_BY_CODE = {code.lower(): known for code, known in CODES.items()}


def lookup(code: str | None, status: int | None) -> KnownError | None:
    """The entry of a code, else of the status; None for a status below 500 that is not documented."""
    key = re.sub(r"^apig\.", "apigw.", (code or "").lower())  # the older spelling
    known = _BY_CODE.get(key) or _BY_CODE.get(f"http {status}")
    if known is None and status is not None and status >= 500:
        return CODES["HTTP 500"]
    return known


_NOT_IAM = "Check auth_url and region: this does not look like IAM."
_IAM_HINTS = {
    _RIGHTS: "IAM does not allow this to the user: ask the account's administrator for a role in the project.",
    _NOT_THERE: "Check auth_url, project_name (or project_id) and region.",
    _NO_PATH: _NOT_IAM,
    _NO_OPERATION: _NOT_IAM,
}

SERVICE_HINTS: dict[str, dict[str, str]] = {
    "iam": _IAM_HINTS,
    "projects": {
        **_IAM_HINTS,
        _RIGHTS: "The user of the access key may not list projects: give project_id, which the console shows under My "
        "Credentials.",
    },
    "vpc": {
        _RIGHTS: "The user may not do this in the network service: ask the administrator for VPC ReadOnlyAccess, "
        "and for VPC FullAccess to change security group rules. The role VPC Administrator does not show them.",
        _NOT_THERE: "Check the IDs of VPC, subnet and port, project_name and region.",
        _NO_PATH: "This region lacks the operation, or the network service is elsewhere: see network_url.",
        _NO_OPERATION: "The network service of this region lacks the operation.",
    },
    **{
        service: {
            _RIGHTS: f"The user may not use {title} in this project: ask the account's administrator for a policy that "
            f"allows the action ({service}:...).",
            _NOT_THERE: "Check the ID, project_name and region.",
            _NO_PATH: f"This region lacks the operation, or {title} is elsewhere: see network_url.",
            _NO_OPERATION: f"{title} of this region lacks the operation.",
        }
        for service, title in (("ecs", "Elastic Cloud Server"), ("elb", "Elastic Load Balance"), ("dns", "DNS"))
    },
}
"""Hints that replace those above if another service answered: IAM, its list of projects, or a network service."""


def hint(code: str | None, status: int | None, service: str = "vpcep") -> str:
    """What the user does next; empty for an unknown error. service: vpcep, or one of SERVICE_HINTS."""
    known = lookup(code, status)
    text = known.hint if known else ""
    return SERVICE_HINTS.get(service, {}).get(text, text)


def fit_hint(error: ApiError, service: str) -> None:
    """Replace the hint of an error by the one for the service that answered, unless it is a special hint."""
    if error.hint == hint(error.code, error.status):
        error.hint = hint(error.code, error.status, service)
