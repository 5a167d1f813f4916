"""Which objects a Terraform state lists."""

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.terraform_ids import terraform_ids


def resource(kind: str, *ids: Any, mode: str = "managed", **more: Any) -> dict[str, Any]:
    return {"mode": mode, "type": kind, "instances": [{"attributes": {"id": one}, **more} for one in ids]}


def test_a_state_file() -> None:
    resources = [
        resource("opentelekomcloud_vpcep_service_v1", "s2", "s1"),
        resource("huaweicloud_vpcep_endpoint", "e1", "e1"),
        resource("huaweicloud_vpcep_approval", "s3"),
        resource("huaweicloud_vpcep_service", "s4", mode="data"),
        resource("huaweicloud_vpcep_service", "s5", deposed="abcd"),
        resource("huaweicloud_vpcep_service", None),
        resource("aws_vpc_endpoint", "e9"),
    ]
    assert terraform_ids(json.dumps({"version": 4, "resources": resources})) == {
        "services": ["s1", "s2"],
        "endpoints": ["e1"],
    }


@pytest.mark.parametrize("where", ["values", "prior_state"])
def test_what_show_prints(where: str) -> None:
    def shown(kind: str, one: str, **more: Any) -> dict[str, Any]:
        return {"mode": "managed", "type": kind, "values": {"id": one}, **more}

    child = {"resources": [shown("huaweicloud_vpcep_endpoint", "e1")]}
    gone = shown("huaweicloud_vpcep_endpoint", "e2", deposed_key="abcd")
    root = {
        "resources": [shown("huaweicloud_vpcep_service", "s1"), gone],
        "child_modules": [{"child_modules": [child]}],
    }
    values: Any = {"root_module": root}
    state = {"format_version": "1.0", where: values if where == "values" else {"values": values}}
    assert terraform_ids("\ufeff" + json.dumps(state)) == {"services": ["s1"], "endpoints": ["e1"]}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", '{"version": 3, "modules": []}', '{"version": 4}', '{"version": 4, "resources": ["s3cret"]}',
     '{"version": 4, "resources": []}', '{"format_version": "1.0"}', '{"format_version": "1.0", "values": "s3cret"}'],
)  # fmt: skip
def test_other_files_are_refused_without_quoting_them(text: str) -> None:
    with pytest.raises(AnsibleFilterError, match="Terraform") as caught:
        terraform_ids(text)
    assert "s3cret" not in str(caught.value)
