"""A stand-in for AnsibleModule, for running a module in the test's process."""

from typing import Any


class Ended(BaseException):
    """As SystemExit ends a module."""


class Module:
    """The part of AnsibleModule that run_module uses."""

    check_mode = False

    def __init__(self, params: dict[str, Any], verbosity: int = 0, diff: bool = False) -> None:
        self.params = params
        self._verbosity = verbosity
        self._diff = diff
        self.warned: list[str] = []
        self.result: dict[str, Any] = {}

    def warn(self, text: str) -> None:
        self.warned.append(text)

    def exit_json(self, **result: Any) -> None:
        self.result = result
        raise Ended

    def fail_json(self, **result: Any) -> None:
        self.exit_json(failed=True, **result)
