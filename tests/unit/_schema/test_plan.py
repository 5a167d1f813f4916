"""Plans: that they lead where they should, and what they must never do on the way."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import plan as planning
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ENDPOINT,
    HUAWEI,
    OTC,
    SERVICE,
    UNKNOWN,
    Field,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.plan import Plan, Step
from tests.support.situations import Model, Refused, Situation, Values, examples, shown, situations

UPDATE, TAGS, PERMISSIONS = "updateEndpointService", "changeResourceTags", "addOrRemovePermissions"


def current_of(situation: Situation, answer: Values, permissions: Any) -> Values:
    """What a reconciler reads: what is wanted, and what an update would reset."""
    kept = [name for name, field in situation.table.items() if field.always_sent_by]
    names = [name for name in situation.desired if name in situation.table]
    current = planning.observe(situation.table, answer, [*names, *(name for name in kept if name not in names)])
    if "permissions" in situation.desired:
        current["permissions"] = sorted(permissions)
    return current


def plan_of(situation: Situation) -> Plan:
    return plan_again(situation, situation.answer, situation.permissions)


def plan_again(situation: Situation, answer: Values, permissions: Any) -> Plan:
    return planning.plan(
        situation.table,
        situation.cloud,
        current_of(situation, answer, permissions),
        situation.desired,
        situation.purge_tags,
        situation.purge_permissions,
    )


def hidden_in(situation: Situation) -> set[str]:
    """The fields that the cloud does not show."""
    table = situation.table
    return {name for name in situation.real if (table[name].reads_back_as or name) not in situation.answer}


def visible(situation: Situation) -> list[str]:
    """The wishes that can be compared, in their order."""
    hidden = {name for name in hidden_in(situation) if situation.table[name].absent_means is UNKNOWN}
    return [name for name in situation.desired if name not in hidden]


def goal(situation: Situation) -> Values:
    """What the visible wishes come to."""
    values = {name: situation.desired[name] for name in visible(situation)}
    if "tags" in values and not situation.purge_tags:
        values["tags"] = {**situation.real["tags"], **values["tags"]}
    if "permissions" in values and not situation.purge_permissions:
        values["permissions"] = sorted({*situation.permissions, *values["permissions"]})
    return values


def present(situation: Situation) -> Values:
    return {**situation.real, "permissions": sorted(situation.permissions)}


def immutable_differences(situation: Situation) -> list[str]:
    return [
        name
        for name, value in goal(situation).items()
        if name in situation.table
        and situation.table[name].changed_by[situation.cloud] is None
        and value != situation.real[name]
    ]


def impossible(situation: Situation) -> bool:
    """Whether the API has no way to do it: too many tags, or both kinds of backend at once."""
    values, now = goal(situation), present(situation)
    both_backends = all(name in values and values[name] != now[name] for name in ("port_id", "ip"))
    return both_backends or len(values.get("tags", {})) > 20


def is_change(plan: Plan) -> bool:
    return bool(plan.steps or plan.conflicts)


def good_plan(situation: Situation) -> Plan | None:
    """The plan; None when it is refused or there are conflicts, for the right reasons."""
    if immutable_differences(situation):
        assert plan_of(situation).conflicts
        return None
    if impossible(situation):
        with pytest.raises(InputError):
            plan_of(situation)
        return None
    plan = plan_of(situation)
    assert not plan.conflicts
    return plan


# Properties


@pytest.mark.slow
@examples(200)
@given(situations(fitting=True))
def test_carrying_out_a_plan_leads_to_the_goal_and_nowhere_else(situation: Situation) -> None:
    plan = good_plan(situation)
    if plan is None:
        return
    model = Model(situation)
    model.carry_out(plan.steps)
    assert {**model.real, "permissions": sorted(model.permissions)} == {**present(situation), **goal(situation)}
    for spelling in range(4):
        answer = shown(situation.table, model.real, hidden_in(situation), spelling)
        again = plan_again(situation, answer, model.permissions)
        assert not is_change(again) and again.steps == [] and again.before == again.after == plan.after


@pytest.mark.slow
@examples(100)
@given(situations(fitting=True))
def test_bodies_hold_what_changes_and_what_would_be_reset(situation: Situation) -> None:
    plan = good_plan(situation)
    if plan is None:
        return
    changed = {name for name in plan.after if plan.before[name] != plan.after[name]}
    for operation, body in plan.steps:
        if operation == TAGS:
            keys = {tag["key"] for tag in body["tags"]}
            before, after = plan.before["tags"], plan.after["tags"]
            assert keys <= {key for key in {**before, **after} if before.get(key) != after.get(key)}
        elif operation == PERMISSIONS:
            assert set(body["permissions"]) <= set(plan.before["permissions"]) ^ set(plan.after["permissions"])
        else:
            resets = {name for name, field in situation.table.items() if field.always_sent_by == operation}
            assert set(body) & changed and set(body) - changed <= resets
            for name in set(body) - changed:
                assert body[name] == situation.real[name]
    operations = [step.operation for step in plan.steps]
    updates = [name for name in operations if name not in (TAGS, PERMISSIONS)]
    assert len(set(updates)) == len(updates), "one call of each kind"
    assert operations == sorted(operations, key=[*updates, TAGS, PERMISSIONS].index), "update, tags, permissions"


@pytest.mark.slow
@examples(80)
@given(situations())
def test_conflicts_are_the_immutable_differences(situation: Situation) -> None:
    different = immutable_differences(situation)
    if not different and impossible(situation):
        return
    plan = plan_of(situation)
    wanted = goal(situation)
    assert plan.conflicts == [*different]
    assert all((plan.before[name], plan.after[name]) == (situation.real[name], wanted[name]) for name in different)
    assert not (plan.conflicts and plan.steps)


@pytest.mark.slow
@examples(60)
@given(situations())
def test_the_diff_is_about_what_was_asked_and_can_be_seen(situation: Situation) -> None:
    if not immutable_differences(situation) and impossible(situation):
        return
    untouched = copy.deepcopy(situation)
    plan = plan_of(situation)
    assert situation == untouched
    assert list(plan.before) == list(plan.after) == visible(situation)
    assert plan.unseen == [name for name in situation.desired if name not in plan.before]
    now = present(situation)
    assert plan.before == {name: now[name] for name in plan.before}
    assert plan.after == goal(situation)
    assert is_change(plan) == (plan.before != plan.after)


@pytest.mark.slow
@examples(60)
@given(situations(), st.integers(0, 3))
def test_wishes_that_are_met_give_no_steps_in_any_spelling(situation: Situation, spelling: int) -> None:
    desired = {name: value for name, value in present(situation).items() if name in situation.desired}
    met = situation._replace(desired=desired, answer=shown(situation.table, situation.real, set(), spelling))
    plan = plan_of(met)
    assert not is_change(plan) and plan.before == plan.after


@pytest.mark.slow
@examples(60)
@given(situations(kind="service"))
def test_what_is_created_needs_no_change(situation: Situation) -> None:
    """A creation with the same wishes: everything given is sent, and the next plan is empty."""
    desired = {name: value for name, value in situation.desired.items() if name != "permissions"}
    body = planning.create_body(situation.table, desired)
    assert set(body) == {name for name, value in desired.items() if name != "tags" or value}
    made = situation._replace(desired=desired)
    answer = shown(situation.table, {**situation.real, **desired}, set(), 0)
    assert not is_change(plan_again(made, answer, []))


# The model itself: a test that cannot fail proves nothing


def test_the_model_resets_what_the_api_resets() -> None:
    model = Model(Situation("service", OTC, {"tags": {}, "approval_enabled": False}, {}, [], {}))
    model.carry_out([Step(UPDATE, {"description": "x"})])
    assert model.real["approval_enabled"] is True
    model = Model(Situation("endpoint", HUAWEI, {"tags": {}, "enable_whitelist": True}, {}, [], {}))
    model.carry_out([Step("updateEndpointWhitelist", {"whitelist": ["10.0.0.1"]})])
    assert model.real["enable_whitelist"] is False


@pytest.mark.parametrize(
    "step",
    [
        Step(UPDATE, {}),
        Step(UPDATE, {"vpc_id": "x"}),
        Step(UPDATE, {"tags": []}),
        Step(UPDATE, {"ip": "10.0.0.1"}),
        Step(UPDATE, {"ports": []}),
        Step("updateEndpointWhitelist", {"whitelist": []}),
        Step(TAGS, {"action": "create", "tags": []}),
        Step(TAGS, {"action": "create", "tags": [{"key": str(number), "value": ""} for number in range(21)]}),
        Step(TAGS, {"action": "create", "tags": [{"key": "a", "value": ""}] * 2}),
        Step(PERMISSIONS, {"action": "add", "permissions": []}),
        Step(PERMISSIONS, {"action": "add", "permissions": ["organizations:orgPath::x"]}),
        Step(PERMISSIONS, {"action": "add", "permissions": ["organizations:orgPath::x"], "permission_type": "orgPath"}),
    ],
)
def test_the_model_refuses_what_the_api_refuses(step: Step) -> None:
    with pytest.raises(Refused):
        Model(Situation("service", OTC, {"tags": {}}, {}, [], {})).carry_out([step])


# Examples, one for each rule


def plan(table: Any, cloud: str, current: Values, desired: Values, **purge: bool) -> Plan:
    return planning.plan(table, cloud, current, desired, **purge)


def test_what_is_not_given_is_left_alone() -> None:
    found = plan(SERVICE, OTC, {"approval_enabled": False, "description": "a"}, {"description": "a"})
    assert found == Plan({"description": "a"}, {"description": "a"}, [], [], [])


def test_an_update_sends_what_changes_and_approval_enabled_along() -> None:
    found = plan(
        SERVICE,
        OTC,
        {"approval_enabled": False, "description": "a", "tcp_proxy": "close"},
        {"description": "b", "tcp_proxy": "close"},
    )
    assert found.steps == [Step(UPDATE, {"description": "b", "approval_enabled": False})]


def test_an_update_does_not_invent_approval_enabled() -> None:
    found = plan(SERVICE, OTC, {"approval_enabled": UNKNOWN, "description": "a"}, {"description": "b"})
    assert found.steps == [Step(UPDATE, {"description": "b"})]


def test_tags_alone_need_no_update() -> None:
    found = plan(SERVICE, OTC, {"approval_enabled": False, "tags": {}}, {"tags": {"a": "1"}})
    assert found.steps == [Step(TAGS, {"action": "create", "tags": [{"key": "a", "value": "1"}]})]


def test_ports_are_replaced_as_a_whole() -> None:
    one, two = ({"client_port": port, "server_port": 80, "protocol": "TCP"} for port in (80, 81))
    found = plan(SERVICE, OTC, {"approval_enabled": True, "ports": [one]}, {"ports": [one, two]})
    assert found.steps == [Step(UPDATE, {"ports": [one, two], "approval_enabled": True})]


def test_name_backend_and_description_change_in_one_call() -> None:
    current = {"approval_enabled": True, "service_name": "a", "port_id": "p1", "description": ""}
    wanted = {"service_name": "b", "port_id": "p2", "description": "d"}
    assert plan(SERVICE, OTC, current, wanted).steps == [Step(UPDATE, {**wanted, "approval_enabled": True})]


def test_immutable_fields_are_conflicts_and_nothing_is_sent() -> None:
    current = {"approval_enabled": True, "vpc_id": "v1", "server_type": "VM", "description": "a"}
    found = plan(SERVICE, OTC, current, {"description": "b", "server_type": "LB", "vpc_id": "v2"})
    assert found.conflicts == ["server_type", "vpc_id"] and found.steps == []
    assert (found.before["vpc_id"], found.after["vpc_id"]) == ("v1", "v2")


@pytest.mark.parametrize("cloud, changed_by", [(OTC, UPDATE), (HUAWEI, None)])
def test_what_can_be_changed_depends_on_the_cloud(cloud: str, changed_by: str | None) -> None:
    found = plan(SERVICE, cloud, {"approval_enabled": True, "enable_policy": False}, {"enable_policy": True})
    assert [step.operation for step in found.steps] == ([changed_by] if changed_by else [])
    assert bool(found.conflicts) == (changed_by is None)


@pytest.mark.parametrize(
    "name, before, after, operation",
    [
        ("whitelist", [], ["10.0.0.1"], "updateEndpointWhitelist"),
        ("enable_whitelist", False, True, "updateEndpointWhitelist"),
        ("routetables", ["a"], ["b"], "updateEndpointRouteTables"),
        ("policy_statement", [], [{"Effect": "Deny", "Action": ["a"], "Resource": ["b"]}], "updateEndpointPolicy"),
    ],
)
def test_endpoints_change_on_huawei_cloud_only(name: str, before: Any, after: Any, operation: str) -> None:
    current = {"whitelist": [], "enable_whitelist": False, name: before}
    assert [step.operation for step in plan(ENDPOINT, HUAWEI, current, {name: after}).steps] == [operation]
    assert plan(ENDPOINT, OTC, current, {name: after}).conflicts == [name]


def test_the_access_whitelist_and_its_switch_go_together() -> None:
    current = {"whitelist": ["10.0.0.1"], "enable_whitelist": True}
    found = plan(ENDPOINT, HUAWEI, current, {"whitelist": ["10.0.0.2"]})
    assert found.steps == [Step("updateEndpointWhitelist", {"whitelist": ["10.0.0.2"], "enable_whitelist": True})]
    found = plan(ENDPOINT, HUAWEI, current, {"enable_whitelist": False})
    assert found.steps == [Step("updateEndpointWhitelist", {"whitelist": ["10.0.0.1"], "enable_whitelist": False})]
    assert list(found.before) == ["enable_whitelist"]


def test_what_the_cloud_does_not_show_is_left_alone() -> None:
    found = plan(SERVICE, OTC, {"approval_enabled": True, "pool_id": UNKNOWN}, {"pool_id": "p", "payer": "endpoint"})
    assert found == Plan({}, {}, [], [], ["pool_id", "payer"])
    assert not is_change(found)


def test_both_kinds_of_backend_cannot_change_at_once() -> None:
    current = {"approval_enabled": True, "port_id": "p1", "ip": "10.0.0.1"}
    with pytest.raises(InputError, match=r"port_id and ip .*3052"):
        plan(SERVICE, HUAWEI, current, {"port_id": "p2", "ip": "10.0.0.2"})
    found = plan(SERVICE, HUAWEI, current, {"port_id": "p2", "ip": "10.0.0.1"})
    assert found.steps == [Step(UPDATE, {"port_id": "p2", "approval_enabled": True})]


def test_replacing_an_object_is_offered_even_where_changing_it_would_be_refused() -> None:
    current = {
        "approval_enabled": True,
        "port_id": "p1",
        "ip": "10.0.0.1",
        "vpc_id": "v1",
        "tags": {f"old{number}": "" for number in range(15)},
    }
    wanted = {"port_id": "p2", "ip": "10.0.0.2", "vpc_id": "v2", "tags": {f"new{number}": "" for number in range(15)}}
    assert plan(SERVICE, HUAWEI, current, wanted, purge_tags=False).conflicts == ["vpc_id"]


def tag_steps(before: dict[str, str], wanted: dict[str, str], cloud: str = OTC, **purge: bool) -> list[Any]:
    """The calls about tags, short: action and tags (their keys when nothing else is sent)."""
    steps = plan(SERVICE, cloud, {"approval_enabled": True, "tags": before}, {"tags": wanted}, **purge).steps
    assert {step.operation for step in steps} <= {TAGS}
    return [
        (
            body["action"],
            {tag["key"]: tag["value"] for tag in body["tags"] if "value" in tag}
            or [tag["key"] for tag in body["tags"]],
        )
        for _operation, body in steps
    ]


def test_tags_are_deleted_by_key_before_others_are_created() -> None:
    assert tag_steps({"a": "1", "b": "2"}, {"b": "2", "c": "3"}) == [("delete", ["a"]), ("create", {"c": "3"})]


def test_a_changed_tag_is_overwritten_by_one_call() -> None:
    assert tag_steps({"a": "1"}, {"a": "2"}) == [("create", {"a": "2"})]


def test_tags_stay_without_purge() -> None:
    assert tag_steps({"a": "1", "b": "2"}, {"b": "3"}, purge_tags=False) == [("create", {"b": "3"})]
    assert tag_steps({"a": "1"}, {}, purge_tags=False) == []


def test_an_empty_dict_removes_all_tags() -> None:
    assert tag_steps({"a": "1", "b": ""}, {}) == [("delete", ["a", "b"])]


def test_twenty_tags_are_replaced_by_twenty_others_within_the_limit() -> None:
    before, after = ({f"{word}{number}": "" for number in range(20)} for word in ("old", "new"))
    assert [(action, len(tags)) for action, tags in tag_steps(before, after)] == [("delete", 20), ("create", 20)]
    assert [(action, len(tags)) for action, tags in tag_steps(before, after, HUAWEI)] == [
        ("delete", 10),
        ("delete", 10),
        ("create", 10),
        ("create", 10),
    ]


def test_more_than_twenty_tags_are_refused_with_a_way_out() -> None:
    before = {f"old{number}": "" for number in range(15)}
    with pytest.raises(InputError, match=r"the 15 existing ones .* 21; the limit is 20 .* purge_tags"):
        tag_steps(before, {f"new{number}": "" for number in range(6)}, purge_tags=False)
    assert len(tag_steps(before, {f"new{number}": "" for number in range(5)}, purge_tags=False)) == 1


def permission_steps(before: list[str], wanted: list[str], cloud: str = OTC, **purge: bool) -> list[Any]:
    steps = plan(SERVICE, cloud, {"permissions": before}, {"permissions": wanted}, **purge).steps
    assert {step.operation for step in steps} <= {PERMISSIONS}
    return [step.body for step in steps]


def test_whitelist_records_are_added_before_others_are_removed() -> None:
    assert permission_steps(["iam:domain::*"], ["iam:domain::a", "iam:domain::b"]) == [
        {"action": "add", "permissions": ["iam:domain::a", "iam:domain::b"]},
        {"action": "remove", "permissions": ["iam:domain::*"]},
    ]


def test_whitelist_records_stay_without_purge() -> None:
    assert permission_steps(["iam:domain::a"], ["iam:domain::b"], purge_permissions=False) == [
        {"action": "add", "permissions": ["iam:domain::b"]}
    ]
    assert permission_steps(["iam:domain::a"], [], purge_permissions=False) == []


def test_an_empty_list_removes_all_records() -> None:
    assert permission_steps(["iam:domain::a"], []) == [{"action": "remove", "permissions": ["iam:domain::a"]}]


def test_records_of_organizations_go_in_calls_of_their_own() -> None:
    path = "organizations:orgPath::o-1/*"
    assert permission_steps(["iam:domain::a", path], ["iam:domain::b"], HUAWEI) == [
        {"action": "add", "permissions": ["iam:domain::b"]},
        {"action": "remove", "permissions": ["iam:domain::a"]},
        {"action": "remove", "permissions": [path], "permission_type": "orgPath"},
    ]


def test_the_order_is_update_then_tags_then_permissions() -> None:
    current = {"approval_enabled": True, "permissions": [], "tags": {"a": "1"}, "description": ""}
    wanted = {"permissions": ["iam:domain::a"], "tags": {"b": "1"}, "description": "d"}
    found = plan(SERVICE, OTC, current, wanted)
    assert [step.operation for step in found.steps] == [UPDATE, TAGS, TAGS, PERMISSIONS]
    assert list(found.before) == list(found.after) == ["permissions", "tags", "description"]


def fresh(value: Any) -> Any:
    """The same out of an answer: equal, but no object that this program already has."""
    return json.loads(json.dumps(value))


def test_what_is_equal_is_the_same_whichever_object_it_is() -> None:
    before, wanted = {"env": "production", "old": "one"}, {"env": "production", "new": "two"}
    assert tag_steps(fresh(before), wanted) == [("delete", ["old"]), ("create", {"new": "two"})]
    current, desired = {"permissions": ["iam:domain::a"]}, {"permissions": ["iam:domain::b"]}
    found = plan(SERVICE, OTC, fresh(current), fresh(desired), purge_permissions=False)
    assert found.after == {"permissions": ["iam:domain::a", "iam:domain::b"]}
    found = plan(SERVICE, OTC, fresh({"tags": {"a": "1"}}), fresh({"tags": {"b": "2"}}), purge_tags=False)
    assert found.after == {"tags": {"a": "1", "b": "2"}}
    answer = fresh({"service_type": "interface", "status": "accepted"})
    assert planning.comparable(ENDPOINT, answer, ["subnet_id", "port_ip"]) == ["subnet_id", "port_ip"]


def test_an_operation_of_any_name_is_an_update() -> None:
    table = {"description": Field("text", {OTC: "aFirstOperation"})}
    assert plan(table, OTC, {"description": "a"}, {"description": "b"}).steps == [
        Step("aFirstOperation", {"description": "b"})
    ]


# What can be compared


def test_other_types_are_not_compared() -> None:
    names = ["vpc_id", "subnet_id", "routetables", "whitelist", "policy_statement", "tags"]
    gateway = planning.comparable(ENDPOINT, {"service_type": "gateway", "status": "accepted"}, names)
    interface = planning.comparable(ENDPOINT, {"service_type": "interface", "status": "accepted"}, names)
    assert gateway == ["vpc_id", "routetables", "policy_statement", "tags"]
    assert interface == ["vpc_id", "subnet_id", "whitelist", "tags"]
    assert planning.comparable(ENDPOINT, {"status": "accepted"}, names) == names


@pytest.mark.parametrize("status", ["creating", "pendingAcceptance", "rejected", "failed", None])
def test_address_and_dns_count_once_accepted_only(status: str | None) -> None:
    names = ["port_ip", "enable_dns", "vpc_id"]
    assert planning.comparable(ENDPOINT, {"service_type": "interface", "status": status}, names) == ["vpc_id"]
    assert planning.comparable(ENDPOINT, {"service_type": "interface", "status": "accepted"}, names) == names


# Creation


def test_a_creation_sends_what_was_given_and_nothing_else() -> None:
    desired = {"port_id": "p", "approval_enabled": False, "tags": {"b": "2", "a": "1"}, "description": ""}
    assert planning.create_body(SERVICE, desired) == {
        "port_id": "p",
        "approval_enabled": False,
        "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
        "description": "",
    }


def test_a_creation_leaves_out_empty_tags_and_the_whitelist_records() -> None:
    assert planning.create_body(SERVICE, {"port_id": "p", "tags": {}, "permissions": ["*"]}) == {"port_id": "p"}
    assert planning.create_body(ENDPOINT, {"whitelist": []}) == {"whitelist": []}
