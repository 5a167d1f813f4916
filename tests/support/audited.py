"""A service and two endpoints to which no rule of the audit objects."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import RULES, audit

RANGE = "198.19.128.0/17"
LIMITED = [{"Effect": "Allow", "Action": ["obs:object:GetObject"], "Resource": ["obs:*:*:object:shop/*"]}]
TAGGED = {"tags-missing": {"keys": ["owner"]}}
TAGS = [{"key": "owner", "value": "shop"}]


class Estate:
    """A service of the provider with an endpoint of the consumer, and a gateway endpoint: no rule objects to it."""

    def __init__(self, task: Any, cloud: Any, publish: Any, allow: Any) -> None:
        self.task, self.cloud, self.publish, self.allow = task, cloud, publish, allow
        self.partner = "iam:domain::" + cloud.domain_id("consumer")
        self.used = set[str]()
        self.port_id = cloud.spare("provider")[0]["port_id"]
        self.group = self.admit({"remote_ip_prefix": RANGE, "multiport": "80-89"})
        self.service = publish("shop", tags=TAGS)
        allow(self.service, self.partner)
        self.endpoint = self.join(self.service)
        self.gateway = self.join_obs(LIMITED)

    def admit(self, *rules: Any) -> str:
        """A new security group of the backend; returns its ID."""
        group = self.cloud.add("security_groups", name="web", rules=[{"direction": "egress", "protocol": None}, *rules])
        self.cloud.change("ports", self.port_id, groups=[group["id"]])
        return str(group["id"])

    def sent_elsewhere(self) -> list[str]:
        """The operations of network services that the last audit sent."""
        log = [one for one in self.cloud.log() if one["service"] not in ("iam", "vpcep")]
        assert {one["method"] for one in log} <= {"GET"}
        return [one["operation"] for one in log]

    def network(self, account: str) -> Any:
        network = next(one for one in self.cloud.spare(account) if one["vpc_id"] not in self.used)
        self.used.add(network["vpc_id"])
        return network

    def join(self, service: str, account: str = "consumer", status: str = "accepted", **more: Any) -> str:
        network = self.network(account)
        body = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"], "tags": TAGS}
        limits = {"whitelist": ["10.0.0.0/8"], "enable_whitelist": True}
        return self.create({**body, **limits, "endpoint_service_id": service, **more}, account, status)

    def join_obs(self, policy: Any, **more: Any) -> str:
        obs = next(one for one in self.cloud.info()["public_services"] if one["name"].endswith(".obs"))
        body = {"endpoint_service_id": obs["id"], "vpc_id": self.network("consumer")["vpc_id"], "tags": TAGS}
        return self.create({**body, "policy_statement": policy, **more}, "consumer")

    def create(self, body: Any, account: str, status: str = "accepted") -> str:
        made = self.task(lambda _, runtime: runtime.api.create_endpoint(body), account=account)["id"]
        self.cloud.advance(3)
        self.cloud.change("endpoints", made, status=status)
        return str(made)

    def empty_service(self, name: str = "idle", **more: Any) -> str:
        return str(self.publish(name, tags=TAGS, **more))

    def audit(self, *sides: str, **options: Any) -> Any:
        first, *others = sides or ("provider", "consumer")
        if others:
            options["other_auth"] = self.cloud.account(others[0])
        return self.task(audit, account=first, **options)

    def found(self, rule: str, *sides: str, **settings: Any) -> list[tuple[str, str]]:
        """Kind and ID of the objects that the rule finds, when all other ones are off."""
        rules = {other: {"enabled": other == rule} for other in RULES}
        rules[rule].update(settings)
        result = self.audit(*sides, rules=rules)
        assert result["not_applied"] == [] and result["changed"] is False and self.task.writes == []
        assert {one["id"] for one in result["findings"]} <= {rule}
        self.found_last = result["findings"][-1] if result["findings"] else {}
        return [(one["object"]["kind"], one["object"]["id"]) for one in result["findings"]]


@pytest.fixture
def estate(task: Any, cloud: Any, publish: Any, allow: Any) -> Estate:
    return Estate(task, cloud, publish, allow)
