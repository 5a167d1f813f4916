# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks up the cause of an error after a task has failed, for example what a wrong ID belongs to.

A diagnosis sends a few GETs, for some error codes only. Its explanation replaces the general hint of the code.
"""

from __future__ import annotations

from .._core.errors import ApiError, ConnectionFailed, VpcepError
from .._core.types import Object
from .._http.error_codes import lookup
from .._http.network_errors import HINTS
from . import diagnosis_login as login
from . import diagnosis_objects as objects
from .diagnosis_looks import Finder, Looks

LOGIN = "log in to IAM"  # the operation
OTHER_REASONS = ((LOGIN, 401), ("find the project", 403))  # with an explanation of their own


class Diagnosis(Looks):
    """Explains the errors of one task."""

    def explain(self, error: VpcepError, options: Object) -> None:
        """Replaces the hint of an error by an explanation, if there is one. options: of the task or of one object."""
        if not isinstance(error, ApiError):
            return
        region = self.told(lambda *_: login.wrong_region(self), options, error) if about_place(error) else None
        error.hint = region or self.told(finder_of(error), options, error) or error.hint


def finder_of(error: ApiError) -> Finder:
    """The function that can explain an error."""
    if isinstance(error, ConnectionFailed):
        return login.unknown_host if error.cause == "name" else nothing
    if error.hint == HINTS["page"]:
        return nothing
    if error.operation == LOGIN:
        return LOGIN_FINDERS.get(error.status or 0, nothing)
    if error.digits:
        return FINDERS.get(error.digits, nothing)
    code = (error.code or "").upper()
    if code == "APIGW.0101":
        return login.address
    return login.identity if error.status in (401, 403) else nothing


def about_place(error: ApiError) -> bool:
    """Whether a project of another region may be the cause: something does not exist, or access is denied."""
    known = lookup(error.code, error.status)
    return bool(known and known.kind in ("auth", "lookup") and (error.operation, error.status) not in OTHER_REASONS)


def nothing(_seen: Looks, _given: Object, _error: ApiError) -> None:
    """For errors without an explanation."""


LOGIN_FINDERS: dict[int, Finder] = {401: login.refused_login, 404: login.unknown_project}
FINDERS: dict[str, Finder] = {
    "0003": login.identity,
    "0004": login.identity,
    "0014": login.identity,
    "0020": objects.vpc,
    "0023": objects.subnet,
    "1018": objects.quota,
    "1019": objects.route_tables,
    "2001": objects.vpc,
    "2003": objects.service,
    "2010": objects.no_subnet,
    "2012": objects.not_admitted,
    "2037": objects.subnet,
    "2042": objects.taken_address,
    "3003": objects.port,
    "3008": objects.port,
    "3009": objects.reserved,
    "3042": objects.port,
    "3044": objects.taken_port,
    "3063": objects.port,
    "4004": objects.subnet,
    "4008": objects.subnet,
    "4012": objects.port,
    "4015": objects.vpc,
    "4030": objects.route_tables,
}
"""By the digits of the code."""
