"""All settings of the simulator, and its clock."""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass
from typing import Any


@dataclass
class Settings:
    """What a test or a user can set while the simulator runs; README.md describes each of them."""

    service_create_delay: float = 3.0
    endpoint_create_delay: float = 3.0
    service_delete_delay: float = 3.0
    endpoint_delete_delay: float = 3.0
    dns_delay: float = 3.0
    stepped_reads: int | None = None
    connection_lag: float = 0.0
    list_lag: float = 0.0
    orphans_hide: str = "endpoint_service_name"
    stale_reads_after_delete: int = 0
    accept_any_id: bool = False
    strict_tags: bool = False
    receive_accepted_fails: bool = False
    delete_creating_services_fails: bool = True
    delete_creating_endpoints_fails: bool = False
    existing_tags: str = "overwrite"
    fail_next_services: int = 0
    fail_next_endpoints: int = 0
    quota_services: int | None = None
    quota_endpoints: int | None = None
    token_bytes: int = 2048
    lock_user_after: int = 0
    passcode_steps: int = 1
    catalog_without_vpcep: bool = False
    latency_ms: float = 0.0
    empty_lists: str = ""
    forbidden: str = ""
    unpublished: str = ""
    enterprise_users: str = ""
    security_group_rules: int = 50
    vpc_name_filter: str = "exact"
    limit_above_maximum: str = "refuse"
    dns_zone_names: str = "several"
    dns_locked: int = 0
    primary_in_lists: bool = False
    routetables_show_default: bool = True
    internal_route: str = "198.19.128.0/20"
    next_marker_on_last_page: bool = False

    # One word for several fields, for convenience.
    SHORT = {
        "delay": (
            "service_create_delay",
            "endpoint_create_delay",
            "service_delete_delay",
            "endpoint_delete_delay",
            "dns_delay",
        ),
        "create_delay": ("service_create_delay", "endpoint_create_delay"),
        "delete_delay": ("service_delete_delay", "endpoint_delete_delay"),
    }

    CHOICES = {
        "existing_tags": ("overwrite", "keep", "refuse"),
        "vpc_name_filter": ("exact", "fuzzy"),
        "dns_zone_names": ("several", "unique"),
        "limit_above_maximum": ("refuse", "cut"),
    }

    def change(self, values: dict[str, Any]) -> None:
        """Set the named fields. Raises ValueError for an unknown name or a value of the wrong kind."""
        for name, value in values.items():
            for target in self.SHORT.get(name, (name,)):
                setattr(self, target, self.checked(target, value))

    def names(self, setting: str) -> set[str]:
        """The words of a setting that is a list."""
        return words_of(getattr(self, setting))

    def checked(self, name: str, value: Any) -> Any:
        kinds = {f.name: str(f.type) for f in dataclasses.fields(self)}
        if name not in kinds:
            raise ValueError(f"unknown setting {name}; known: {', '.join(sorted([*kinds, *self.SHORT]))}")
        kind = kinds[name]
        if value is None and "None" in kind:
            return None
        wanted = {"bool": bool, "str": str}.get(kind, (int, float) if kind == "float" else int)
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "bool"):
            raise ValueError(f"setting {name} wants {kind}, not {value!r}")
        if isinstance(value, (int, float)) and value < 0:
            raise ValueError(f"setting {name} cannot be negative")
        if value not in self.CHOICES.get(name, (value,)):
            raise ValueError(f"setting {name} is one of {', '.join(self.CHOICES[name])}")
        return value


def words_of(text: str) -> set[str]:
    """The words of a list that is separated by commas."""
    return set(filter(None, re.split(r"[, ]+", text)))


class Clock:
    """Real time plus an offset that tests move forward."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        """Seconds since the epoch, as the simulated cloud sees it."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds


def stamp(moment: float) -> str:
    """Seconds since the epoch -> ``2024-08-23T07:37:37Z``, the form of VPCEP."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def precise_stamp(moment: float) -> str:
    """Seconds since the epoch -> ``2024-08-23T07:37:37.000000Z``, the form of IAM."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}Z"
