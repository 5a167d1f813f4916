"""Describes a cloud's answers for the report, without private data.

A Form consists of this file's words and of numbers. Names, IDs, addresses, and other texts of the cloud become their
kind and length, so a report can be shown to anyone.
"""

from __future__ import annotations

import os
import re
import traceback
from typing import Any
from urllib.parse import urlsplit

from .._auth.regions import REGIONS
from .._core.errors import ApiError, InputError, VpcepError
from .._core.types import Object
from .._http.network_errors import HINTS
from .._schema.fields import ENDPOINT, ENDPOINT_STATUSES, SERVICE, SERVICE_STATUSES

STATUSES = frozenset((*SERVICE_STATUSES, *ENDPOINT_STATUSES))
_ANSWERS = """
action active_status addresses admin_state_up allowed_address_pairs availability_zone cidr client_port code
connection_count connections created_at create_at device_id device_owner dns_name dns_names domain_id enable_status
endpoint_pool_id endpoint_services endpoints error error_code error_message error_msg fixed_ips id ip_address is_charge
key links listeners loadbalancers mac_address marker_id matches message min_version name neutron_network_id
neutron_subnet_id network_id owner page_info permission permission_type permissions primary project_id protocol provider
public_border_group quota quotas recordsets request_id resource_detail resource_id resource_name resources routers
routes security_group_rules security_groups server_port servers service_name status subnets tenant_id total_count type
update_at updated_at used value values version versions vip_port_id vpcs zones
"""
MEMBERS = frozenset((*SERVICE, *ENDPOINT, *_ANSWERS.split()))
"""Names of members that a form may show; the API documents them."""

_WORDS = """
action auth cloudservers connections describe detail elb endpoint endpoint_service firewalls loadbalancers permissions
ports projects public quotas resource_instances routetables security-group-rules security-groups subnets tags tokens
v1 v2 v2.0 v3 virsubnets vpc vpc-endpoint-services vpc-endpoints vpcs zones
"""
_PATHS = frozenset(("", *_WORDS.split()))

_CODE = re.compile(r"(EndPoint|Endpoint|APIGW|APIG|IAM|VPC|ECS|Ecs|ELB|DNS)\.\d{3,5}", re.ASCII)
_KINDS = (
    (r"", "empty text"),
    (r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "UUID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "time in seconds with Z"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "time in another form"),
    (r"(?i)true|false", "text true or false"),
    (r"\d{1,3}(\.\d{1,3}){3}", "IPv4 address"),
    (r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", "IPv4 range"),
)
_DEPTH = 3  # objects in objects
_SHOWN = 12  # members of an object


class Form(str):
    """A text that may be part of a report. Only the functions of this file make one.

    is_denied: it describes an answer to a caller without the right, which shows nothing else about the cloud.
    """

    is_denied = False


def word(text: str) -> Form:
    """One of the program's own texts, never one of the cloud."""
    return Form(text)


def joined(*forms: Form, by: str = ", ") -> Form:
    if not all(isinstance(one, Form) for one in forms):
        raise TypeError("A report holds forms only.")
    return Form(by.join(forms))


def number(value: Any) -> Form:
    """A count of at most six digits; for others their length, since they may be IDs."""
    if not isinstance(value, int) or isinstance(value, bool):
        return shape(value)
    return Form(str(value)) if abs(value) < 10**6 else Form(f"number of {len(str(abs(value)))} digits")


def status_word(value: Any) -> Form:
    return Form(value) if isinstance(value, str) and value in STATUSES else Form(f"status: {shape(value)}")


def region_word(name: str | None) -> Form:
    return Form(name) if name in REGIONS else Form("a region that the collection does not list")


def code_word(code: str | None) -> Form:
    if not code:
        return Form("no code")
    return Form(code) if _CODE.fullmatch(code) else Form(f"code: {shape(code)}")


def shape(value: Any, depth: int = 0) -> Form:
    """Kind and length of a value of JSON."""
    if value is None:
        return Form("null")
    if isinstance(value, bool):
        return Form("boolean")
    if isinstance(value, int):
        return Form(f"number of {len(str(abs(value)))} digits")
    if isinstance(value, float):
        return Form("number with fraction")
    if isinstance(value, str):
        kind = next((name for pattern, name in _KINDS if re.fullmatch(pattern, value, re.ASCII)), None)
        return Form(kind or f"text of {len(value)} characters")
    if isinstance(value, list):
        return Form(f"list of {len(value)}" + (f", the first: {shape(value[0], depth + 1)}" if value else ""))
    return _object(value, depth) if isinstance(value, dict) else Form("another kind of value")


def _object(value: Object, depth: int) -> Form:
    known = sorted(name for name in value if name in MEMBERS)
    shown = [f"{name}: {shape(value[name], depth + 1)}" for name in known[:_SHOWN]] if depth < _DEPTH else []
    others = len(value) - len(shown)
    return Form("object (" + "; ".join([*shown, *([f"{others} other members"] if others else [])]) + ")")


def answer_form(status: int | None, code: str | None, body: Any) -> Form:
    """An answer as a whole: its status, and the shape of its body or its error code."""
    start = f"HTTP {status}" if isinstance(status, int) and 100 <= status <= 999 else "HTTP"
    if isinstance(status, int) and 200 <= status < 300:
        return Form(start if body is None else f"{start}, {shape(body)}")
    form = Form(start if code == str(status) else f"{start}, {code_word(code)}")  # IAM repeats the status
    form.is_denied = status in (401, 403)
    return form


def error_form(error: BaseException) -> Form:
    """An error of the client, or a mistake of the program."""
    if not isinstance(error, VpcepError):
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "_check" in frame.filename]
        place = f" in {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
        return Form(f"a mistake of the check: {type(error).__name__}{place}")
    if not isinstance(error, ApiError):
        return Form("the login is incomplete" if isinstance(error, InputError) else "refused")
    cause = getattr(error, "cause", "")
    if error.status is None:
        return Form(f"no usable answer ({cause})" if cause in HINTS and cause else "no usable answer")
    if 200 <= error.status < 300:
        return Form(f"HTTP {error.status}, without a usable object")
    return answer_form(error.status, error.code, None)


def log_entry(entry: Object) -> Object:
    """An entry of the session's log without anything private: in its path, other parts than words become a star."""
    parts = urlsplit(str(entry["path"])).path.split("/")
    path = "/".join(part if part in _PATHS else "*" for part in parts)
    return {"method": entry["method"], "path": path, "status": entry["status"], "ms": entry["ms"]}
