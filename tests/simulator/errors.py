"""Error answers of the simulated clouds, with the status and the text of errors.yaml."""

import functools
import re
from collections import defaultdict
from typing import Any

from .contract import load


@functools.cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Error code -> entry of errors.yaml."""
    return load("errors.yaml")


class ApiError(Exception):
    """A refusal. ``code`` as in errors.yaml; ``note`` goes to the request log only, never to the caller."""

    def __init__(self, code: str, note: str = "", **fill: str) -> None:
        entry = catalogue()[code]
        self.code, self.note = code, note
        self.status: int = entry["status"]
        # IAM's texts have placeholders. Those without a value, and those for secrets, are masked.
        filler = re.compile(r"%(?:\((\w+)\))?[sd]")
        self.message = filler.sub(lambda found: fill.get(found[1], "***"), entry["message"])
        super().__init__(f"{self.status} {code}: {self.message}")

    def body(self, request_id: str) -> dict[str, Any]:
        """JSON body: the gateway adds its request id, VPCEP does not."""
        body = {"error_code": self.code, "error_msg": self.message}
        return {**body, "request_id": request_id} if self.code.startswith("APIGW.") else body


class IamError(ApiError):
    """A refusal by IAM, in the nested form of its token calls."""

    TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}

    def body(self, request_id: str) -> dict[str, Any]:
        title = self.TITLES.get(self.status, "Error")
        return {"error": {"code": self.status, "message": self.message, "title": title}}


class WrongPassword(IamError):
    """Wrong user or password: one text for both, so that user names cannot be guessed."""

    def __init__(self, note: str = "") -> None:
        super().__init__("IAM.0062", note)
        self.message = "The username or password is wrong."


class NetworkError(ApiError):
    """A refusal by a network service. code and form: see network.yaml. fill: what the text names."""

    def __init__(self, form: str, code: str, note: str = "", **fill: str) -> None:
        entry = load("network.yaml")["x-errors"][code]
        self.form, self.code, self.note, self.status = form, code, note, entry["status"]
        self.message = entry["message"].format_map(defaultdict(str, fill))
        self.args = (f"{self.status} {code}: {self.message}",)

    def body(self, request_id: str) -> dict[str, Any]:
        if self.form == "neutron":
            return {"NeutronError": {"type": self.code, "message": self.message, "detail": ""}}
        if self.form == "v3":
            return {"error_code": self.code, "error_msg": self.message, "request_id": request_id}
        body = {"code": self.code, "message": self.message}
        return {"error": body} if self.form == "ecs" else body
