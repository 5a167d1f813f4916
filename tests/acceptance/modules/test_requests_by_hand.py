"""The pairs in the guide for those who come from `uri` tasks: after a left half, the right one changes nothing."""

from typing import Any

import yaml

from tests.acceptance.modules.test_examples import ROOT, with_token
from tests.support.listings import listings
from tests.support.seed import BACKEND

PAGE = ROOT / "docs" / "migrating-from-uri.md"
HALF = "half of the pair"


def test_every_request_of_the_guide(controller: Any, simulator: Any) -> None:
    simulator.settings(delay=0)
    shown = list(listings(PAGE))
    tasks: list[dict[str, Any]] = [task for listing in shown for task in yaml.safe_load(listing.text)]
    assert [one.argument.startswith(HALF) for one in shown] == [True, False] * 6
    # What the page says stands around them.
    around = {
        "api": f"{simulator.api_url}/v1/{simulator.project_id()}",
        "headers": {"X-Auth-Token": with_token(simulator)["token"]},
        "id": "{{ made.json.id }}",
        "all_ports_again": [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}],
        **{name: BACKEND[name] for name in ("port_id", "vpc_id")},
    }
    tasks[0]["register"] = "made"
    for by_hand, module in zip(tasks[::2], tasks[1::2], strict=True):
        by_hand["vars"] = around
        module["failed_when"] = "now is changed or now is failed"
        module["register"] = "now"
    simulator.clear_log()
    done = controller.play(*tasks)
    assert done.code == 0, done.output
    sent = [request.split()[0] for request in controller.requests() if "Token" not in request]
    assert [verb for verb in sent if verb != "GET"] == ["POST", "POST", "PUT", "POST", "POST", "DELETE"]
    assert simulator.state()["services"] == []
