"""Write the table of rules of docs/audit.md, from plugins/module_utils/_resources/audit.py.

Usage: tools/run.sh .venv python tools/audit_rules.py
"""

from pathlib import Path

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import RULES, Rule

PAGE = Path(__file__).resolve().parents[1] / "docs" / "audit.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->"


def row(name: str, rule: Rule) -> str:
    parameters = ", ".join(f"`{key}: {value}`" for key, value in rule.parameters.items())
    return f"| `{name}` | {rule.severity} | {rule.title} | {parameters} | {'; '.join(rule.requests)} |\n"


def page(current: str) -> str:
    """The page with a new table."""
    before, _begin, rest = current.partition(BEGIN)
    heads = "| rule | severity | finds | parameters | requests |\n| --- | --- | --- | --- | --- |\n"
    return before + BEGIN + heads + "".join(map(row, RULES, RULES.values())) + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
