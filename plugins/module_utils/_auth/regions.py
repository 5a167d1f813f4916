"""The regions, the addresses of their services, and the cloud of an address or region.

API: Regions and Endpoints (both clouds).
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

Cloud = t.Literal["otc", "huawei"]


class Region(t.NamedTuple):
    """One region: its cloud, the VPCEP address (without version), the IAM address (with /v3)."""

    cloud: Cloud
    api: str
    iam: str


# How the names of hosts end, the usual end first.
_HOST_ENDS: dict[Cloud, tuple[str, ...]] = {
    "otc": (".otc.t-systems.com", ".otc-service.com"),
    "huawei": (".myhuaweicloud.com", ".myhuaweicloud.eu", ".huaweicloud.com"),
}


def _at(host: str, cloud: Cloud, iam: str = "iam") -> Region:
    return Region(cloud, f"https://vpcep.{host}", f"https://{iam}.{host}/v3")


def by_pattern(name: str, cloud: Cloud) -> Region:
    """A region with the usual addresses of its cloud."""
    return _at(name + _HOST_ENDS[cloud][0], cloud)


_OTC = ("eu-de", "eu-nl")
_HUAWEI = """
ae-ad-1 af-north-1 af-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 cn-east-2
cn-east-3 cn-east-4 cn-east-5 cn-north-1 cn-north-11 cn-north-12 cn-north-2 cn-north-4 cn-north-9 cn-south-1 cn-south-2
cn-south-4 cn-southwest-2 cn-southwest-3 eu-west-0 la-north-2 la-south-2 me-east-1 my-kualalumpur-1 na-mexico-1
ru-moscow-1 ru-northwest-2 sa-brazil-1 tr-west-1
"""

REGIONS: dict[str, Region] = {
    **{name: by_pattern(name, "otc") for name in _OTC},
    **{name: by_pattern(name, "huawei") for name in _HUAWEI.split()},
    # The VPCEP host of eu-ch2 is derived by pattern.
    "eu-ch2": _at("eu-ch2.sc.otc.t-systems.com", "otc", iam="iam-pub"),
    "eu-west-101": _at("eu-west-101.myhuaweicloud.eu", "huawei"),
}

PROFILES: dict[str, dict[str, t.Any]] = {
    "otc": {"auth": {"auth_url": by_pattern("{region_name}", "otc").iam}, "regions": list(_OTC)},
    "otc-swiss": {"auth": {"auth_url": REGIONS["eu-ch2"].iam}, "regions": ["eu-ch2"]},
}
"""The profiles of clouds.yaml, with the names of openstacksdk."""

# eu-de, eu-ch2: a continent and a country; cn-north-4, eu-west-101: a place and a number.
_SHAPES: dict[Cloud, str] = {"otc": r"eu-[a-z]{2}\d?", "huawei": r"[a-z]{2}-[a-z]+-\d+"}


def api_url(region: str, iam: str = "") -> str | None:
    """The VPCEP address of a region, without version; None if the region's cloud is unknown. iam: the IAM address."""
    found = _region(region, iam)
    return found.api if found else None


def iam_url(region: str, api: str = "") -> str | None:
    """The IAM address of a region, with /v3; None if the region's cloud is unknown. api: the VPCEP address."""
    found = _region(region, api)
    return found.iam if found else None


def cloud_of(url: str | None, region: str | None = None) -> Cloud:
    """The cloud of an address or region: by host name, else by region, else 'otc', which allows less."""
    return known_cloud(url) or _by_name(region) or "otc"


def known_cloud(url: str | None) -> Cloud | None:
    """The cloud of an address by its host name; None for other hosts."""
    host = "." + _host(url)
    return next((cloud for cloud, ends in _HOST_ENDS.items() if host.endswith(ends)), None)


def region_of(url: str | None) -> str | None:
    """The region in a service's host name (vpcep.eu-de.otc.t-systems.com); None if there is none."""
    labels = _host(url).split(".")
    return labels[1] if known_cloud(url) and len(labels) > 3 and _by_name(labels[1]) else None


def region_of_project(name: str | None) -> str | None:
    """The region of a project by its name: main projects are named like it (eu-de), others begin so (eu-de_test)."""
    start = (name or "").partition("_")[0]
    return start if start in REGIONS else None


def unknown(region: str) -> str:
    """The message about an unknown region, with regions of similar names."""
    from difflib import get_close_matches  # only needed after an error

    near = get_close_matches(region.lower(), REGIONS, n=3, cutoff=0.5)
    known = f" Known ones with a similar name: {', '.join(near)}." if near else ""
    return (
        f"Region {region} is not known here: check region (or OS_REGION_NAME, or region_name in clouds.yaml).{known} "
        "For a new region set auth_url and api_url."
    )


def _region(name: str, url: str) -> Region | None:
    """The region of this name; for one that is not in the table, the cloud is that of the URL, else of the name."""
    cloud = known_cloud(url) or _by_name(name)
    return REGIONS.get(name) or (by_pattern(name, cloud) if cloud else None)


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""


def _by_name(region: str | None) -> Cloud | None:
    name = (region or "").lower()
    if name in REGIONS:
        return REGIONS[name].cloud
    return next((cloud for cloud, shape in _SHAPES.items() if re.fullmatch(shape, name)), None)
