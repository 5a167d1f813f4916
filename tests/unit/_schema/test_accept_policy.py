"""What an accept policy decides, without a cloud."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.accept_policy import (
    Decision,
    age,
    check_policy,
    decisions,
    exceeded,
    needs_tags,
    rules_for,
    without_effect,
)

WAITS, ACCEPTED, REJECTED, CREATING = "pendingAcceptance", "accepted", "rejected", "creating"
ACCOUNTS = ("a", "b", "c")


def connection(number: int, account: str = "a", status: str = WAITS, **more: Any) -> dict[str, Any]:
    """created_at: the same for some neighbours, as in the clouds, which show whole seconds."""
    created = f"2026-01-01T00:00:{number // 3:02d}Z"
    return {
        "id": f"e{number}",
        "marker_id": number,
        "created_at": created,
        "domain_id": account,
        "status": status,
        **more,
    }


def decided(policy: dict[str, Any], *connections: dict[str, Any], tags: Any = None) -> list[Any]:
    found = decisions(rules_for(policy, tags or {}), connections)
    return [(found[one["id"]].status, found[one["id"]].decided_by) for one in connections]


TWO_OF_A = {"accept": [{"domain_id": "a", "limit": 2}]}


def test_the_oldest_are_accepted_up_to_the_limit() -> None:
    found = decided(TWO_OF_A, connection(3), connection(1), connection(2), connection(4, "b"))
    assert found == [(None, "accept[0].limit"), (ACCEPTED, "accept[0]"), (ACCEPTED, "accept[0]"), (None, "otherwise")]


def test_accepted_ones_count_first_also_younger_ones() -> None:
    found = decided(TWO_OF_A, connection(1), connection(2), connection(9, status=ACCEPTED))
    assert found == [(ACCEPTED, "accept[0]"), (None, "accept[0].limit"), (None, "accept[0]")]


def test_nothing_more_is_accepted_beyond_the_limit() -> None:
    accepted = [connection(number, status=ACCEPTED) for number in range(3)]
    assert decided(TWO_OF_A, connection(3), *accepted)[0] == (None, "accept[0].limit")


def test_one_that_is_created_keeps_its_place() -> None:
    found = decided({"accept": [{"domain_id": "a", "limit": 1}]}, connection(1, status=CREATING), connection(2))
    assert found == [(ACCEPTED, "accept[0]"), (None, "accept[0].limit")]


@pytest.mark.parametrize("status", [REJECTED, "failed", "deleting", "Accepted", ""])
def test_others_take_no_place_and_are_left_alone(status: str) -> None:
    policy = {"accept": [{"domain_id": "a", "limit": 1}]}
    assert decided(policy, connection(1, status=status), connection(2)) == [(None, None), (ACCEPTED, "accept[0]")]


def test_a_rejection_comes_before_an_acceptance_and_the_first_rule_of_an_account_counts() -> None:
    policy = {
        "accept": [{"domain_id": "a", "limit": 0}, {"domain_id": "*"}],
        "reject": [{"domain_id": "b"}],
        "otherwise": "reject",
    }
    found = decided(policy, connection(1, "a"), connection(2, "b"), connection(3, "c"))
    assert found == [(REJECTED, "accept[0].limit"), (REJECTED, "reject[0]"), (ACCEPTED, "accept[1]")]


def test_accounts_are_compared_without_regard_to_case() -> None:
    policy = {"reject": [{"domain_id": "A"}], "accept": [{"domain_id": "*", "limit": 1}]}
    found = decided(policy, connection(1), connection(2, "B"), connection(3, "b"))
    assert found == [(REJECTED, "reject[0]"), (ACCEPTED, "accept[0]"), (None, "accept[0].limit")]


def test_a_rule_that_another_one_hides_is_told() -> None:
    accept = [{"domain_id": "a", "tags": {"env": "dev"}}, {"domain_id": "a"}, {"domain_id": "*"}, {"domain_id": "b"}]
    assert without_effect({"accept": accept}) == [
        "policy.accept[3] has no effect, as policy.accept[2] comes before it."
    ]
    accept = [{"domain_id": "A", "tags": {"env": "dev", "x": "y"}}, {"domain_id": "b", "limit": 1}]
    policy = {"accept": accept, "reject": [{"domain_id": "a", "tags": {"env": "dev"}}]}
    assert without_effect(policy) == ["policy.accept[0] has no effect, as policy.reject[0] comes before it."]
    assert without_effect({}) == []


def test_a_limit_for_every_account_is_one_of_each() -> None:
    policy = {"accept": [{"domain_id": "*", "limit": 1}]}
    found = decided(policy, *(connection(number, account) for number, account in enumerate("abab")))
    assert [status for status, _rule in found] == [ACCEPTED, ACCEPTED, None, None]


def test_a_rule_with_tags_counts_for_services_with_all_of_them() -> None:
    policy = {"accept": [{"domain_id": "a", "tags": {"env": "dev", "tier": 1}}], "reject": [{"domain_id": "a"}]}
    policy["reject"][0]["tags"] = {"env": "prod"}
    for tags, expected in (
        ({"env": "dev", "tier": "1", "x": "y"}, (ACCEPTED, "accept[0]")),
        ({"env": "dev"}, (None, "otherwise")),
        ({"env": "prod", "tier": "1"}, (REJECTED, "reject[0]")),
        ({}, (None, "otherwise")),
    ):
        assert decided(policy, connection(1), tags=tags) == [expected]


def test_tags_of_the_service_matter_if_a_rule_has_tags() -> None:
    assert needs_tags({"reject": [{"domain_id": "b"}], "accept": [{"domain_id": "a"}, {"tags": {"env": "dev"}}]})
    assert not needs_tags({"reject": None, "accept": [{"domain_id": "a", "tags": {}}]})


def test_what_was_decided_before_names_the_rule_that_would_lead_to_it() -> None:
    policy = {"accept": [{"domain_id": "a", "limit": 1}], "reject": [{"domain_id": "b"}], "otherwise": "reject"}
    for account, status, rule in (
        ("a", ACCEPTED, "accept[0]"),
        ("a", REJECTED, "accept[0].limit"),
        ("b", REJECTED, "reject[0]"),
        ("b", ACCEPTED, None),
        ("c", REJECTED, "otherwise"),
        ("c", ACCEPTED, None),
    ):
        assert decided(policy, connection(1, account, status)) == [(None, rule)]
    assert decided({}, connection(1, "c", REJECTED), connection(2)) == [(None, None), (None, "otherwise")]


def test_words_of_an_answer_are_equal_and_not_the_same_objects() -> None:
    policy = json.loads(json.dumps({"accept": [{"domain_id": "a", "limit": 1}], "otherwise": "reject"}))
    connections = json.loads(json.dumps([connection(1, status=ACCEPTED), connection(2), connection(3, "b", REJECTED)]))
    found = decided(policy, *connections)
    assert found == [(None, "accept[0]"), (REJECTED, "accept[0].limit"), (None, "otherwise")]


def test_only_decisions_within_a_limit_depend_on_others() -> None:
    policy = {"accept": [{"domain_id": "a", "limit": 1}, {"domain_id": "b"}], "otherwise": "reject"}
    found = decisions(rules_for(policy, {}), [connection(1), connection(2), connection(3, "b"), connection(4, "c")])
    assert [one.limited for one in found.values()] == [True, False, False, False]


def test_more_accepted_than_the_limit_is_told() -> None:
    accepted = [connection(number, status=ACCEPTED) for number in range(3)]
    (text,) = exceeded(rules_for(TWO_OF_A, {}), accepted)
    assert text.startswith("Account a has 3 accepted endpoints, and accept[0] allows 2.")
    assert exceeded(rules_for(TWO_OF_A, {}), accepted[:2]) == exceeded(rules_for(TWO_OF_A, {}), accepted[:1]) == []
    assert exceeded(rules_for({}, {}), accepted) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"domain_id": "a b"}, r"policy.accept\[0\].domain_id: 'a b' is neither \* nor the ID of an account"),
        ({"domain_id": ""}, r"policy.accept\[0\].domain_id"),
        ({"domain_id": "a", "limit": -1}, r"policy.accept\[0\].limit: -1 is negative"),
        ({"domain_id": "a", "limit": True}, r"policy.accept\[0\].limit: True is not a number"),
        ({"domain_id": "a", "tags": {"<": "x"}}, r"policy.accept\[0\].tags"),
    ],
)
def test_what_cannot_be_is_refused(rule: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        check_policy({"accept": [rule]}, "otc")


def test_a_sound_policy_is_not_refused() -> None:
    check_policy(
        {"accept": [{"domain_id": "*", "limit": 0, "tags": {}}], "reject": None, "otherwise": "wait"}, "huawei"
    )
    check_policy({}, "otc")


@pytest.mark.parametrize("created", ["2026-01-01T00:00:01Z", "2026-01-01T00:00:01.174", "2026-01-01T00:00:01.000Z"])
def test_the_order_is_by_whole_seconds_in_either_form(created: str) -> None:
    first, second = connection(9, created_at=created), connection(10, created_at="2026-01-01T00:00:01Z")
    assert sorted([second, first], key=age) == [first, second]
    later = connection(1, created_at="2026-01-01T00:00:02Z")
    assert sorted([later, second], key=age) == [second, later]
    assert age({"id": "a", "marker_id": None, "created_at": None}) == age({"id": "a"}) == ("", 0, "a")


# For any policy and any list

RULE = {"domain_id": st.sampled_from([*ACCOUNTS, "*"])}
POLICIES = st.fixed_dictionaries(
    {
        "accept": st.lists(st.fixed_dictionaries(RULE, optional={"limit": st.integers(0, 3)}), max_size=3),
        "reject": st.lists(st.fixed_dictionaries(RULE), max_size=1),
        "otherwise": st.sampled_from(["wait", "reject"]),
    }
)
STATUSES = st.sampled_from([WAITS, WAITS, CREATING, ACCEPTED, REJECTED, "failed"])
LISTS = st.lists(st.tuples(st.sampled_from(ACCOUNTS), STATUSES), max_size=12).map(
    lambda made: [connection(number, account, status) for number, (account, status) in enumerate(made)]
)


def limit_of(policy: dict[str, Any], account: str) -> int | None:
    rule = next(rule for rule in rules_for(policy, {}) if rule.account in ("*", account))
    return rule.limit


@pytest.mark.slow
@settings(deadline=None)
@given(POLICIES, LISTS, st.randoms(use_true_random=False))
def test_any_list_keeps_the_limits_and_its_order_does_not_matter(
    policy: dict[str, Any], connections: list[Any], chance: random.Random
) -> None:
    found = decisions(rules_for(policy, {}), connections)
    shuffled = list(connections)
    chance.shuffle(shuffled)
    assert decisions(rules_for(policy, {}), shuffled) == found
    before = Counter(one["domain_id"] for one in connections if one["status"] == ACCEPTED)
    new = Counter(one["domain_id"] for one in connections if found[one["id"]].status == ACCEPTED)
    for account in ACCOUNTS:
        limit = limit_of(policy, account)
        assert limit is None or not new[account] or before[account] + new[account] <= limit
    for one in connections:
        assert found[one["id"]].status is None or one["status"] in (WAITS, CREATING)
        assert found[one["id"]].decided_by or one["status"] not in (WAITS, CREATING)


@pytest.mark.slow
@settings(deadline=None)
@given(POLICIES, LISTS)
def test_what_was_decided_is_decided_no_more(policy: dict[str, Any], connections: list[Any]) -> None:
    rules = rules_for(policy, {})
    found = decisions(rules, connections)
    after = [{**one, "status": found[one["id"]].status or one["status"]} for one in connections]
    again = decisions(rules, after)
    assert all(one.status is None for one in again.values())
    for one in connections:
        if one["status"] in (WAITS, CREATING):
            assert again[one["id"]].decided_by == found[one["id"]].decided_by


def happens(rules: Any, connections: list[dict[str, Any]], chance: random.Random, number: int) -> None:
    """One thing that changes a list: a new connection, a deletion, or a decision by the policy."""
    kind = chance.choice(["arrival", "deletion", "decision", "ready"])
    found = decisions(rules, connections)
    due = [one for one in connections if found[one["id"]].status and one["status"] == WAITS]
    if kind == "arrival":
        connections.append(connection(number, chance.choice(ACCOUNTS), chance.choice([WAITS, CREATING])))
    elif kind == "deletion" and connections:
        connections.remove(chance.choice(connections))
    elif kind == "decision" and due:
        one = chance.choice(due)
        one["status"] = found[one["id"]].status
    elif kind == "ready" and connections:
        one = chance.choice(connections)
        one["status"] = WAITS if one["status"] == CREATING else one["status"]


@pytest.mark.slow
@settings(deadline=None)
@given(POLICIES, LISTS, st.randoms(use_true_random=False))
def test_what_is_within_a_limit_stays_within_it(
    policy: dict[str, Any], connections: list[Any], chance: random.Random
) -> None:
    """So a run with an older list accepts no other connections than one with a newer list."""
    rules = rules_for(policy, {})
    chosen: set[str] = set()
    for number in range(12, 30):
        found = decisions(rules, connections)
        alive = {one["id"] for one in connections}
        accepted = {one["id"] for one in connections if one["status"] == ACCEPTED}
        now = accepted | {key for key, one in found.items() if one.status == ACCEPTED}
        assert chosen & alive <= now
        chosen |= now
        happens(rules, connections, chance, number)


def test_a_decision_has_no_limit_unless_it_says_so() -> None:
    assert not Decision(ACCEPTED, "accept[0]").limited
