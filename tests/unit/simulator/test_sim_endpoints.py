"""Endpoints and connections: both kinds, states, visibility, approval, addresses, Huawei's changes."""

from typing import Any

SERVICES, ENDPOINTS = "/vpc-endpoint-services", "/vpc-endpoints"
DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"
ALLOW_ALL = [{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:*/*", "obs:*:*:*:*"]}]


def get(caller: Any, endpoint: str) -> Any:
    return caller.ok("GET", f"{ENDPOINTS}/{endpoint}")


def test_gateway_endpoints_lack_what_interfaces_have(otc: Any) -> None:
    network = otc.network("provider")
    body = {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"], "enable_dns": True, "enable_whitelist": True}
    endpoint = get(otc.provider, otc.provider.ok("POST", ENDPOINTS, body)["id"])
    assert not {"ip", "subnet_id", "enable_dns", "dns_names", "whitelist", "enable_whitelist"} & set(endpoint)
    assert endpoint["routetables"] == [network["routetable_id"]]
    assert endpoint["policy_statement"] == ALLOW_ALL
    policy = [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Sid": "1"}]
    own = otc.provider.endpoint(OBS, subnet_id=otc.absent, policy_statement=policy)
    assert own["policy_statement"] == [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]


def test_interface_endpoints_lack_what_gateways_have(otc: Any) -> None:
    endpoint = otc.provider.endpoint(DNS, routetables=["4189d3c2-8882-4871-a3c2-d380272eed86"])
    assert not {"policy_statement", "routetables"} & set(endpoint)
    assert get(otc.provider, endpoint["id"])["routetables"] == []
    (listed,) = otc.provider.ok("GET", ENDPOINTS)["endpoints"]
    assert "routetables" not in listed


def test_any_id_is_accepted_when_told_so(otc: Any) -> None:
    otc.sim.settings(accept_any_id=True)
    ids = [f"aaaaaaaa-0000-4000-8000-00000000000{n}" for n in range(5)]
    service = otc.provider.service(vpc_id=ids[0], port_id=ids[1])["id"]
    endpoint = otc.provider.endpoint(service, vpc_id=ids[2], subnet_id=ids[3], port_ip="172.31.0.5")["id"]
    assert get(otc.provider, endpoint)["ip"] == "172.31.0.5"
    otc.provider.endpoint(OBS, vpc_id=ids[2], subnet_id=otc.absent, routetables=[ids[4]])
    otc.provider.endpoint(OBS, vpc_id=ids[0], subnet_id=otc.absent)
    otc.provider.refused("EndPoint.0023", "POST", ENDPOINTS, otc.provider.endpoint_body(service, subnet_id="x"))


# Huawei


def test_dual_stack(huawei: Any) -> None:
    body = {"ip_version": "dualstack", "ipv6_address": "2407:c080:1200::10"}
    created = huawei.provider.endpoint(DNS, **body)
    assert body.items() <= created.items()
    body = huawei.provider.endpoint_body(DNS, ip_version="ipv6")
    huawei.provider.refused("EndPoint.0002", "POST", ENDPOINTS, body)
