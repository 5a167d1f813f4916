"""Small filters of the playbooks for AWX."""

from __future__ import annotations

import importlib.util
import json
import re
import typing as t

import yaml
from ansible.errors import AnsibleFilterError

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RESULT = re.compile(r"FAILED! => (\{.*\})")


def answer_from_yaml(answer: t.Any, question: str) -> t.Any:
    """See the filter of this name."""
    if not isinstance(answer, str):
        return answer
    try:
        return yaml.safe_load(answer)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise AnsibleFilterError(f'The answer to "{question}" is not valid YAML{place}: {problem}.') from None


def awx_update_failure(update: dict[str, t.Any], log: str = "") -> str:
    """See the filter of this name."""
    told = [update.get(name) for name in ("job_explanation", "result_traceback")]
    return " ".join(filter(None, told)) or " ".join(_messages(COLOUR.sub("", log)))


def _messages(log: str) -> t.Iterator[str]:
    for found in RESULT.finditer(log):
        try:
            message = json.loads(found[1]).get("msg")
        except ValueError:
            message = found[1]
        if message:
            yield " ".join(str(message).split())


def first_installed(names: list[str]) -> str:
    """See the filter of this name."""
    for name in names:
        try:
            if importlib.util.find_spec(f"ansible_collections.{name}"):
                return name
        except ModuleNotFoundError:
            pass
    raise AnsibleFilterError(f"Install one of these collections: {', '.join(names)}.")
