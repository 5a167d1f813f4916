# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter awx_update_failure."""

from __future__ import annotations

import json
import re
import typing as t

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RESULT = re.compile(r"FAILED! => (\{.*\})")


def awx_update_failure(update: dict[str, t.Any], log: str = "") -> str:
    """See plugins/filter/awx_update_failure.yml."""
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
