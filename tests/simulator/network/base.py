"""Functions that the network services share: registration, pages, rights and refusals."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from ..calls import Call, registering
from ..errors import NetworkError

NETWORK_OPERATIONS: dict[str, Callable[[Call], Any]] = {}


network_operation = registering(NETWORK_OPERATIONS)


def refusal(call: Call, code: str, **fill: str) -> NetworkError:
    """An error of openapi/network.yaml in the form of the operation. fill: what its text names."""
    return NetworkError(call.operation.form, code, **fill)


def refuse_enterprise_users(call: Call) -> None:
    """Users with policies for enterprise projects may use neither Neutron nor what covers all of a project."""
    if call.enterprise_user:
        raise refusal(call, call.operation.refusals["forbidden"])


def missing(call: Call, code: str, kind: str, id: str) -> NetworkError:
    """The error for an object that does not exist. If any ID exists, the caller may not see it."""
    if call.cloud.settings.accept_any_id:
        return refusal(call, call.operation.refusals["forbidden"])
    return refusal(call, code, kind=kind, id=id)


def named_in_path(call: Call, objects: Any, parameter: str, code: str, kind: str) -> Any:
    """The one of these objects, by ID, whose ID is in the path."""
    found = objects.get(call.path[parameter])
    if found is None:
        raise missing(call, code, kind, call.path[parameter])
    return found


def answer(call: Call, member: str, value: Any, **more: Any) -> dict[str, Any]:
    """A body with this member; v3 adds the request ID."""
    body = {member: value, **more}
    return {"request_id": call.request_id, **body} if call.operation.form == "v3" else body


def listed(
    call: Call, member: str, found: Iterable[Any], view: Callable[[Any], dict[str, Any]] = dict
) -> dict[str, Any]:
    """A page by marker, of objects with IDs. Without the right to list, it is empty."""
    visible = [] if call.lists_nothing else list(found)
    page, more = cut(call, visible)
    body = answer(call, member, [view(one) for one in page])
    if call.operation.form == "v3":
        body["page_info"] = page_info(call, page, more)
    if call.operation.form == "neutron" and more:
        query = urlencode({**call.query, "marker": id_of(page[-1])}, doseq=True)
        href = f"{call.base_url}{call.operation.path}?{query}"
        body[f"{member}_links"] = [{"rel": "next", "href": href}]
    return body


def cut(call: Call, found: list[Any]) -> tuple[list[Any], bool]:
    """What follows the object with the marker's ID, and whether there is more behind the page."""
    marker, limit = call.query.get("marker"), call.query["limit"]
    first = next((number for number, one in enumerate(found, start=1) if id_of(one) == marker), 0) if marker else 0
    return found[first : first + limit], first + limit < len(found)


def page_info(call: Call, page: list[Any], more: bool) -> dict[str, Any]:
    info: dict[str, Any] = {"current_count": len(page)}
    if page:
        info["previous_marker"] = id_of(page[0])
        if more or call.cloud.settings.next_marker_on_last_page:
            info["next_marker"] = id_of(page[-1])
    return info


def id_of(one: Any) -> str:
    return str(one["id"] if isinstance(one, dict) else one.id)


def chosen(call: Call, found: Iterable[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """The objects whose members have one of the values that the query gives, for these parameters."""
    wanted = {name: as_list(call.query[name]) for name in names if name in call.query}
    return [one for one in found if all(one[name] in values for name, values in wanted.items())]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
