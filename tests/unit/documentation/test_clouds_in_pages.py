"""Each clouds.yaml that a page shows is one: it can be read, and nothing in it is ignored."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml
from tests.support.listings import listings

ROOT = Path(__file__).resolve().parents[3]
ENTRY = {"auth", "auth_methods", "auth_type", "cacert", "profile", "region_name", "regions", "verify"}
ENTRY |= {"vpcep_endpoint_override", *clouds_yaml._BESIDE_AUTH}
AUTH = {name for names in clouds_yaml._AUTH.values() for name in names} | set(clouds_yaml._TARGETS.values())


def shown() -> list[Any]:
    """The listings with clouds, by page."""
    found = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        for listing in listings(page):
            content = yaml.safe_load(listing.text) if listing.language == "yaml" else None
            if isinstance(content, dict) and "clouds" in content:
                found.append(pytest.param(content, id=f"{page.stem} {', '.join(content['clouds'])}"))
    return found


@pytest.mark.parametrize("content", shown())
def test_entries_are_read_as_a_whole(tmp_path: Path, content: dict[str, Any]) -> None:
    file = tmp_path / "clouds.yaml"
    file.write_text(yaml.safe_dump(content))
    for name, entry in content["clouds"].items():
        options = clouds_yaml.read(name, {"OS_CLIENT_CONFIG_FILE": str(file)}).options()
        assert set(entry) <= ENTRY, name
        assert set(entry.get("auth") or {}) <= AUTH, name
        assert options, name


@pytest.mark.slow
def test_pages_show_some() -> None:
    assert len(shown()) > 2
