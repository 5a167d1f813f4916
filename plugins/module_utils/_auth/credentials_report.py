# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a message about missing credentials tells: where they were looked for, and what was found. Never a value."""

from __future__ import annotations

import re
import typing as t

from .credentials import ENVIRONMENT

if t.TYPE_CHECKING:
    from .credentials import _Sources


def report(sources: _Sources, names: tuple[str, ...]) -> str:
    """All of it, as a sentence; names: the options that matter, in this order."""
    places = " before ".join(label for label, _values in sources.places)
    options = "; ".join(_option(sources, name) for name in names)
    return f"Looked at {places}: {options}; {_clouds(sources)}."


def _option(sources: _Sources, name: str) -> str:
    index = sources.place(name)
    if index is None:
        found = "not given"
    else:
        label = sources.places[index][0]
        found = f"given in {label}" + (f" ({sources.variables[name]})" if label == "the environment" else "")
    empty = [variable for variable in ENVIRONMENT[name] if sources.environ.get(variable) == ""]
    if empty:
        found += f", {', '.join(empty)} set but empty"
    return f"{name} (or {', '.join(ENVIRONMENT[name])}): {found}"


def _clouds(sources: _Sources) -> str:
    """About the entry that was read, or about those there would be."""
    if sources.entry:
        given = next(values for label, values in sources.places if label == "clouds.yaml")
        return f"{sources.entry.label} has {', '.join(sorted(given)) or 'nothing'}"
    from . import clouds_yaml

    found = clouds_yaml.survey(sources.environ, sources.decrypt)
    text = "cloud (or OS_CLOUD): not given"
    if found.fault:
        return f"{text}, and {found.fault.rstrip('.')}"
    if found.path:
        which = ": give one of them" if len(found.names) > 1 else ""
        return f"{text}, and {found.path} has {', '.join(found.names) or 'no clouds'}{which}"
    places = dict.fromkeys(re.sub(r"/clouds\.(yaml|yml|json)$", "", path) for path in found.looked)
    return f"{text}, and no clouds.yaml is there: {', '.join(places)}"
