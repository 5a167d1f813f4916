"""Gets, checks and revokes the cached token, for the module vpcep_token. Results do not contain the token."""

from __future__ import annotations

from .._core.errors import VpcepError
from .._core.types import Object
from .runtime import Runtime

API_VERSION = "v1"
SERVED = ("CURRENT", "SUPPORTED")  # statuses of usable versions


def manage_token(options: Object, runtime: Runtime) -> Object:
    """Gets a token, or revokes it. Raises VpcepError."""
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
