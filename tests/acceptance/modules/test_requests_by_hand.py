"""The left halves of the pairs in the guide for those who come from `uri` tasks, one after the other."""

from typing import Any

import yaml

from tests.acceptance.modules.test_examples import BACKEND, ROOT, with_token
from tests.support.listings import listings

PAGE = ROOT / "docs" / "migrating-from-uri.md"
HALF = "half of the pair"


def test_every_request_of_the_guide(controller: Any, simulator: Any) -> None:
    simulator.settings(delay=0)
    halves = [listing for listing in listings(PAGE) if listing.argument.startswith(HALF)]
    first, *others = [task for listing in halves for task in yaml.safe_load(listing.text)]
    assert len(others) == 4
    # What the page says stands around them.
    around = {
        "api": f"{simulator.api_url}/v1/{simulator.project_id()}",
        "headers": {"X-Auth-Token": with_token(simulator)["token"]},
        "id": "{{ made.json.id }}",
        "all_ports_again": [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}],
        **{name: BACKEND[name] for name in ("port_id", "vpc_id")},
    }
    simulator.clear_log()
    tasks = [{**first, "register": "made"}, *others]
    done = controller.play(*[{**task, "vars": around} for task in tasks])
    assert done.code == 0, done.output
    assert [request.split()[0] for request in controller.requests()] == [
        "POST", "PUT", "POST", "POST", "DELETE"
    ]  # fmt: skip
    assert simulator.state()["services"] == []
