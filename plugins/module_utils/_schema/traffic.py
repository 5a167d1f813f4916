"""Whether security groups, network ACLs and access lists admit what endpoints send. Pure functions.

Backends see endpoints as addresses in RESERVED_RANGE. A rule whose effect is not known, such as one for an address
group, is judged twice: as if it matched nothing, and as if it matched everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple

from .._core.types import Object
from .fields import PORT_RANGE, RESERVED_RANGE

ADMITTED = "admitted"
NOT_ADMITTED = "not_admitted"
CANNOT_TELL = "unknown"
STATES = (ADMITTED, CANNOT_TELL, NOT_ADMITTED)  # the later ones prevail
DESCRIPTION = "crossvpc.vpcep: VPC endpoint traffic to"  # of rules that ensure adds
DESCRIPTION_LENGTH = 255
PROTOCOL_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
ANY_PROTOCOL = ("", "any", "all", "-1")
ANY_ADDRESS = "0.0.0.0/0"

Intervals = list[tuple[int, int]]  # of ports or addresses, both ends included
Target = tuple[str, int]  # protocol in lower case, server port


def _network(text: str) -> tuple[int, int]:
    """A network; an address without a mask is one of one address."""
    network = IPv4Network(text, strict=False)
    return int(network.network_address), int(network.broadcast_address)


WHOLE = _network(RESERVED_RANGE)


class Rule(NamedTuple):
    """A rule of a security group or network ACL."""

    id: str
    allows: bool
    protocol: str  # in lower case, empty for any
    ports: Intervals
    sources: Intervals
    is_clear: bool = True  # false if it may match less than ports and sources say

    def reaches(self, target: Target) -> bool:
        """Whether it is about this protocol and port."""
        return self.protocol in ("", target[0]) and any(low <= target[1] <= high for low, high in self.ports)


def judge(rules: list[Rule], targets: Iterable[Target]) -> tuple[str, list[Target]]:
    """Whether rules, in the order in which they apply, admit the whole RESERVED_RANGE to all *targets*.

    Returns one of STATES, and the targets that are not surely admitted.
    """
    refused = [target for target in targets if not _admit(rules, target, doubtful=False)]
    possible = all(_admit(rules, target, doubtful=True) for target in refused)
    return (CANNOT_TELL if possible else NOT_ADMITTED) if refused else ADMITTED, refused


def _admit(rules: list[Rule], target: Target, doubtful: bool) -> bool:
    """Whether rules admit the whole range to a target.

    doubtful: unclear rules that allow count, and those that deny do not; otherwise the other way round.
    """
    left = [WHOLE]
    for rule in rules:
        if not rule.reaches(target) or not (rule.is_clear or rule.allows == doubtful):
            continue
        rest = without(left, rule.sources)
        if rest != left and not rule.allows:
            return False
        left = rest
    return not left


def without(intervals: Intervals, removed: Intervals) -> Intervals:
    for low, high in removed:
        parts = [((start, min(end, low - 1)), (max(start, high + 1), end)) for start, end in intervals]
        intervals = [part for pair in parts for part in pair if part[0] <= part[1]]
    return intervals


def denying(rules: Iterable[Rule], targets: Iterable[Target]) -> list[str]:
    """The IDs of the rules, in the order in which they apply, that deny some of the range to one of *targets*."""
    rules, found = list(rules), set()
    for target in targets:
        left = [WHOLE]
        for rule in rules:
            rest = without(left, rule.sources) if rule.reaches(target) else left
            found.update([rule.id] if rest != left and not rule.allows else [])
            left = rest if rule.is_clear else left
    return [rule.id for rule in rules if rule.id in found]


def targets_of(ports: Iterable[Object]) -> list[Target]:
    return sorted({(str(mapping.get("protocol") or "TCP").lower(), int(mapping["server_port"])) for mapping in ports})


# Rules of the cloud


def group_rules(answers: Iterable[Object]) -> list[Rule]:
    """The inbound IPv4 rules of security groups, in any form of the API, in the order in which they apply.

    Smaller priorities come first, and at the same priority those that deny. Rules of v1 have neither action nor
    priority.
    """
    inbound = sorted(filter(_is_inbound, answers), key=lambda one: (_priority(one), _allows(one)))
    return [_group_rule(one) for one in inbound]


def _is_inbound(answer: Object) -> bool:
    is_ipv4 = str(answer.get("ethertype") or "IPv4").lower() == "ipv4"
    return str(answer.get("direction")).lower() == "ingress" and is_ipv4 and answer.get("enabled") is not False


def _priority(answer: Object) -> int:
    value = str(answer.get("priority"))
    return int(value) if value.isdecimal() else 1


def _allows(answer: Object) -> bool:
    return str(answer.get("action") or "allow").lower() == "allow"


def _group_rule(answer: Object) -> Rule:
    """Endpoints are in no security group, so that a rule for one never matches them."""
    ports = parse_ports(rule_ports(answer))
    sources = parse_addresses([answer.get("remote_ip_prefix") or ANY_ADDRESS])
    if answer.get("remote_group_id"):
        sources = []
    elif answer.get("remote_address_group_id"):
        sources = None
    return _rule(answer, ports, sources)


def rule_ports(answer: Object) -> Any:
    """The ports of a rule: v3 shows ``multiport``, which may be a number, v1 the ends of one range."""
    low, high = answer.get("port_range_min"), answer.get("port_range_max")
    return answer.get("multiport") if low is None and high is None else low if low == high else f"{low}-{high}"


def _rule(answer: Object, ports: Intervals | None, sources: Intervals | None) -> Rule:
    """ports, sources: None if they are not known. The clouds send protocols as names, numbers and null."""
    protocol = "" if answer.get("protocol") is None else str(answer["protocol"]).strip().lower()
    return Rule(
        str(answer.get("id")),
        _allows(answer),
        "" if protocol in ANY_PROTOCOL else PROTOCOL_NUMBERS.get(protocol, protocol),
        [PORT_RANGE] if ports is None else ports,
        [WHOLE] if sources is None else sources,
        ports is not None and sources is not None,
    )


def acl_rules(answers: Iterable[Object], address: str) -> list[Rule]:
    """The inbound IPv4 rules of a network ACL, in its order. address: of the backend."""
    ipv4 = [one for one in answers if one.get("enabled") is not False and str(one.get("ip_version")) != "6"]
    return [_acl_rule(one, address) for one in ipv4]


def _acl_rule(answer: Object, address: str) -> Rule:
    """Endpoints send from any port."""
    ports = parse_ports(answer.get("destination_port"))
    sources = parse_addresses([answer.get("source_ip_address") or ANY_ADDRESS])
    from_ports = parse_ports(answer.get("source_port"))
    if answer.get("source_address_group_id") or from_ports is None or without([PORT_RANGE], from_ports):
        sources = None
    destination = parse_ranges([answer.get("destination_ip_address") or ANY_ADDRESS])
    if answer.get("destination_address_group_id") or destination is None:
        ports = None
    elif without([_network(address)], destination):
        ports = []
    return _rule(answer, ports, sources)


def parse_ports(value: Any) -> Intervals | None:
    """The ports in a number, a text such as 22,80-90, or a list of both; all for null; None if not understood."""
    texts = ",".join(map(str, value if isinstance(value, list) else [value])).split(",")
    if value is None or texts == [""]:
        return [PORT_RANGE]
    try:
        return [_ordered(*map(int, (low, high if dash else low))) for low, dash, high in _parts(texts)]
    except ValueError:
        return None


def parse_addresses(values: Iterable[Any]) -> Intervals | None:
    """The part of RESERVED_RANGE in addresses, networks and ranges (a-b); None if one is not understood."""
    found, (first, last) = parse_ranges(values), WHOLE
    return found and [(max(low, first), min(high, last)) for low, high in found if low <= last and first <= high]


def parse_ranges(values: Iterable[Any]) -> Intervals | None:
    """As parse_addresses(), but all IPv4 addresses as ranges. IPv6 is left out."""
    texts = [str(value) for value in values if ":" not in str(value)]
    try:
        return [
            _ordered(int(IPv4Address(low)), int(IPv4Address(high))) if dash else _network(low)
            for low, dash, high in _parts(texts)
        ]
    except ValueError:
        return None


def _parts(texts: Iterable[str]) -> list[tuple[str, str, str]]:
    """Both ends of each range and what is between them."""
    return [tuple(part.strip() for part in text.partition("-")) for text in texts]  # type: ignore[misc]


def _ordered(low: int, high: int) -> tuple[int, int]:
    if low > high:
        raise ValueError(f"{low} is above {high}")
    return low, high


def list_state(values: Iterable[Any], is_whitelist: bool) -> str:
    """Whether a listener's access list admits the range: all of it is on a whitelist, or none of it on a blacklist."""
    found = parse_addresses(values)
    if found is None:
        return CANNOT_TELL
    rest = without([WHOLE], found)
    return ADMITTED if (not rest if is_whitelist else not found) else NOT_ADMITTED


# Rules that are missing


def wanted_rules(group_id: str | None, targets: Iterable[Target], multiport: bool) -> list[Object]:
    """The rules that admit endpoints: one a protocol, or without *multiport* (v1) one for each run of ports.

    group_id: None if it is not known.
    """
    targets, rules = list(targets), []
    for protocol in sorted({target[0] for target in targets}):
        runs = runs_of(targets, protocol)
        rules += [wanted_rule(group_id, protocol, part, multiport) for part in ([runs] if multiport else zip(runs))]
    return rules


def wanted_rule(group_id: str | None, protocol: str, runs: Iterable[tuple[int, int]], multiport: bool) -> Object:
    """The body of the request for one rule. Its description names its content, see is_own()."""
    runs = list(runs)
    text = port_text(runs)
    by_version = {"multiport": text, "action": "allow", "priority": 1}
    return {
        "security_group_id": group_id,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": protocol,
        "remote_ip_prefix": RESERVED_RANGE,
        "description": f"{DESCRIPTION} {protocol.upper()} {text}"[:DESCRIPTION_LENGTH],
        **(by_version if multiport else {"port_range_min": runs[0][0], "port_range_max": runs[0][1]}),
    }


def runs_of(targets: Iterable[Target], protocol: str) -> Intervals:
    return port_runs([(port, port) for name, port in targets if name == protocol])


def port_text(runs: Intervals) -> str:
    """Ports as the API and messages show them, such as 443,8080-8090."""
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def port_runs(ports: Intervals) -> Intervals:
    """The ports as the fewest possible ranges, in order."""
    runs: Intervals = []
    for low, high in sorted(ports):
        if runs and runs[-1][1] >= low - 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], high))
        else:
            runs.append((low, high))
    return runs


def is_own(answer: Object) -> bool:
    """Whether ``ensure`` added a rule, and it was not changed since."""
    rule = _group_rule(answer)
    made = wanted_rule("", rule.protocol, port_runs(rule.ports), multiport=True)
    return (
        all(answer.get(name) == made[name] for name in ("direction", "remote_ip_prefix", "description"))
        and (_is_inbound(answer), _allows(answer), _priority(answer)) == (True, True, 1)
        and not any(answer.get(name) for name in ("remote_group_id", "remote_address_group_id"))
    )
