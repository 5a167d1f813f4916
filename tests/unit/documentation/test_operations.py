"""The table docs/operations.md, against the description of the API and the documentation of the modules."""

import re
from pathlib import Path
from typing import NamedTuple

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import CLOUD_NAMES
from tests.support import contract
from tests.support.cases import for_each
from tests.unit.modules.test_documentation import documentation

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
DESCRIBED = {described["operationId"]: (verb, path, described) for verb, path, described in contract.operations()}


class Row(NamedTuple):
    operation: str
    request: str
    clouds: str
    module: str
    option: str
    remarks: str


def table() -> list[Row]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [Row(*(cell.strip().strip("`") for cell in line.strip("|").split("|"))) for line in lines]


def test_the_table_lists_every_operation_once() -> None:
    assert sorted(row.operation for row in table()) == sorted(DESCRIBED)


@for_each((row,) for row in table())
def test_a_row_says_what_the_description_and_the_module_say(row: Row) -> None:
    verb, path, described = DESCRIBED[row.operation]
    assert row.request == f"{verb} {re.sub(r'vpc_endpoint(_service)?_id', 'id', path)}"
    names = [CLOUD_NAMES[cloud] for cloud in contract.clouds(described)]
    assert row.clouds == ("both" if len(names) == 2 else names[0])
    option, _colon, value = row.option.partition(": ")
    documented = documentation(row.module)["options"][option]
    assert not value or value in documented["choices"]
    for module in re.findall(r"vpcep_\w+", row.remarks):
        assert documentation(module)
