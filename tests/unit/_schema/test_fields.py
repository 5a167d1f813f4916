"""fields.py against the OpenAPI description, fact by fact and in both directions.

Where the two differ on purpose the difference stands in a table below, with its reason; a difference that is
not there any more makes a test fail, too.
"""

import re
import unicodedata
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import argument_specs as options
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import fields, kinds
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import BOTH, ENDPOINT, HUAWEI, OTC, SERVICE
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.kinds import permission_record
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import normalize
from tests.support import contract
from tests.support.cases import for_each

TABLES = {"service": SERVICE, "endpoint": ENDPOINT}
CREATED = {
    "service": contract.members(contract.schema("CreateEndpointServiceRequest")),
    "endpoint": contract.members(contract.schema("CreateEndpointRequest")),
}
REQUIRED = {
    "service": contract.schema("CreateEndpointServiceRequest")["required"],
    "endpoint": contract.schema("CreateEndpointRequest")["required"],
}
SHOWN = {
    "service": contract.members(contract.schema("EndpointService")),
    "endpoint": contract.members(contract.schema("Endpoint")),
}
READS = {"service": ("getEndpointService", "listEndpointServices"), "endpoint": ("getEndpoint", "listEndpoints")}
UPDATES = (fields.UPDATE_SERVICE, fields.UPDATE_WHITELIST, fields.UPDATE_ROUTETABLES, fields.UPDATE_POLICY)

NOT_EMPTY = {  # the description allows an empty text, which could only be a mistake
    ("service", "ip"),
    ("endpoint", "specification_name"),
}
NOT_ONLY_UUIDS = {("endpoint", "endpoint_service_id")}  # of others' services; that these are UUIDs is inferred
OF_ONE_TYPE = {("endpoint", "enable_dns"): "interface"}  # there it "has no effect", which is said in prose only

# Every member that either side has, so that one which only one of them has fails on its own name.
EACH = sorted((kind, name) for kind in TABLES for name in {*TABLES[kind], *CREATED[kind]})
IN_BOTH = [(kind, name) for kind, name in EACH if name in TABLES[kind] and name in CREATED[kind]]
each_member = for_each(IN_BOTH)


def both(kind: str, name: str) -> tuple[fields.Field, Any]:
    return TABLES[kind][name], CREATED[kind][name]


@for_each(EACH)
def test_member_exists_on_the_same_clouds(kind: str, name: str) -> None:
    in_table = tuple(cloud for cloud in BOTH if name in fields.fields_of(TABLES[kind], cloud))
    in_description = contract.clouds(CREATED[kind].get(name, {"x-clouds": []}))
    assert in_table == in_description, f"{name}: fields.py and tests/simulator/openapi/vpcep.yaml name other clouds"


@each_member
def test_required(kind: str, name: str) -> None:
    assert TABLES[kind][name].required == (name in REQUIRED[kind])


@each_member
def test_kind(kind: str, name: str) -> None:
    field, member = both(kind, name)
    of_text = "uuid" if field.pattern == fields.UUID_PATTERN else "text"  # see test_pattern
    assert field.kind == (of_text if kind_of(member) == "text" else kind_of(member))


def kind_of(member: Any) -> str:
    """The kind of field for a member of this form."""
    if member["type"] == "array":
        item = contract.flat(member["items"])
        by_name = {"PortMapping": "ports", "TagInput": "tags", "PolicyStatement": "policy", "ResourceId": "ids"}
        found = [by_name[ref] for ref in item["refs"] if ref in by_name]
        if "AccessWhitelist" in member["refs"]:
            found.append("ranges")
        return found[0] if found else "words" if "enum" in item else "an unknown list"
    if member["type"] == "boolean":
        return "flag"
    if member["type"] == "object":
        return "document"
    if "ServiceShortName" in member["refs"]:
        return "name"
    if "Description" in member["refs"]:
        return "free_text"
    if contract.choices(member, OTC) is not None:
        return "choice"
    return member["format"] if member.get("format") in ("ipv4", "ipv6") else "text"


@each_member
def test_choices(kind: str, name: str) -> None:
    field, member = both(kind, name)
    expected = {cloud: contract.choices(member, cloud) for cloud in contract.clouds(member)}
    table = {cloud: list(words) for cloud, words in (field.choices or {}).items()}
    assert table == {cloud: words for cloud, words in expected.items() if words is not None}


@each_member
def test_longest(kind: str, name: str) -> None:
    field, member = both(kind, name)
    expected = {cloud: contract.limit(member, cloud, "maxLength", "maxItems") for cloud in contract.clouds(member)}
    assert {cloud: (field.max_length or {}).get(cloud) for cloud in expected} == expected


@each_member
def test_shortest(kind: str, name: str) -> None:
    field, member = both(kind, name)
    expected = {contract.limit(member, cloud, "minLength", "minItems") or 0 for cloud in contract.clouds(member)}
    if (kind, name) in NOT_EMPTY:
        assert expected == {0} and field.min_length == 1
    else:
        assert expected == {field.min_length}


@each_member
def test_pattern(kind: str, name: str) -> None:
    field, member = both(kind, name)
    if "pattern" in member:
        assert field.pattern == contract.pattern(member["pattern"])
    elif (kind, name) in NOT_ONLY_UUIDS:
        assert (member["format"], member["x-inferred"], field.pattern) == ("uuid", "format", fields.ID_PATTERN)
    elif member.get("format") == "uuid":
        assert field.pattern == fields.UUID_PATTERN
    elif "ResourceId" in member["refs"]:
        assert field.pattern == fields.ID_PATTERN  # narrower than the description: IDs become part of paths
    else:
        assert field.pattern is None


@each_member
def test_default(kind: str, name: str) -> None:
    field, member = both(kind, name)
    expected = contract.default(member)
    if expected is None:
        assert field.default in (None, "", [], {})  # what is left out and what is empty are the same
    else:
        assert field.default is not None and field.default == normalize(field.kind, expected)


@pytest.mark.parametrize("kind", TABLES)
def test_an_option_that_is_left_out_is_left_to_the_api(kind: str) -> None:
    given = options.field_options(TABLES[kind])
    assert [name for name in TABLES[kind] if "default" in given.get(name, {})] == []


@each_member
def test_changed_by(kind: str, name: str) -> None:
    field, member = both(kind, name)
    for cloud in contract.clouds(member):
        expected = contract.changed_by(member, cloud)
        if expected is None:
            expected = [call for call in UPDATES if name in contract.request_members(call, cloud)]
        if field.changed_by[cloud] is fields.NEVER:
            assert expected == [], cloud
        else:
            assert field.changed_by[cloud] in expected, cloud


@each_member
def test_type_of_endpoint(kind: str, name: str) -> None:
    field, member = both(kind, name)
    if (kind, name) in OF_ONE_TYPE:
        assert contract.service_type(member) is None and field.service_type == OF_ONE_TYPE[kind, name]
    else:
        assert field.service_type == contract.service_type(member)


@each_member
def test_reads_back_as(kind: str, name: str) -> None:
    field, member = both(kind, name)
    assert field.reads_back_as == member.get("x-read-back-as")
    assert (field.reads_back_as or name) in SHOWN[kind]


@each_member
def test_absence_means_something_only_where_every_answer_shows_the_member(kind: str, name: str) -> None:
    field, member = both(kind, name)
    if field.absent_means is fields.UNKNOWN:
        return
    shown_by = SHOWN[kind][field.reads_back_as or name].get("x-returned-by")
    for cloud in contract.clouds(member) if shown_by else ():
        assert shown_by[cloud] == ["all"] or set(READS[kind]) <= set(shown_by[cloud]), cloud


@each_member
def test_absence_means_the_default(kind: str, name: str) -> None:
    field = TABLES[kind][name]
    assert field.absent_means is fields.UNKNOWN or field.absent_means == (field.default or type(field.absent_means)())


@pytest.mark.parametrize("cloud", BOTH)
@pytest.mark.parametrize("call", UPDATES)
def test_update_takes_what_the_tables_say(call: str, cloud: str) -> None:
    in_tables = {
        name
        for table in TABLES.values()
        for name, field in fields.fields_of(table, cloud).items()
        if field.changed_by[cloud] == call
    }
    assert in_tables == contract.request_members(call, cloud)


def test_every_call_that_changes_a_field_is_a_known_one() -> None:
    named = {call for table in TABLES.values() for field in table.values() for call in field.changed_by.values()}
    assert named == {*UPDATES, fields.CHANGE_TAGS, fields.NEVER}


@pytest.mark.parametrize("cloud", BOTH)
def test_update_has_the_limits_of_the_creation(cloud: str) -> None:
    for call in UPDATES:
        body = contract.operation(call)[2]["requestBody"]["content"]["application/json"]["schema"]
        updated = contract.members(body)
        for name in contract.request_members(call, cloud):
            created = CREATED["service" if call == fields.UPDATE_SERVICE else "endpoint"][name]
            for facts in (contract.choices, lambda *a: contract.limit(*a, "maxLength", "maxItems")):
                assert facts(updated[name], cloud) == facts(created, cloud), (call, name)
            assert updated[name].get("pattern") == created.get("pattern"), (call, name)


def test_what_an_update_resets_unless_it_is_sent_along() -> None:
    """BEHAVIOUR 4.3.9: the table of PUT repeats a default. The whitelist call replaces both of its members."""
    resetting = {name: field.always_sent_by for table in TABLES.values() for name, field in table.items()}
    assert {name: call for name, call in resetting.items() if call} == {
        "approval_enabled": fields.UPDATE_SERVICE,
        "whitelist": fields.UPDATE_WHITELIST,
        "enable_whitelist": fields.UPDATE_WHITELIST,
    }
    switch = contract.operation(fields.UPDATE_WHITELIST)[2]["requestBody"]["content"]["application/json"]["schema"]
    assert contract.members(switch)["enable_whitelist"]["default"] is False


def test_what_shows_only_on_accepted_endpoints() -> None:
    assert [name for name, field in ENDPOINT.items() if field.once_accepted] == ["enable_dns", "port_ip"]
    assert not [name for name, field in SERVICE.items() if field.once_accepted]


# Ports


@pytest.mark.parametrize("side", ["client_port", "server_port"])
def test_port_range(side: str) -> None:
    member = contract.members(contract.schema("PortMapping"))[side]
    assert (member["minimum"], member["maximum"]) == fields.PORT_RANGE


def test_port_mapping() -> None:
    mapping = contract.schema("PortMapping")
    described = contract.members(mapping)
    suboptions = options.field_option("ports", SERVICE["ports"])["options"]
    assert set(suboptions) == set(described)
    assert {name for name, spec in suboptions.items() if spec.get("required")} == set(mapping["required"])
    assert tuple(described["protocol"]["enum"]) == fields.PROTOCOLS == tuple(suboptions["protocol"]["choices"])
    assert described["protocol"]["default"] == suboptions["protocol"]["default"]


# Tags


@pytest.mark.parametrize(
    "member, shortest, longest", [("key", 1, kinds.TAG_KEY_LENGTH), ("value", 0, kinds.TAG_VALUE_LENGTH)]
)
def test_tag_length(member: str, shortest: int, longest: int) -> None:
    described = contract.members(contract.schema("TagInput"))[member]
    assert (described["minLength"], described["maxLength"]) == (shortest, longest)


@pytest.fixture(scope="module")
def every_character() -> Any:
    """The characters of the planes that are in use, as one text, and which of them are letters and numbers."""
    text = "".join(map(chr, range(0x33480)))
    return text, {sign for sign in text if unicodedata.category(sign)[0] in "LN"}


@pytest.mark.slow
@pytest.mark.parametrize("member, ours", [("key", kinds.TAG_KEY_PATTERN), ("value", kinds.TAG_VALUE_PATTERN)])
def test_tag_characters(every_character: Any, member: str, ours: str) -> None:
    """``\\w`` has to be what the description calls letters, numbers and underscore."""
    text, letters_and_numbers = every_character
    described = contract.members(contract.schema("TagInput"))[member]["pattern"]
    signs = set(re.search(r"\\p\{N\}([^\]]*)\]", described).group(1))
    assert set(re.findall(ours.rstrip("+*"), text)) == letters_and_numbers | signs


@pytest.mark.parametrize("text", ["a", "a b", " a", "a ", "", "_sys_a", "a_sys_", "_sys", "ä1"])
@pytest.mark.parametrize("member", ["key", "value"])
def test_tag_edges(member: str, text: str) -> None:
    """Blanks at the ends and the reserved prefix, for which validation.py has rules of its own."""
    from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.validation import problems_of

    described = contract.members(contract.schema("TagInput"))[member]
    fits = bool(re.fullmatch(contract.pattern(described["pattern"]), text)) and len(text) >= described["minLength"]
    tags = {text: "x"} if member == "key" else {"x": text}
    assert fits == (problems_of("tags", SERVICE["tags"], OTC, tags) == [])


def test_tag_prefix() -> None:
    assert f"(?!{fields.TAG_RESERVED_PREFIX})" in contract.members(contract.schema("TagInput"))["key"]["pattern"]


def test_tags_of_a_call() -> None:
    body = contract.operation(fields.CHANGE_TAGS)[2]["requestBody"]["content"]["application/json"]["schema"]
    tags = contract.members(body)["tags"]
    assert {cloud: tags["x-limits"][cloud]["maxItems"] for cloud in BOTH} == fields.MAX_TAGS_PER_CALL
    assert tags["maxItems"] == fields.MAX_TAGS
    assert set(contract.members(body)["action"]["enum"]) == {"create", "delete"}


# Policies and ranges


def test_policy_statement() -> None:
    statement = contract.schema("PolicyStatement")
    described = contract.members(statement)
    assert tuple(statement["required"]) == kinds.POLICY_KEYS
    rest = tuple(name for name in described if name not in statement["required"])
    assert rest == kinds.POLICY_KEYS_HUAWEI
    assert all(contract.clouds(described[name]) == (HUAWEI,) for name in rest)
    assert tuple(described["Effect"]["enum"]) == kinds.POLICY_EFFECTS
    suboptions = options.field_option("policy_statement", ENDPOINT["policy_statement"])["options"]
    assert list(suboptions) == list(described)
    assert [name for name, spec in suboptions.items() if spec.get("required")] == statement["required"]


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0", "::1", " 10.0.0.1"])
def test_ranges(text: str) -> None:
    from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.validation import problems_of

    described = contract.schema("AccessWhitelist")["items"]["pattern"]
    fits = re.fullmatch(contract.pattern(described), text) is not None
    assert fits == (problems_of("whitelist", ENDPOINT["whitelist"], HUAWEI, [text]) == [])


# Whitelist records


@pytest.mark.parametrize("cloud", BOTH)
def test_permission_pattern(cloud: str) -> None:
    described = contract.schema("PermissionString")
    text = described["x-limits"].get(cloud, described)["pattern"]
    assert f"({kinds.PERMISSION_PATTERN[cloud]})" == contract.pattern(text)


def test_permission_prefixes() -> None:
    assert re.fullmatch(kinds.PERMISSION_PATTERN[OTC], permission_record("abc"))
    assert fields.PERMISSION_PREFIX in kinds.PERMISSION_PATTERN[OTC]
    assert fields.ORG_PATH_PREFIX in kinds.PERMISSION_PATTERN[HUAWEI]
    assert fields.ORG_PATH_PREFIX not in kinds.PERMISSION_PATTERN[OTC]
    described = contract.schema("PermissionType")
    assert (described["default"], described["x-enum-clouds"]["orgPath"]) == ("domainId", [HUAWEI])


# Pages and statuses


def test_page_sizes() -> None:
    """Every list is asked for in pages of the largest size that it allows."""
    sizes = {}
    for method, _path, described in contract.operations():
        parameters = [item["$ref"].rpartition("/")[2] for item in described.get("parameters", []) if "$ref" in item]
        if method == "GET" and "Offset" in parameters:
            sizes[described["operationId"]] = next(name for name in parameters if name.endswith("Limit"))
    assert contract.parameter("Limit")["maximum"] == fields.PAGE_SIZE
    assert contract.parameter("PermissionsLimit")["maximum"] == fields.PERMISSIONS_PAGE_SIZE
    assert [name for name, limit in sizes.items() if limit == "PermissionsLimit"] == ["listPermissions"]
    assert {"listEndpointServices", "listPublicEndpointServices", "listEndpoints", "listConnections"} < set(sizes)


def test_statuses() -> None:
    assert list(fields.SERVICE_STATUSES) == contract.schema("ServiceStatus")["enum"]
    assert list(fields.ENDPOINT_STATUSES) == contract.schema("EndpointStatus")["enum"]
    assert set(fields.SERVICE_READY) <= set(fields.SERVICE_STATUSES)
    assert {"accepted", "pendingAcceptance"} < set(fields.ENDPOINT_SETTLED) < set(fields.ENDPOINT_STATUSES)
    for statuses in (fields.SERVICE_STATUSES, fields.ENDPOINT_STATUSES):
        assert {fields.FAILED, fields.DELETING} < set(statuses)
