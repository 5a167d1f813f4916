"""The token, the quotas and the tags in use of a project, for the modules of these names."""

from __future__ import annotations

from .._core.errors import VpcepError
from .._core.types import Object
from .._schema.normalize import UnusableAnswer, normalize, require_members
from .runtime import Runtime

API_VERSION = "v1"
SERVED = ("CURRENT", "SUPPORTED")  # statuses of usable versions


def manage_token(options: Object, runtime: Runtime) -> Object:
    """Gets a token, or revokes it. The result does not contain the token. Raises VpcepError."""
    if options.get("state") == "absent":
        return revoke(runtime)
    result = warm(runtime)
    if not result["token"]:  # check mode does not log in
        return result
    if options.get("check_api"):
        check_api(runtime)
    if options.get("api_versions"):
        result["api_versions"] = runtime.api.list_versions()
    return result


def warm(runtime: Runtime) -> Object:
    """Gets a token if there is none in the cache. Check mode does not log in. Access keys need no token."""
    session = runtime.session
    kept = session.peek_token()
    if kept is not None:
        return {"changed": False, "token": kept}
    gets_tokens = session.auth.gets_tokens
    if gets_tokens and runtime.check_mode:
        return {"changed": True, "token": {}}
    token = session.token_info()
    return {"changed": gets_tokens, "token": {**token, "domain_id": token["domain_id"] or session.domain_id}}


def revoke(runtime: Runtime) -> Object:
    """Revokes the token at IAM and removes it from the cache."""
    session = runtime.session
    if runtime.check_mode:
        given = session.credentials.token is not None and not session.auth.gets_tokens
        return {"changed": given or session.peek_token() is not None, "token": {}}
    return {"changed": session.auth.revoke(), "token": {}}


def check_api(runtime: Runtime) -> None:
    """Raises VpcepError if the API does not serve the version that this collection uses."""
    status = runtime.api.get_version(API_VERSION).get("status")
    if status not in SERVED:
        raise VpcepError(f"The API at {runtime.session.api_url} does not serve {API_VERSION} (status {status}).")


def find_quotas(options: Object, runtime: Runtime) -> Object:
    """The quotas and numbers of services and endpoints. API: Querying the Quota. Raises VpcepError."""
    kind = options.get("type")
    quotas = [quota for quota in runtime.api.list_quotas() if kind in (None, quota.get("type"))]
    return {"changed": False, "quotas": quotas}


def find_tags(options: Object, runtime: Runtime) -> Object:
    """Tag keys in use with their values. API: Querying Tags of a Resource Type. Raises VpcepError."""
    found = runtime.api.list_project_tags(options["resource_type"])
    found = require_members(found, "key")
    try:
        tags = {tag["key"]: normalize("ids", tag.get("values") or []) for tag in found}
    except ValueError as error:
        raise UnusableAnswer("The cloud's answer about tags has values that are no texts.") from error
    return {"changed": False, "tags": tags}
