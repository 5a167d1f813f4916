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

if t.TYPE_CHECKING:
    from .._core.errors import ApiError


class Known(t.NamedTuple):
    """One code: the HTTP status it is tabled with, its class, retry ('yes', 'no' or 'depends'), a meaning and a hint.

    Classes: request, auth, lookup, state, conflict, quota, throttle, server.
    meaning: what is wrong, in our words; hint: which option or module to turn to, and what to do next.
    """

    status: int
    kind: str
    retry: str
    meaning: str
    hint: str


# Advice that several codes have in common, since they mean the same to whoever gets them.

_HICCUP = (
    "A fault inside the cloud, often a passing one, and nothing that an option could change: run the task again later; "
    "if it stays, give code and request ID to the cloud's support."
)
_SUPPORT = (
    "No option of the task leads to this, and a repeat does not help: give code and request ID to the cloud's support."
)
_BUG = (
    "The modules never send such a request: look for a proxy that changes requests, else report it to this "
    "collection with the output of -vvv."
)
_TOKEN = (
    "The token was not accepted: it has expired, was revoked, or is of another account or region. Get a new one "
    "(vpcep_token with state absent forgets the kept one), and check auth_url and region."
)
_RIGHTS = (
    "The user lacks a right in this project: ask the account's administrator for the role VPCEndpoint Administrator, "
    "with VPC Administrator, Server Administrator and DNS Administrator beside it."
)
_NO_PATH = (
    "Check api_url (host only, without a path) and region; if both are right, this region lacks the operation: leave "
    "out the option that asks for it."
)
_NOT_THERE = "Check id and region; if api_url or auth_url is set, check that, too."
_NO_OPERATION = "This cloud or region lacks the operation: leave out the option that asks for it, and check api_url."
_WAIT = "Too many requests at once: run it again a little later, or run fewer tasks at the same time."
_NAME = "Set name to at most 16 letters, digits, underscores and hyphens."
_FIXED = (
    "This cannot be changed on an existing service: set recreate to true to have it replaced (its connections break), "
    "or set the option to what vpcep_service_info shows."
)
_DROP = "Leave {} out: this kind of service is made without it."
_IN_USE = (
    "Endpoints are still connected, or are just being deleted: vpcep_connection_info lists them. Delete them first, or "
    "set force to true to reject them."
)
_ENDPOINT_ID = "Check id, project_id and region: vpcep_endpoint_info lists the endpoints of the project."
_SERVICE_ID = (
    "Check endpoint_service_id: the service has to be in the same region as the endpoint, and its owner knows its ID; "
    "own ones are listed by vpcep_service_info. One created a moment ago may take some seconds."
)
_SPECIFICATION = "Leave specification_name out: the cloud then takes the one that it has."
_PORT_ID = (
    "Set port_id to the ID of the backend's network port in this project and region: the port of the load balancer's "
    "private address, or of the server's network card; not the ID of the server, the load balancer or a security group."
)
_SUBNET_ID = (
    "Set subnet_id to the ID of the VPC's subnet, which the network service also calls its network ID; the Neutron "
    "subnet ID beside it in the console does not do."
)
_VPC_ID = (
    "Set vpc_id to the ID of a VPC in the project and region of the login: look at it in the console, and check "
    "project_name and region."
)
_USER_BLOCKED = "Ask the account's administrator to enable the user, or log in as another one."
_LOGIN_BODY = (
    "Give username, user_domain_name (the name of the account) and project_name (or region), each as the "
    "console shows it under My Credentials."
)
_TAG_TEXT = "Write tags with letters, digits, blanks and _ . : = + - @ only; some regions allow fewer."

# fmt: off
# A table: a code, a line or a few. Formatted, it would be a column of a thousand lines.

CODES: dict[str, Known] = {
    "EndPoint.0001": Known(500, "server", "yes", "Something failed inside the service.", _HICCUP),
    "EndPoint.0002": Known(
        400, "request", "no",
        "An option is malformed, missing, or not allowed together with the others.",
        "Look for the option in the cloud's message, and compare the task with the examples of ansible-doc; "
        "options that only some regions have are the likeliest cause: leave them out one by one."),
    "EndPoint.0003": Known(
        401, "auth", "depends",
        "Token or signature were not accepted; a lack of rights is told like this, too.",
        _TOKEN + " If others can log in the same way, the user lacks the role VPCEndpoint Administrator."),
    "EndPoint.0004": Known(
        403, "auth", "no", "The user is known, but is not allowed to do this in this project.",
        _RIGHTS),
    "EndPoint.0005": Known(
        404, "lookup", "no", "There is no object with this ID.",
        "Check id (or endpoint_service_id), project_id and region: vpcep_service_info and vpcep_endpoint_info "
        "list what the project has."),
    "EndPoint.0006": Known(400, "request", "no", "The page size asked for is out of range.", _BUG),
    "EndPoint.0007": Known(400, "request", "no", "An action has a name that the service does not know.", _BUG),
    "EndPoint.0009": Known(
        400, "auth", "no",
        "The account accepts requests from some addresses only, and this machine has another one.",
        "Run the task on a machine that the account's access rules allow, or ask the administrator to add this "
        "one's address."),
    "EndPoint.0010": Known(400, "request", "no", "The place in a list to go on from is no number.", _BUG),
    "EndPoint.0011": Known(504, "request", "no", "The request arrived without its body.", _BUG),
    "EndPoint.0012": Known(504, "request", "no", "The request arrived without its headers.", _BUG),
    "EndPoint.0013": Known(
        504, "server", "yes",
        "The service ran out of time; whether it did what was asked is not known.",
        "Run the task again: it looks for what is there first, and makes nothing twice."),
    "EndPoint.0014": Known(
        400, "request", "no", "The project asked for is not the one that the token or key is for.",
        "Set project_id to the project of the token, or leave it out, and check that project_name and region "
        "belong together: each region has projects of its own."),
    "EndPoint.0015": Known(400, "request", "no", "There is no such specification.", _SPECIFICATION),
    "EndPoint.0016": Known(
        400, "request", "no", "One request was about too many objects.",
        "Split the list (of permissions, tags or endpoints) over several tasks."),
    "EndPoint.0017": Known(400, "request", "no", "The list cannot be sorted by this.", _BUG),
    "EndPoint.0018": Known(400, "request", "no", "The list cannot be sorted in this direction.", _BUG),
    "EndPoint.0019": Known(
        400, "request", "no", "The list cannot be filtered by this status.",
        "Set status to one of those in the module's documentation (ansible-doc)."),
    "EndPoint.0020": Known(
        400, "request", "no", "The VPC's ID is malformed.",
        "Set vpc_id to the UUID of a VPC, not to its name."),
    "EndPoint.0021": Known(
        400, "request", "no", "The number of a connection is malformed.",
        "Set marker_id to the number that vpcep_connection_info shows for the endpoint."),
    "EndPoint.0022": Known(400, "throttle", "yes", "Too many requests were sent in a short time.", _WAIT),
    "EndPoint.0023": Known(400, "request", "no", "The subnet's ID is malformed.", _SUBNET_ID),
    "EndPoint.1003": Known(400, "request", "no", "The service's name breaks the rules for names.", _NAME),
    "EndPoint.1004": Known(400, "request", "no", "The service does not understand the request.", _BUG),
    "EndPoint.1008": Known(
        400, "server", "depends", "The service could not log in to the cloud's IAM itself.",
        _HICCUP),
    "EndPoint.1018": Known(
        400, "quota", "no", "The account has as many services or endpoints as it may have.",
        "vpcep_quota_info shows the quota: delete what is not needed (rejected and failed endpoints count, too), "
        "or ask the cloud for a larger one in the console."),
    "EndPoint.1019": Known(
        400, "request", "no", "The ID of a route table is malformed.",
        "Set routetables to a list of UUIDs of route tables, or leave it out for the VPC's default one."),
    "EndPoint.2001": Known(400, "lookup", "no", "There is no such VPC in this project.", _VPC_ID),
    "EndPoint.2002": Known(
        400, "request", "no", "An option that is needed is empty.",
        "Look for options of the task whose value is an empty text, such as a variable that was never set."),
    "EndPoint.2003": Known(400, "lookup", "depends", "There is no such endpoint service in this region.", _SERVICE_ID),
    "EndPoint.2004": Known(
        400, "state", "depends", "The endpoint service exists, but cannot be connected to.",
        "vpcep_service_info shows its status to its owner: wait while it is creating; one that has failed its "
        "owner has to replace (recreate)."),
    "EndPoint.2006": Known(404, "lookup", "no", "There is no such endpoint in this project.", _ENDPOINT_ID),
    "EndPoint.2007": Known(404, "lookup", "no", "Nothing is known of this endpoint.", _ENDPOINT_ID),
    "EndPoint.2008": Known(
        404, "lookup", "no", "The endpoint has been deleted.",
        "The endpoint of this id is gone: leave id out to have another one created."),
    "EndPoint.2009": Known(400, "lookup", "no", "Nothing is known of this specification.", _SPECIFICATION),
    "EndPoint.2010": Known(
        400, "request", "no", "The endpoint needs a subnet, and none is given.",
        "Set subnet_id, and leave routetables out: the service is an interface service, and its endpoints get an "
        "address in a subnet."),
    "EndPoint.2011": Known(
        400, "request", "no", "The endpoint needs a VPC, and none is given.",
        "Set vpc_id to the ID of the VPC that is to be connected."),
    "EndPoint.2012": Known(
        400, "auth", "depends", "The account is not on the whitelist of the service.",
        "The service's owner has to add this account's ID to permissions, with vpcep_service or vpcep_permission; "
        "a record added a moment ago takes some seconds."),
    "EndPoint.2013": Known(
        400, "lookup", "no", "The endpoint belongs to another service.",
        "Check endpoint_service_id and endpoints: vpcep_connection_info lists the endpoints of a service."),
    "EndPoint.2014": Known(
        400, "state", "no", "The endpoint is accepted already.",
        "There is nothing left to do for endpoints in this state."),
    "EndPoint.2015": Known(
        400, "state", "no",
        "The endpoint is frozen, usually because of the account's balance or a violation.",
        "Settle the state of the account in the console, then run the task again."),
    "EndPoint.2016": Known(
        400, "server", "depends", "There is no free address for the endpoint.",
        "The subnet of subnet_id may be full: use another one, or delete what is not needed in it. If it is not, "
        "the cloud lacks addresses: run the task again later, or ask its support."),
    "EndPoint.2017": Known(
        400, "request", "no", "The endpoint's ID is malformed.",
        "Set id to the endpoint's UUID: vpcep_endpoint_info shows it."),
    "EndPoint.2018": Known(
        400, "state", "depends", "The endpoint is being deleted.",
        "Wait until vpcep_endpoint_info does not show it any more, then run the task again."),
    "EndPoint.2019": Known(
        400, "state", "yes", "The endpoint is still being created.",
        "Run the task again when vpcep_endpoint_info shows another status than creating, or leave wait on."),
    "EndPoint.2020": Known(
        400, "server", "depends", "The cloud does not find the hardware address of a router.",
        _HICCUP),
    "EndPoint.2021": Known(400, "server", "depends", "The cloud could not read the VPC.", _HICCUP),
    "EndPoint.2022": Known(400, "server", "depends", "The cloud could not create the endpoint.", _HICCUP),
    "EndPoint.2023": Known(400, "server", "depends", "The cloud does not find an address range of its own.", _HICCUP),
    "EndPoint.2024": Known(400, "server", "depends", "The cloud does not find a network of its own.", _HICCUP),
    "EndPoint.2025": Known(400, "server", "depends", "The cloud does not find the endpoint's port.", _HICCUP),
    "EndPoint.2026": Known(
        400, "server", "depends", "The cloud does not find the number of the virtual network.",
        _HICCUP),
    "EndPoint.2027": Known(
        400, "request", "no", "A decision about an endpoint is neither to accept nor to reject it.",
        _BUG),
    "EndPoint.2028": Known(
        400, "request", "no", "A port mapping lacks a port or a protocol.",
        "Give client_port and server_port in each element of ports."),
    "EndPoint.2029": Known(
        400, "request", "no", "The endpoint needs a service, and none is given.",
        "Set endpoint_service_id or endpoint_service_name to the service that the endpoint is to connect to."),
    "EndPoint.2030": Known(404, "request", "no", "The number of a connection is empty.", _BUG),
    "EndPoint.2031": Known(400, "request", "no", "One decision is about one endpoint only.", _BUG),
    "EndPoint.2033": Known(
        400, "request", "no", "The switch for a DNS name is neither true nor false.",
        "Set enable_dns to true or false."),
    "EndPoint.2034": Known(
        400, "request", "no", "Endpoints of this service cannot have a DNS name.",
        "Leave enable_dns out, and use the endpoint's ip."),
    "EndPoint.2035": Known(400, "server", "no", "The service's own settings for DNS names are wrong.", _SUPPORT),
    "EndPoint.2037": Known(
        400, "request", "no", "The subnet is in another VPC.",
        "Set subnet_id to a subnet of the VPC in vpc_id, or vpc_id to the VPC of the subnet."),
    "EndPoint.2038": Known(
        400, "server", "no", "The cloud's pool of resources for this is missing.",
        "If pool_id is set, leave it out; else give code and request ID to the cloud's support."),
    "EndPoint.2039": Known(
        400, "conflict", "depends",
        "The route table has a gateway endpoint of this service already.",
        "Use that endpoint (vpcep_endpoint_info with vpc_id finds it), or set routetables to another route table."),
    "EndPoint.2040": Known(
        400, "state", "no", "The endpoint has no route table.",
        "Set routetables to the route tables that are to lead to the service; only gateway endpoints have some."),
    "EndPoint.2041": Known(
        400, "request", "no", "The address for the endpoint is malformed.",
        "Set port_ip to an IPv4 address, or leave it out to get one."),
    "EndPoint.2042": Known(
        400, "conflict", "depends", "The address for the endpoint is taken.",
        "Set port_ip to a free address of the subnet, or leave it out to get one."),
    "EndPoint.2043": Known(
        400, "request", "no", "The address for the endpoint is outside its subnet.",
        "Set port_ip to an address in the range of subnet_id (not its first or last one), or leave it out to get "
        "one."),
    "EndPoint.2044": Known(
        400, "request", "no",
        "The endpoint's access list has an entry that is no IPv4 address or range.",
        "Write whitelist with IPv4 addresses such as 192.168.3.7 and ranges such as 192.168.3.0/24; IPv6 is not "
        "possible."),
    "EndPoint.2045": Known(
        400, "quota", "no", "The endpoint's access list is too long.",
        "Put the addresses of whitelist together in fewer, larger ranges."),
    "EndPoint.2046": Known(
        400, "state", "no", "An endpoint with a fixed hardware address cannot be changed.",
        _SUPPORT),
    "EndPoint.2047": Known(
        400, "state", "no", "The endpoint has failed, and cannot be changed.",
        "Set recreate to true to have it replaced, or delete it with state absent; its owner has to do that."),
    "EndPoint.2048": Known(
        400, "request", "no", "The endpoint's policy is malformed.",
        "Check Effect, Action and Resource in each of at most 10 statements of policy_statement, and that the "
        "service allows policies (enable_policy)."),
    "EndPoint.2049": Known(
        400, "state", "no", "The endpoint has no policy.",
        "There is no policy to remove: leave policy_document out."),
    "EndPoint.2050": Known(
        400, "state", "no", "The endpoint has been disabled by the cloud.",
        "Only the cloud's support can enable it: give it the endpoint's ID."),
    "EndPoint.2051": Known(400, "state", "yes", "The cloud is moving the endpoint.", "Run the task again in a minute."),
    "EndPoint.2052": Known(400, "state", "no", "There is nothing to roll back.", _SUPPORT),
    "EndPoint.3001": Known(
        400, "server", "depends", "The cloud could not create a network port.",
        "The subnet or the account's quota of ports may be full: look at both in the console. If they are not, "
        "run the task again later."),
    "EndPoint.3002": Known(
        400, "request", "no", "A whitelist record is malformed.",
        "Write each record of permissions as an account ID, as iam:domain::ID, or as *."),
    "EndPoint.3003": Known(
        400, "request", "no", "The backend's port does not exist, or cannot carry a service.",
        _PORT_ID),
    "EndPoint.3004": Known(
        400, "request", "no", "A port mapping is malformed.",
        "Check client_port, server_port and protocol of each element of ports: numbers from 1 to 65535, and TCP."),
    "EndPoint.3005": Known(400, "state", "depends", "The service could not be deleted.", _IN_USE),
    "EndPoint.3006": Known(400, "conflict", "depends", "The service is in use by endpoints.", _IN_USE),
    "EndPoint.3008": Known(400, "lookup", "no", "There is no such port in this project.", _PORT_ID),
    "EndPoint.3009": Known(
        400, "request", "no",
        "An address range is malformed, or overlaps with one that the cloud uses itself.",
        "Use a VPC or subnet whose range does not overlap with 198.19.128.0/17; vpcep_preflight_info checks that "
        "beforehand."),
    "EndPoint.3010": Known(
        400, "request", "no", "An IP address is malformed.",
        "Set ip to an IPv4 address such as 192.168.3.7."),
    "EndPoint.3011": Known(400, "request", "no", "A service of this kind takes no address.", _DROP.format("ip")),
    "EndPoint.3013": Known(400, "request", "no", "A service of this kind takes no VPC.", _DROP.format("vpc_id")),
    "EndPoint.3014": Known(400, "request", "no", "A service of this kind takes no address range.", _BUG),
    "EndPoint.3015": Known(
        400, "request", "no", "A service of this kind takes no backend port.",
        _DROP.format("port_id")),
    "EndPoint.3016": Known(400, "request", "no", "A gateway service takes no address.", _DROP.format("ip")),
    "EndPoint.3017": Known(
        400, "request", "no", "A list of address ranges is malformed.",
        "Write each range like 192.168.3.0/24."),
    "EndPoint.3018": Known(400, "request", "no", "A gateway service takes no VPC.", _DROP.format("vpc_id")),
    "EndPoint.3021": Known(
        400, "request", "no", "There is no such kind of backend.",
        "Set server_type to LB for a load balancer or VM for a server; VIP and BMS are being given up."),
    "EndPoint.3022": Known(400, "server", "depends", "The cloud could not create a network of its own.", _HICCUP),
    "EndPoint.3023": Known(400, "server", "depends", "The cloud could not create a subnet of its own.", _HICCUP),
    "EndPoint.3035": Known(400, "request", "no", "A change of the whitelist neither adds nor removes.", _BUG),
    "EndPoint.3036": Known(400, "request", "no", "A change of the whitelist names no record.", _BUG),
    "EndPoint.3040": Known(400, "server", "depends", "The cloud could not note down how to undo a change.", _HICCUP),
    "EndPoint.3042": Known(
        400, "request", "no", "The backend's port is in another VPC.",
        "Set vpc_id to the VPC of the port in port_id, or port_id to a port of that VPC."),
    "EndPoint.3043": Known(
        400, "request", "no", "A port number is out of range.",
        "Set client_port and server_port to numbers from 1 to 65535."),
    "EndPoint.3044": Known(
        400, "conflict", "depends",
        "Another service has this backend port with the same server port and protocol.",
        "Set id to that service's (vpcep_service_info lists them), also to rename it; or set another server_port in "
        "ports."),
    "EndPoint.3045": Known(
        400, "state", "depends", "The service cannot be changed in its present status.",
        "Run the task again when vpcep_service_info shows it as available; set recreate to true if it has failed."),
    "EndPoint.3046": Known(
        400, "conflict", "no", "Another service has this address.",
        "Set ip to an address that no other service has: vpcep_service_info shows theirs."),
    "EndPoint.3048": Known(
        400, "request", "no", "There is no such kind of backend network.",
        "If pool_id or snat_network_id is set, leave it out."),
    "EndPoint.3049": Known(
        400, "quota", "no", "The service's whitelist is too long.",
        "Remove records that are not needed from permissions, or allow everybody with * and decide about each "
        "endpoint (approval_enabled)."),
    "EndPoint.3051": Known(
        400, "request", "no", "The port of a virtual IP cannot be used.",
        "Set vip_port_id to the ID of the port of a virtual IP address in the VPC of vpc_id, or leave it out."),
    "EndPoint.3052": Known(
        400, "request", "no", "Backend port and address cannot be changed at the same time.",
        "Change port_id and ip in two tasks."),
    "EndPoint.3053": Known(
        400, "request", "no", "Virtual IP and address cannot be changed at the same time.",
        "Change vip_port_id and ip in two tasks."),
    "EndPoint.3054": Known(400, "state", "no", "The backend port of this service is fixed.", _FIXED),
    "EndPoint.3055": Known(400, "state", "no", "The address of this service is fixed.", _FIXED),
    "EndPoint.3056": Known(
        400, "quota", "no", "The backend carries as many services as it may.",
        "Put more elements into ports of an existing service instead of a new one, or set port_id to another "
        "backend."),
    "EndPoint.3057": Known(400, "state", "no", "The address range of this service is fixed.", _FIXED),
    "EndPoint.3058": Known(400, "request", "no", "A domain name is malformed.", _SUPPORT),
    "EndPoint.3059": Known(400, "conflict", "no", "The domain name exists already.", _SUPPORT),
    "EndPoint.3060": Known(400, "auth", "no", "The user may not add domain names.", _RIGHTS),
    "EndPoint.3061": Known(400, "quota", "no", "There are too many domain names.", _SUPPORT),
    "EndPoint.3062": Known(
        400, "request", "no", "The service's ID is malformed.",
        "Set endpoint_service_id to the service's UUID; to find a service by its name use endpoint_service_name."),
    "EndPoint.3063": Known(400, "request", "no", "The backend port's ID is malformed.", _PORT_ID),
    "EndPoint.3066": Known(400, "request", "no", "A tag has no key.", "Give each element of tags a key."),
    "EndPoint.3067": Known(400, "request", "no", "A tag key occurs twice.", "Give each key in tags once."),
    "EndPoint.3068": Known(400, "request", "no", "A tag has characters that this region does not allow.", _TAG_TEXT),
    "EndPoint.3069": Known(
        400, "quota", "no", "The object has as many tags as it may have.",
        "Keep tags to 20 on an object, in some regions 10; with purge_tags those that are not in the task go "
        "first."),
    "EndPoint.3070": Known(
        400, "request", "no", "Tags and quotas know no such kind of object.",
        "Set resource_type to endpoint_service or endpoint."),
    "EndPoint.3071": Known(
        400, "request", "no", "A search by tags has the same value twice.",
        "Give each value in tags once."),
    "EndPoint.3072": Known(
        400, "request", "no", "A tag key is empty or too long.",
        "Shorten the keys in tags: 36 characters are allowed everywhere, 128 in some regions."),
    "EndPoint.3073": Known(
        400, "request", "no", "A tag value is too long.",
        "Shorten the values in tags: 43 characters are allowed everywhere, 255 in some regions."),
    "EndPoint.3074": Known(
        400, "quota", "no", "The service has more than 200 port mappings.",
        "Spread the elements of ports over several services."),
    "EndPoint.3075": Known(
        400, "request", "no", "The protocol is not supported.",
        "Set protocol in each element of ports to TCP, or leave it out."),
    "EndPoint.3076": Known(400, "request", "no", "The service's name breaks the rules for names.", _NAME),
    "EndPoint.4001": Known(400, "server", "depends", "The cloud could not read the subnet.", _HICCUP),
    "EndPoint.4002": Known(400, "server", "depends", "The cloud could not create a subnet.", _HICCUP),
    "EndPoint.4003": Known(400, "server", "depends", "The cloud could not delete a subnet.", _HICCUP),
    "EndPoint.4004": Known(404, "lookup", "no", "There is no such subnet in this project.", _SUBNET_ID),
    "EndPoint.4005": Known(400, "server", "depends", "The cloud could not read the network.", _HICCUP),
    "EndPoint.4006": Known(400, "server", "depends", "The cloud could not create a network.", _HICCUP),
    "EndPoint.4007": Known(400, "server", "depends", "The cloud could not delete a network.", _HICCUP),
    "EndPoint.4008": Known(
        404, "lookup", "no", "The network of the subnet or port does not exist.",
        "Check subnet_id (or port_id) and vpc_id: the network has been deleted, or is of another project or "
        "region."),
    "EndPoint.4009": Known(400, "server", "depends", "The cloud could not read the port.", _HICCUP),
    "EndPoint.4010": Known(
        400, "server", "depends", "The cloud could not create the endpoint's port.",
        "The subnet or the account's quota of ports may be full: look at both in the console. If they are not, "
        "run the task again later."),
    "EndPoint.4011": Known(400, "server", "depends", "The cloud could not delete the endpoint's port.", _HICCUP),
    "EndPoint.4012": Known(404, "lookup", "no", "There is no such port in this project.", _PORT_ID),
    "EndPoint.4013": Known(400, "server", "depends", "The cloud could not read its proxy for this.", _HICCUP),
    "EndPoint.4014": Known(400, "server", "depends", "The cloud could not read the VPC's router.", _HICCUP),
    "EndPoint.4015": Known(
        400, "lookup", "no", "The VPC has no router, so that it does not exist (any more).",
        _VPC_ID),
    "EndPoint.4016": Known(400, "server", "depends", "The cloud could not connect a router to a network.", _HICCUP),
    "EndPoint.4017": Known(
        400, "server", "depends", "The cloud could not disconnect a router from a network.",
        _HICCUP),
    "EndPoint.4018": Known(400, "server", "depends", "The cloud could not add a route of its own.", _HICCUP),
    "EndPoint.4019": Known(400, "server", "depends", "The cloud could not remove a route of its own.", _HICCUP),
    "EndPoint.4020": Known(400, "server", "depends", "The cloud could not read which of its machines route.", _HICCUP),
    "EndPoint.4021": Known(404, "server", "depends", "The cloud finds no machine of its own that routes.", _HICCUP),
    "EndPoint.4025": Known(400, "conflict", "no", "The specification is in use.", _SUPPORT),
    "EndPoint.4026": Known(
        400, "server", "depends", "The cloud could not read the VPC's default route table.",
        _HICCUP),
    "EndPoint.4027": Known(400, "server", "depends", "The cloud could not read the VPC's route tables.", _HICCUP),
    "EndPoint.4028": Known(
        400, "server", "depends", "The cloud could not add routes to the VPC's route table.",
        "The route table may be full, or hold a route that overlaps: look at it in the console, or set "
        "routetables to another one. If it is not, run the task again later."),
    "EndPoint.4029": Known(
        400, "server", "depends", "The cloud could not remove routes from the VPC's route table.",
        _HICCUP),
    "EndPoint.4030": Known(
        404, "lookup", "no", "There is no such route table in the VPC.",
        "Set routetables to IDs of route tables of the VPC in vpc_id, or leave it out for the VPC's default one."),
    "IAM.0001": Known(
        401, "auth", "depends", "The login failed, or the token is not valid.",
        "Check username, password and user_domain_name (the name of the account), or the token."),
    "IAM.0002": Known(403, "auth", "no", "The user is not allowed to do this.", _RIGHTS),
    "IAM.0003": Known(403, "auth", "no", "A policy forbids the action that the message names.", _RIGHTS),
    "IAM.0004": Known(
        404, "lookup", "no", "IAM does not know this project, or this token.",
        "Check project_name (or project_id) and region: each region has projects of its own. With a ready token, "
        "get a new one."),
    "IAM.0005": Known(
        409, "conflict", "no", "Something else was stored in IAM at the same time.",
        "Run the task again; if it stays, give code and request ID to the cloud's support."),
    "IAM.0006": Known(500, "server", "yes", "Something failed inside IAM.", _HICCUP),
    "IAM.0007": Known(400, "request", "no", "An option of the login is wrong.", _LOGIN_BODY),
    "IAM.0009": Known(
        400, "request", "no", "The token is malformed.",
        "Check that token was copied whole, without blanks or line breaks, or leave it out and give username and "
        "password."),
    "IAM.0011": Known(400, "request", "no", "IAM does not understand the login.", _LOGIN_BODY),
    "IAM.0012": Known(
        429, "throttle", "yes", "Too many logins in a short time.",
        _WAIT + " Leave token_cache on, so that one login serves all tasks."),
    "IAM.0020": Known(
        410, "server", "yes", "The region's login service has moved for now.",
        "Run the task again in a minute; if it stays, check auth_url."),
    "IAM.0061": Known(
        401, "auth", "no", "The user is locked after failed logins.",
        "Wait for about a quarter of an hour, and do not try again until username and password are known to be "
        "right: each failure prolongs the lock. The account's administrator can end it."),
    "IAM.0062": Known(
        401, "auth", "no", "The password is wrong.",
        "Check username, password and user_domain_name. It is not tried again, since repeated failures lock the "
        "user."),
    "IAM.0063": Known(401, "auth", "depends", "The token was refused.", _TOKEN),
    "IAM.0064": Known(401, "auth", "no", "The token lacks the right to do this.", _RIGHTS),
    "IAM.0066": Known(
        401, "auth", "yes", "The token has expired.",
        "Get a new token, or give username and password instead: the modules then renew it themselves."),
    "IAM.0067": Known(401, "auth", "depends", "The token is not valid.", _TOKEN),
    "IAM.0072": Known(400, "request", "no", "A part of the login is missing; the message names it.", _LOGIN_BODY),
    "IAM.0073": Known(400, "request", "no", "A part of the login is wrong; the message names it.", _LOGIN_BODY),
    "IAM.0080": Known(403, "auth", "no", "The user who owns the access key is disabled.", _USER_BLOCKED),
    "IAM.0081": Known(
        403, "auth", "no", "The user may use the console only.",
        "Ask the account's administrator to allow programmatic access, or log in as another user."),
    "IAM.0082": Known(403, "auth", "no", "The user is disabled.", _USER_BLOCKED),
    "IAM.0083": Known(
        403, "auth", "no", "The account may not use this region.",
        "Set region to another one, or ask the cloud to open this one for the account."),
    "IAM.1061": Known(
        400, "request", "no", "The passcode of the second factor is wrong or too old.",
        "Give a new passcode: each is good for half a minute and for one login. An access key (access_key, "
        "secret_key) needs none."),
    "IAM.1101": Known(400, "request", "no", "The login is empty or larger than 32 KB.", _BUG),
    "1100": Known(400, "request", "no", "A part of the login is missing.", _LOGIN_BODY),
    "APIGW.0101": Known(
        404, "lookup", "no", "The cloud's gateway does not know this path.", _NO_PATH),
    "APIGW.0201": Known(500, "server", "yes", "The gateway got no answer from the service in time.", _HICCUP),
    "APIGW.0301": Known(
        401, "auth", "depends", "The gateway refused the token or the signature.",
        "Check access_key and secret_key (and security_token of a temporary key), or the token; a signature also "
        "needs a clock that is right."),
    "APIGW.0302": Known(401, "auth", "no", "The user is not allowed through the gateway.", _RIGHTS),
    "APIGW.0303": Known(403, "auth", "no", "The gateway refused the application.", _RIGHTS),
    "APIGW.0307": Known(
        401, "auth", "yes", "The token has to be renewed.",
        "Get a new token, or give username and password instead: the modules then renew it themselves."),
    "APIGW.0308": Known(429, "throttle", "yes", "The gateway lets only so many requests through in a while.", _WAIT),
    "APIGW.0601": Known(503, "server", "yes", "Something failed inside the gateway.", _HICCUP),
}

STATUSES: dict[int, Known] = {
    400: Known(
        400, "request", "no", "The request was refused without a reason that is known here.",
        "Look for the option in the cloud's message, and compare the task with the examples of ansible-doc."),
    401: Known(401, "auth", "depends", "Token, signature or password were not accepted.", _TOKEN),
    403: Known(403, "auth", "no", "The user is not allowed to do this.", _RIGHTS),
    404: Known(
        404, "lookup", "no", "There is no such object, or no such address.", _NOT_THERE),
    405: Known(
        405, "request", "no", "The operation does not exist here.",
        _NO_OPERATION),
    406: Known(406, "request", "no", "The service cannot answer in the way that was asked for.", _BUG),
    407: Known(
        407, "auth", "no", "A proxy on the way wants to know who is asking.",
        "Put user and password into the environment variable HTTPS_PROXY (http://user:password@host:port), or add "
        "the cloud's hosts to NO_PROXY."),
    408: Known(408, "server", "yes", "The request took too long to arrive.", _HICCUP),
    409: Known(
        409, "conflict", "depends", "Something else is changing the same object.",
        "Run the task again when the other change is done."),
    410: Known(410, "server", "no", "What was asked for is gone.", "Check id, and auth_url if the login failed."),
    413: Known(413, "request", "no", "The request is too large.", "Split the list in the task over several tasks."),
    429: Known(429, "throttle", "yes", "Too many requests were sent in a short time.", _WAIT),
    500: Known(500, "server", "yes", "Something failed inside the cloud.", _HICCUP),
    501: Known(
        501, "request", "no", "The operation does not exist here.",
        _NO_OPERATION),
    502: Known(502, "server", "yes", "A gateway or proxy on the way got no good answer.", _HICCUP),
    503: Known(503, "server", "yes", "The service is not available now.", _HICCUP),
    504: Known(504, "server", "yes", "A gateway or proxy on the way got no answer in time.", _HICCUP),
}
"""How an answer is judged whose code is unknown or missing."""

# fmt: on

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


_NOT_IAM = "Check auth_url and region: this does not look like IAM."

OF_OTHERS: dict[str, dict[str, str]] = {
    "iam": {
        _RIGHTS: "IAM does not allow this to the user: ask the account's administrator for a role in the project.",
        _NOT_THERE: "Check auth_url, project_name (or project_id) and region.",
        _NO_PATH: _NOT_IAM,
        _NO_OPERATION: _NOT_IAM,
    },
    "vpc": {
        _RIGHTS: "The user may not read networks in this project: ask the account's administrator for the role VPC "
        "Administrator, or for a policy that reads VPCs, subnets and ports.",
        _NOT_THERE: "Check the IDs of VPC, subnet and port, project_name and region.",
        _NO_PATH: "The network service is looked for beside api_url, and does not know this path: check api_url.",
        _NO_OPERATION: "The network service of this region lacks the operation.",
    },
}
OF_OTHERS["projects"] = {
    **OF_OTHERS["iam"],
    _RIGHTS: "The user of the access key may not list projects: give project_id, which the console shows under My "
    "Credentials.",
}
"""What takes the place of a hint about our own service when another service has answered."""


def hint(code: str | None, status: int | None, service: str = "vpcep") -> str:
    """What a person should do next; an empty text when nothing sensible can be said.

    service: which one has answered: vpcep, iam (projects for its list of projects) or vpc.
    """
    known = lookup(code, status)
    text = known.hint if known else ""
    return OF_OTHERS.get(service, {}).get(text, text)


def fit_hint(error: ApiError, service: str) -> None:
    """Makes the hint of an error, unless it is a special one, fit the service (iam, projects, vpc) that answered."""
    if error.hint == hint(error.code, error.status):
        error.hint = hint(error.code, error.status, service)
