"""A token with its project, account, lifetime and catalog, as IAM returned them."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

DAY = 86400.0

_VISIBLE = re.compile("[!-~]*")


class Token(t.NamedTuple):
    """A token, or what IAM said without one. Its repr does not show the value.

    value: empty for a project that was found by an access key; expires_at, issued_at: as IAM writes them (UTC);
    endpoints, network: (region, address) pairs of VPCEP and of the network service in the catalog; None if the catalog
    was not requested.
    """

    value: str = ""
    expires_at: str | None = None
    issued_at: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    domain_id: str | None = None
    endpoints: tuple[tuple[str, str], ...] | None = None
    network: tuple[tuple[str, str], ...] | None = None

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at!r}, project_id={self.project_id!r})"

    @property
    def lifetime(self) -> float | None:
        """Seconds from issue to end, both by IAM's clock; None when IAM did not say."""
        start, end = _seconds(self.issued_at), _seconds(self.expires_at)
        return end - start if start is not None and end is not None and end > start else None

    @classmethod
    def from_data(cls, data: Mapping[str, t.Any]) -> Token | None:
        """The token from the dictionary that _asdict() returned, also read from JSON; None if the data is malformed."""
        texts = {name: data.get(name) for name in cls._fields if name not in _ADDRESSES}
        value = texts.pop("value")
        if not isinstance(value, str) or not all(text is None or isinstance(text, str) for text in texts.values()):
            return None
        # These become a header and a part of a path.
        if not _VISIBLE.fullmatch(value) or not id_like(texts["project_id"]):
            return None
        addresses = {name: data.get(name) for name in _ADDRESSES}
        if not all(pairs is None or _are_pairs(pairs) for pairs in addresses.values()):
            return None
        kept = {name: None if pairs is None else tuple(map(tuple, pairs)) for name, pairs in addresses.items()}
        return cls(value=value, **texts, **kept)  # type: ignore[arg-type]


_ADDRESSES = ("endpoints", "network")


def _are_pairs(pairs: t.Any) -> bool:
    return isinstance(pairs, (list, tuple)) and all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        for pair in pairs
    )


def id_like(text: str | None) -> bool:
    return text is None or (text.isascii() and text.replace("-", "").replace("_", "").isalnum() and len(text) <= 64)


def _seconds(text: str | None) -> float | None:
    """Seconds since 1970 of '2024-08-24T07:30:00.000000Z'; None for anything else."""
    if not text:
        return None
    from calendar import timegm
    from time import strptime

    try:
        return float(timegm(strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))
    except (ValueError, OverflowError):
        return None
