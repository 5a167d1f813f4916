"""All filters: to use one, each of Ansible's workers loads all files of filters.

Their documentation is in NAME.yml. Their code is loaded when they are called.
"""

from __future__ import annotations

import importlib
import typing as t

FOLDER = "ansible_collections.crossvpc.vpcep.plugins.plugin_utils."
FILTERS = {
    "answer_from_yaml": "filters.answers:answer_from_yaml",
    "awx_plan": "filters.awx_plan:awx_plan",
    "awx_update_failure": "filters.answers:awx_update_failure",
    "connect_vpcs_steps": "role.given:role_steps",
    "connect_vpcs_plan": "role.plan:role_plan",
    "connect_vpcs_result": "role.result:role_result",
    "connect_vpcs_verification": "role.verification:role_verification",
    "drift_findings": "estate.drift:drift_findings",
    "drift_plan": "estate.drift:drift_plan",
    "drift_report": "estate.drift:drift_report",
    "export_files": "estate.files:export_files",
    "first_installed": "filters.answers:first_installed",
    "map_html": "drawing.filters:html",
    "map_mermaid": "drawing.filters:mermaid",
    "map_svg": "drawing.filters:svg",
    "mistyped_variables": "role.variables:mistyped_variables",
    "terraform_ids": "filters.terraform_ids:terraform_ids",
}
"""Name of a filter -> file and function in plugin_utils."""


def caller(place: str) -> t.Callable[..., t.Any]:
    """A function that loads another one and calls it."""
    file, _colon, name = place.partition(":")

    def call(*arguments: t.Any, **options: t.Any) -> t.Any:
        return getattr(importlib.import_module(FOLDER + file), name)(*arguments, **options)

    return call


class FilterModule:
    """The filters of the collection."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {name: caller(place) for name, place in FILTERS.items()}
