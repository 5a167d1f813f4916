# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters for the playbook export_vpcs."""

from __future__ import annotations

import typing as t

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process

from . import drift, files


def drift_findings(
    file: str,
    plan: dict[str, t.Any],
    service: dict[str, t.Any],
    endpoints: dict[str, t.Any],
    listed: t.Sequence[t.Any] = (),
) -> t.Any:
    """See plugins/filter/drift_findings.yml."""
    given = [in_process.plain(one) for one in (plan, service, endpoints, listed)]
    return in_process.untrusted(drift.drift_findings(str(file), *given))


def drift_plan(
    variables: dict[str, t.Any],
    defaults: bool = True,
    services: t.Sequence[t.Any] = (),
    public: t.Sequence[t.Any] = (),
    accounts: t.Sequence[t.Any] = (),
) -> t.Any:
    """See plugins/filter/drift_plan.yml."""
    given, *listed = (in_process.plain(one) for one in (variables, services, public, accounts))
    return in_process.untrusted(drift.drift_plan(given, defaults, *listed))


def drift_report(findings: list[dict[str, t.Any]], files: list[str], format: str = "text") -> t.Any:
    """See plugins/filter/drift_report.yml."""
    report = drift.drift_report(in_process.plain(findings), in_process.plain(files), format)
    return in_process.untrusted(report)


def export_files(
    exports: list[dict[str, t.Any]], logins: list[str] | None = None, asked: dict[str, t.Any] | None = None
) -> t.Any:
    """See plugins/filter/export_files.yml."""
    return in_process.untrusted(
        files.export_files(in_process.plain(exports), in_process.plain(logins), in_process.plain(asked))
    )
