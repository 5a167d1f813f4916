"""The rulebooks of the collection, each from a request to its end."""

import json
from collections import Counter

import requests

from tests.eda.conftest import PATIENCE, Chat, Owner, until
from tests.support.fake_server import closed_port

WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"
SECRET = "Bearer hook-Secret-4711"


def test_approve_by_policy(owner: Owner) -> None:
    """Two requests that wait before the rulebook starts, and one that comes later."""
    (service,) = owner.services()
    consumer = owner.simulator.domain_id("consumer")
    first, own = owner.join(service), owner.join(service, "provider")
    policy = {"accept": [{"domain_id": consumer, "limit": 1}], "reject": [{"domain_id": owner.simulator.domain_id()}]}
    owner.watch("crossvpc.vpcep.approve_by_policy", connect_vpcs_accept_policy=policy)
    until(lambda: Counter(owner.statuses().values()) == {ACCEPTED: 1, REJECTED: 1}, "the first decisions")
    assert owner.statuses() == {first: ACCEPTED, own: REJECTED}
    second = owner.join(service)
    owner.simulator.remove("endpoints", first)
    until(lambda: owner.statuses()[second] == ACCEPTED, "the second decision")


def test_an_empty_policy_accepts_no_endpoint(owner: Owner) -> None:
    endpoint = owner.join(owner.services()[0])
    owner.watch("crossvpc.vpcep.approve_by_policy", connect_vpcs_accept_policy={})
    until(lambda: "PLAY RECAP" in owner.said(), "the playbook")
    assert owner.statuses() == {endpoint: WAITS}


def test_ask_a_person(owner: Owner, chat: Chat) -> None:
    service, _other = owner.services(2)
    endpoint = owner.join(service)
    port, token = closed_port(), "answer-Secret-1147"
    owner.watch(
        "crossvpc.vpcep.ask_a_person",
        vpcep_source={"services": ["web0"]},
        notify_url=chat.url,
        notify_headers={"Authorization": SECRET},
        answer_host="127.0.0.1",
        answer_port=port,
        answer_token=token,
    )
    message, header = until(lambda: chat.messages and chat.messages[0], "the question")
    assert header == SECRET and message["endpoint_id"] == endpoint and message["service_id"] == service
    account = owner.simulator.domain_id("consumer")
    assert message["text"].startswith(
        f"Endpoint {endpoint} of account {account} at service web0: requested. Accept it?"
    )
    assert message["service"]["ports"][0]["client_port"] == 443 and message["since"]
    answer = {"service_id": service, "endpoint_id": endpoint, "decision": "rejected"}
    headers = {"Authorization": f"Bearer {token}"}
    bad = {**answer, "endpoint_id": "{{ lookup('pipe', 'touch broken') }}"}
    broken = [{**answer, name: f"{value}\n"} for name, value in {**answer, "decision": "accepted"}.items()]
    gone = {**answer, "endpoint_id": "11111111-2222-3333-4444-555555555555"}
    for body in (bad, *broken, gone, answer):
        requests.post(f"http://127.0.0.1:{port}/endpoint", json=body, headers=headers, timeout=20)
    until(lambda: owner.statuses()[endpoint] == REJECTED, "the rejection")
    assert not list(owner.folder.rglob("broken")) and len(chat.messages) == 1
    assert len(owner.simulator.log(operation="acceptOrRejectConnection")) == 1
    assert owner.said().count("PLAY [Decide") == 2 and "fatal:" not in owner.said()
    assert SECRET not in owner.said() and token not in owner.said()


def test_tell_changes(owner: Owner, chat: Chat) -> None:
    """With the login in a variable, and a service whose name and tags are templates and have line breaks."""
    (service,) = owner.services()
    endpoint = owner.join(service)
    evil = "{{ lookup('pipe', 'touch broken') }}\n{% for x in 9 %}"
    shown = {"id": service, "service_name": f"eu-de.{evil}.{service}", "tags": [{"key": "a", "value": evil}]}
    body = json.dumps({"endpoint_services": [{**shown, "connection_count": 0}], "total_count": 1})
    owner.simulator.fault(operation="listEndpointServices", status=200, body=body, count=10**6)
    login = owner.simulator.account()
    owner.logout()
    owner.watch("crossvpc.vpcep.tell_changes", notify_url=chat.url, vpcep_source=login)
    until(lambda: owner.simulator.log(operation="listConnections"), "the first look")
    owner.simulator.change("endpoints", endpoint, status="failed")
    until(lambda: chat.messages, "the failure")
    owner.simulator.remove("endpoints", endpoint)
    until(lambda: len(chat.messages) == 2, "the removal")
    assert [message["kind"] for message, _header in chat.messages] == ["failed", "removed"]
    assert {message["endpoint_id"] for message, _header in chat.messages} == {endpoint}
    text = "{ { lookup('pipe', 'touch broken') }} { % for x in 9 %}"
    assert all(message["service"]["tags"] == {"a": text} for message, _header in chat.messages)
    assert all(f"at service {text}: " in message["text"] for message, _header in chat.messages)
    assert not list(owner.folder.rglob("broken")) and login["password"] not in owner.said()


def test_a_wrong_login_ends_the_rulebook_with_a_message(owner: Owner) -> None:
    owner.environment["OS_PASSWORD"] = "wrong-Secret-pa55word"
    owner.watch("crossvpc.vpcep.tell_changes", notify_url="http://127.0.0.1:9/")
    assert owner.process is not None
    owner.process.wait(PATIENCE)
    assert "401" in owner.said() and "wrong-Secret" not in owner.said()
