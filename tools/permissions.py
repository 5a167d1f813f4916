"""Write the tables and policies of docs/permissions.md, from tools/permissions.yml and the API descriptions.

The descriptions (tests/simulator/openapi) name the IAM action of each operation.
Usage: tools/run.sh .venv python tools/permissions.py
"""

import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "permissions.md"
DATA = ROOT / "tools" / "permissions.yml"
APIS = [ROOT / "tests" / "simulator" / "openapi" / f"{name}.yaml" for name in ("vpcep", "network")]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the descriptions are long
BOTH = ["otc", "huawei"]
READING = (":get", ":list", ":showServer")  # how the names of actions end that change nothing


class Rights(NamedTuple):
    """The IAM actions that some operations need: in both clouds to read, to change, and on Huawei Cloud in addition."""

    read: list[str]
    change: list[str]
    huawei: list[str]


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The content of the file, with its lists of lists flattened."""
    found = dict(yaml.safe_load(DATA.read_text(encoding="utf-8")))
    found["hints"] = list(chain(*found["hints"]))
    found["modules"] = {module: list(chain(*lists)) for module, lists in found["modules"].items()}
    for policy in found["policies"]:
        policy["modules"] = list(chain(*policy.get("modules", [])))
    return found


@lru_cache(maxsize=1)
def operations() -> dict[str, dict[str, Any]]:
    """The descriptions of all operations by their IDs."""
    paths = [
        path for api in APIS for path in yaml.load(api.read_text(encoding="utf-8"), Loader=LOADER)["paths"].values()
    ]
    described = [one for path in paths for one in path.values() if isinstance(one, dict)]
    return {one["operationId"]: one for one in described}


def allowed(module: str) -> set[str]:
    """The operations that a module may send. Raises KeyError when the data does not know the module."""
    of_options = [name for one in data()["options"] if module in one["modules"] for name in one["operations"]]
    return {*data()["modules"][module], *data()["hints"], *of_options}


def rights(names: Iterable[str]) -> Rights:
    """The actions for operations, with those that the clouds list as their dependencies."""
    read: set[str] = set()
    change: set[str] = set()
    huawei: set[str] = set()
    for name in names:
        described = operations()[name]
        action = described.get("x-iam-action", "")
        reads = action.endswith(READING)
        place = huawei if described.get("x-clouds", BOTH) != BOTH else read if reads else change
        place.update([*described.get("x-iam-depends", []), *[action] * bool(action)])
    return Rights(sorted(read), sorted(change - read), sorted(huawei - read - change))


def quoted(actions: Iterable[str]) -> str:
    """Actions as in a policy."""
    text = ", ".join(json.dumps(action) for action in actions)
    return f"`{text}`" if text else "none"


def of_modules() -> str:
    lines = ["| module | to read, and for `--check` | to change | also on Huawei Cloud |", "| --- | --- | --- | --- |"]
    for module, names in data()["modules"].items():
        cells = [f"`{module}`", *map(quoted, rights(names))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def of_options() -> str:
    lines = ["| option | of | to read, and for `--check` | to change |", "| --- | --- | --- | --- |"]
    for one in data()["options"]:
        found = rights(one["operations"])
        options, modules = (", ".join(f"`{name}`" for name in one[kind]) for kind in ("options", "modules"))
        cells = [f"{options} {one.get('when', '')}".rstrip(), modules, quoted(found.read), quoted(found.change)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def of_hints() -> str:
    return "\n".join(f"- `{action}`" for action in sorted(rights(data()["hints"]).read)) + "\n"


def of_policies() -> str:
    return "\n".join(policy(**one) for one in data()["policies"])


def policy(title: str, about: str, modules: list[str]) -> str:
    """A section of the page with a policy to paste. Without modules: to read with all modules."""
    found = rights(name for module in modules or data()["modules"] for name in data()["modules"][module])
    actions = sorted([*found.read, *found.change]) if modules else found.read
    text = json.dumps({"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": actions}]}, indent=2)
    named = f" Modules: {', '.join(f'`{one}`' for one in modules)}." if modules else ""
    more = f"\nOn Huawei Cloud, add {quoted(found.huawei)}.\n" if modules and found.huawei else ""
    return f"### {title}\n\n{about}{named}\n\n```json\n{text}\n```\n{more}"


PARTS = {"policies": of_policies, "modules": of_modules, "options": of_options, "hints": of_hints}


def page(current: str) -> str:
    """The page with its generated parts written again."""
    for name, write in PARTS.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, _begin, rest = current.partition(begin)
        _old, _end, after = rest.partition(end)
        current = f"{before}{begin}{write()}{end}{after}"
    return current


def main() -> int:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
