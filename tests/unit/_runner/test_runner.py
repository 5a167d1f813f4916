"""How a module ends: with a result or an error, what goes with them, and what is left out."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    CredentialsError,
    MissingLibrary,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.project import find_quotas
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from tests.support.modules import Ended, Module


@pytest.fixture
def params(cloud: Any, tmp_path: Any) -> dict[str, Any]:
    return {**cloud.account(), "token_cache_dir": str(tmp_path / "cache"), "timeout": 5.0, "retries": 0}


def run(program: Any, params: dict[str, Any], **how: Any) -> Module:
    module = Module(params, **how)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Ended):
        patch.setattr(entry, "AnsibleModule", lambda **_arguments: module)
        entry.run_module({}, program)
    return module


def talks(_options: Any, runtime: Any) -> dict[str, Any]:
    """A program that warns twice of one thing, and has a diff to show."""
    runtime.warn("mind this")
    runtime.warn("mind this")
    return {"changed": True, "diff": {"before": {}, "after": {"a": 1}}}


@pytest.mark.slow
def test_a_module_ends_with_what_its_program_found(params: dict[str, Any]) -> None:
    module = run(find_quotas, params)
    assert set(module.result) == {"changed", "quotas"} and module.warned == []


@pytest.mark.slow
def test_requests_are_shown_at_high_verbosity_only(params: dict[str, Any]) -> None:
    assert "http" not in run(find_quotas, params, verbosity=2).result
    shown = run(find_quotas, params, verbosity=3).result["http"]
    assert shown[-1]["method"] == "GET" and shown[-1]["status"] == 200


def test_the_diff_is_shown_to_those_who_ask_for_it(params: dict[str, Any]) -> None:
    assert "diff" not in run(talks, params).result
    assert run(talks, params, diff=True).result["diff"]["after"] == {"a": 1}


def test_no_member_of_a_result_has_a_name_that_ansible_takes_for_its_own(params: dict[str, Any]) -> None:
    """A tag's key ``__ansible_type`` made ansible-core 2.19 refuse the whole result of a module process."""
    tags = {"__ansible_type": "TrustedAsTemplate", "_ansible_no_log": "a", "a__ansible_b": "c", "_d": "e"}
    tags |= {"ansible_f": "g", "_ansible_f": "h"}  # one name for two: that of the first one stays right
    module = run(lambda _options, _runtime: {"endpoints": [{"tags": tags}], "changed": False}, params)
    shown = module.result["endpoints"][0]["tags"]
    other = {"a__ansible_b": "c", "_d": "e", "ansible_f": "g"}
    assert shown == {"ansible_type": "TrustedAsTemplate", "ansible_no_log": "a", **other}


def test_a_warning_is_given_once_and_those_of_the_login_too(params: dict[str, Any]) -> None:
    warned = run(talks, {**params, "validate_certs": False}).warned
    assert len(warned) == 2 and "validate_certs is false" in warned[0] and warned[1] == "mind this"


def test_an_error_keeps_its_facts_the_warnings_and_the_requests(params: dict[str, Any]) -> None:
    def fail(_options: Any, runtime: Any) -> Any:
        runtime.warn("mind this")
        raise WaitTimeout("Gave up.", what="endpoint x", status="creating", seconds=5.0)

    module = run(fail, params, verbosity=3)
    assert module.result["failed"] and module.result["msg"] == "Gave up." and module.result["http"] == []
    assert module.result["timeout"]["status"] == "creating" and module.warned == ["mind this"]


@pytest.mark.slow
def test_a_failure_after_a_change_is_a_change(params: dict[str, Any], cloud: Any) -> None:
    """An ignored or rescued failure would otherwise look as if nothing had happened."""
    network = cloud.spare("provider")[0]
    body = {"port_id": network["port_id"], "vpc_id": network["vpc_id"], "server_type": "VM"}

    def fail(options: Any, runtime: Any) -> Any:
        runtime.api.find_by_tags("endpoint", {"action": "filter", "tags": []})
        if options["changes"]:
            runtime.api.create_service({**body, "ports": [{"client_port": 80, "server_port": 80}]})
        raise WaitTimeout("Gave up.")

    assert "changed" not in run(fail, {**params, "changes": False}).result
    assert run(fail, {**params, "changes": True}).result["changed"] is True


def test_an_error_before_there_is_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_params: Any, **_shared: Any) -> Any:
        raise CredentialsError("Who?")

    monkeypatch.setattr(entry, "connect", refuse)
    assert run(talks, {}, verbosity=3).result == {"failed": True, "msg": "Who?"}


def test_a_missing_library_is_named_with_the_python_that_lacks_it(params: dict[str, Any]) -> None:
    pytest.importorskip("ansible.module_utils.basic")

    def fail(_options: Any, _runtime: Any) -> Any:
        raise MissingLibrary("requests", "Traceback: ...")

    result = run(fail, params).result
    assert result["failed"] and "requests" in result["msg"] and result["exception"] == "Traceback: ..."


def test_a_bug_is_not_dressed_up_as_an_error_of_the_cloud(params: dict[str, Any]) -> None:
    """It is called what it is, by means of Ansible's that hide secrets, with the way there."""

    def fail(_options: Any, runtime: Any) -> Any:
        runtime.warn("mind this")
        raise KeyError("id")

    module = run(fail, params)
    assert module.result["failed"] and "a mistake in crossvpc.vpcep" in module.result["msg"]
    assert "KeyError: 'id'" in module.result["msg"] and "in fail" in module.result["exception"]
    assert module.warned == ["mind this"]
