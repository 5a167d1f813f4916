"""The assumptions from the tables, and those that a check does not observe, with the reason."""

from __future__ import annotations

from typing import NamedTuple

from .assumption_tables import CREATING_TABLE, READING_TABLE

SOMETHING_ELSE = "something else"
NOT_OBSERVED = "not observed"

READING, CREATING = "reading", "creating"  # the parts of a check
NEVER = "never"  # the part of those that a check does not observe

NEVER_TABLE = """
ports-of-two-services: What may two services at one backend not share?
= server port and protocol together | the server port | the client port or the server port
needs a second service at the backend: Explains the refusal EndPoint.3044.

internal-range: Which range may the subnet of an endpoint not overlap with?
= 198.19.128.0/17 | 198.19.128.0/20
needs a new subnet in this range: Warns of an overlap with 198.19.128.0/17 before a creation.

endpoint-ip-versions: Which values of ip_version do endpoints take?
= ipv4 and ipv6 | ipv4 and dualstack
needs a subnet with IPv6: Allows the first ones on T Cloud Public, the second ones on Huawei Cloud.

delete-service-pending: May a service with an endpoint that waits for acceptance be deleted?
= allowed | refused
needs a third endpoint: Tries it, and explains a refusal.

virtual-ip-port: Which port does a service with the discarded server_type VIP take?
= that of the server's network card | that of the virtual IP address
needs a virtual IP address as the backend: Passes port_id on; a virtual IP address cannot be given by name.

balancer-group: Does the security group of a load balancer's port affect endpoints?
= yes | no
needs traffic from an endpoint: Changes no group of a load balancer, and reports its listener and access list.

group-priorities: How are the rules of several security groups of one network card compared?
= all together by priority | group by group
needs traffic from an endpoint: Compares all of them by priority.

rule-defaults: Which priority has a security group rule that names none?
= 1 | 100
needs a new rule, which clears connections: Names priority and action in each rule.

rule-answer: With which status is the creation of a v1 rule answered?
= 200 | 201
needs a new rule, which clears connections: Accepts each status of success.

rule-duplicate: What is the answer to a security group rule that exists?
= 409 VPC.9902 | 409 VPC.0602 | 409 NeutronError
needs a new rule, which clears connections: Reads the rules again after a refusal.

rule-batch: Can several security group rules be created at once?
= yes | no
needs a new rule, which clears connections: Does not use it.

rate-limits: How many requests per minute does the cloud carry out?
= a documented number | another number
needs thousands of requests: Slows down when the cloud asks for it, and repeats the request.

acl-rights: Which right lists network ACLs under /v3?
= vpc:firewalls:list | vpc:firewallGroups:get
needs users with different rights: Names the first one in docs/permissions.md.

organizations: Can the cloud list the accounts of an organization?
= yes | no
needs the management account of an organization: Takes account IDs as they are given.
"""


class Assumption(NamedTuple):
    """One question to a cloud."""

    id: str  # its name in reports
    part: str  # READING, CREATING or NEVER
    question: str
    readings: tuple[str, ...]  # the answers that the documents allow
    how: str  # what is sent, or what it takes and a check does not do
    collection: str  # what the modules do in each case
    unhandled: dict[str, str]  # readings that they do not handle, with the effect


def _assumption(part: str, paragraph: str) -> Assumption:
    first, readings, observation, *unhandled = paragraph.strip().splitlines()
    name, _colon, question = first.partition(": ")
    how, _colon, collection = observation.removeprefix("by ").partition(": ")
    effects = dict(line.removeprefix("! ").split(": ", 1) for line in unhandled)
    return Assumption(name, part, question, tuple(readings.removeprefix("= ").split(" | ")), how, collection, effects)


ASSUMPTIONS = {
    one.id: one
    for part, table in ((READING, READING_TABLE), (CREATING, CREATING_TABLE), (NEVER, NEVER_TABLE))
    for one in (_assumption(part, paragraph) for paragraph in table.split("\n\n"))
}
