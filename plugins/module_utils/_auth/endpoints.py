"""The address of each service: the given one, else that in the catalog, else the usual one of the region."""

from __future__ import annotations

from .._core.errors import CredentialsError
from . import regions
from .addresses import split_api_url, without_version
from .credentials import Credentials
from .token import Token


def find_region(given: Credentials, token: Token | None) -> str | None:
    """The region's name, None if it is unknown. token: None if no login was needed (access key with project ID)."""
    if given.region or token is None:
        return given.region
    names = {name for name, _url in token.endpoints or () if name != "*"}
    only = names.pop() if len(names) == 1 else None
    return regions.region_of_project(token.project_name) or only or regions.region_of(given.auth_url)


def service_url(given: Credentials, token: Token | None) -> str:
    """The VPCEP address without version; token as in find_region(). Raises CredentialsError if it is unknown."""
    url = given.api_url or (catalog_url(given, token) if token else None)
    if url:
        return url
    name = find_region(given, token)
    if not name:
        raise CredentialsError(
            "The address of the VPC endpoint service is not known: no catalog has it, and no region is given. Give "
            "region or api_url."
        )
    url = regions.api_url(name, given.auth_url or "")
    if not url:
        raise CredentialsError(f"No catalog has the VPC endpoint service. {regions.unknown(name)}")
    return url


def catalog_url(given: Credentials, token: Token) -> str | None:
    """The catalog's VPCEP address for the region; the only one if no region is given.

    Raises CredentialsError if no region is given and the catalog has several.
    """
    endpoints = [(name, url) for name, full in token.endpoints or () for url in [split_api_url(full)[0]] if url]
    wanted = given.region or regions.region_of_project(token.project_name)
    if wanted is None:
        names = sorted({name for name, _url in endpoints})
        if len(names) > 1:
            raise CredentialsError(f"The catalog has the service in {', '.join(names)}: give region.")
        return endpoints[0][1] if endpoints else None
    return _of_region(endpoints, wanted)


def network_url(given: Credentials, token: Token | None, api: str = "vpc") -> str:
    """The address of the service *api* (vpc, ecs, elb or dns) without version.

    The one in the option network_url, else (only vpc) that of the catalog, else VPCEP's with another host name.
    """
    if api in given.network_url:
        return given.network_url[api]
    if api != "vpc":
        return beside(service_url(given, token), api)
    addresses = list((token.network if token else None) or ())
    names = {name for name, _url in addresses}
    wanted = find_region(given, token) or (names.pop() if len(names) == 1 else None)
    url = _of_region(addresses, wanted)
    return without_version(url) if url else beside(service_url(given, token))


def beside(api_url: str, api: str = "vpc") -> str:
    """The address of a service, made from VPCEP's: ``ecs.<region>`` for ``vpcep.<region>``, else the same host."""
    return api_url.replace("://vpcep.", f"://{api}.", 1)


def _of_region(addresses: list[tuple[str, str]], wanted: str | None) -> str | None:
    """The address for a region, else the one for all regions (*)."""
    return next((url for region in (wanted, "*") for name, url in addresses if name == region), None)
