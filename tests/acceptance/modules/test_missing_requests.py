"""A machine whose Python lacks the library requests."""

from typing import Any


def test_ansibles_own_message(controller: Any) -> None:
    shim = controller.folder / "shim"
    shim.mkdir()
    (shim / "requests.py").write_text("raise ImportError('No module named requests')\n")
    tasks = [
        {"crossvpc.vpcep.vpcep_service": {"name": "web", "state": "absent"}, "ignore_errors": True},
        {"crossvpc.vpcep.vpcep_endpoint_info": {}, "ignore_errors": True},
        {"crossvpc.vpcep.vpcep_service_info": {}, "register": "found", "ignore_errors": True},
        {"ansible.builtin.debug": {"msg": "<<{{ found.msg }}>>"}},
    ]
    done = controller.play(*tasks, PYTHONPATH=str(shim))
    assert done.count("ignored") == 3, done.output
    message = done.output.partition("<<")[2].partition(">>")[0]
    assert "Failed to import the required Python library (requests)" in message
    assert "Traceback" not in message
    assert "\n" not in message.strip()
    assert controller.requests() == []
