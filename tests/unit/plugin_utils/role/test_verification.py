"""What the role connect_vpcs verifies, and what it says about silent ports."""

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.result import role_result
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.verification import role_verification
from tests.support.role_plans import ACCEPTED, ENDPOINT, SERVICE, given


def test_verification() -> None:
    options = given(service_id="one", endpoints=[ENDPOINT], verify_from=["frontend"])
    result = {**role_result(options), "service": SERVICE, "endpoints": [{**ACCEPTED, "ports": []}]}
    asked = role_verification(options, result)
    assert asked["tries"] == [{"host": "frontend", "address": "10.0.0.1", "port": 443}] and not asked["problem"]
    assert not role_verification(options, result, [{"state": "started"}])["problem"]
    silent = role_verification(options, result, [{"elapsed": 2}], [{"check": "port p", "value": "ACTIVE"}])
    assert silent["silent"] == ["frontend to 10.0.0.1:443"] and "Backend: port p, ACTIVE." in silent["problem"][1]
    assert asked["server_ports"] == [8443] and asked["answered"] == ["10.0.0.1:443 from frontend"]
    checks = [
        {"check": "port p", "value": "ACTIVE", "ok": True},
        {"check": "traffic of port p", "value": "Group g does not admit it.", "ok": False},
        {"check": "network ACL of port p", "value": "admitted", "ok": True},
    ]
    refused = role_verification(options, result, [{"elapsed": 2}], checks)["problem"][1]
    assert "Backend: port p, ACTIVE. traffic of port p: Group g does not admit it. To add a rule: connect_" in refused
    assert "network ACL of port" not in refused
    assert "no python" in role_verification(options, result, [{"msg": "no python"}])["problem"]
    waiting = {**result, "endpoints": [{**ACCEPTED, "status": "pendingAcceptance", "ip": ""}]}
    assert "Endpoints without address: e1." in role_verification(options, waiting)["problem"]
    assert role_verification(options, {**result, "service": {}})["tries"] == []


def test_verification_under_names_of_ones_own() -> None:
    """Once for endpoints of several VPCs with one name; not before the record is made."""
    options = given(service_id="one", endpoints=[ENDPOINT], verify_from=["frontend"])
    record = {"name": "shop.example.com", "value": "10.0.0.1"}
    named = {**ACCEPTED, "dns_record": record, "dns_names": ["shop.example.com", "vpcep-1.example.net"]}
    result = {**role_result(options), "service": SERVICE, "endpoints": [named, {**named, "ip": "10.1.0.1"}]}
    tries = role_verification(options, result)["tries"]
    assert [one["address"] for one in tries] == ["10.0.0.1", "10.1.0.1", "shop.example.com"]
    answers, silence = {"state": "started"}, {"elapsed": 2}
    found = role_verification(options, result, [answers, answers, silence])
    assert found["silent"] == ["frontend to shop.example.com:443"]
    (text,) = found["problem"]
    assert "the host does not resolve the name" in text and "cloud's own" in text
    both = role_verification(options, result, [silence, answers, silence])["problem"]
    assert "10.0.0.1:443, frontend to shop.example.com:443. Check, in this order:" in both[0] and len(both) == 5
    pending = {**named, "dns_record": {**record, "note": "The record is made once the endpoint is accepted."}}
    tries = role_verification(options, {**result, "endpoints": [pending]})["tries"]
    assert [one["address"] for one in tries] == ["10.0.0.1"]
