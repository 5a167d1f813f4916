"""Runs a module in this process and returns the same result as AnsibleModule."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from types import ModuleType

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError

from ..module_utils._core.option_types import WrongType, known_options
from ..module_utils._core.types import Object
from ..module_utils._http.pools import ConnectionPools
from ..module_utils._runner.runner import Mode, execute
from .plain_data import plain, untrusted

POOLS = ConnectionPools()  # stay open from one item of a loop to the next


def run(name: str, file: ModuleType, arguments: Mapping[str, t.Any], mode: Mode, **session: t.Any) -> Object:
    """The result of a task, without secrets and marked as untrusted.

    name: of the module, for messages; arguments: of the task; session: as for execute().
    """
    options = file.ARGUMENTS["argument_spec"]
    arguments = plain(arguments)
    validated = ArgumentSpecValidator(**file.ARGUMENTS).validate(arguments)
    params = validated.validated_parameters
    secrets = set(_secrets(options, arguments)) | set(_secrets(options, params))
    warnings = _alias_warnings(options, arguments)
    if validated.error_messages:
        is_unknown = isinstance(validated.errors[0], UnsupportedError)
        start = f"Unsupported parameters for ({name}) module: " if is_unknown else ""
        result: Object = {"failed": True, "msg": f"{start}{validated.errors.msg}"}  # as AnsibleModule
    else:
        result, more = execute(file.PROGRAM, params, mode, pools=POOLS, **session)
        warnings += more
    result["invocation"] = {"module_args": known_options(options, params)}
    if warnings:
        result["warnings"] = warnings
    shown = plain(result)
    if secrets:  # remove_values() is slow with large results
        # It also replaces flags: a secret may be "True".
        flags = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
        shown = {**remove_values(shown, secrets), **flags}
    return t.cast("Object", untrusted(shown))


def _secrets(options: Object, values: Mapping[str, t.Any]) -> Iterable[str]:
    """All texts in the values of options with no_log, also of suboptions."""
    for name, option in options.items():
        value = values.get(name)
        if option.get("no_log"):
            yield from _texts(value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield from _secrets(option.get("options", {}), one)


def _texts(value: t.Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif value not in (None, "") and not isinstance(value, (bool, WrongType)):
        yield str(value)


def _alias_warnings(options: Object, arguments: Mapping[str, t.Any]) -> list[str]:
    return [
        f"Both option {name} and its alias {alias} are set."
        for name, option in options.items()
        for alias in option.get("aliases", ())
        if name in arguments and alias in arguments
    ]


def shows_invocation(variables: Object) -> bool:
    """Whether results hold the arguments. ansible-core 2.21 introduced a setting; before, they always did."""
    if "INJECT_INVOCATION" not in constants.config.get_configuration_definitions():
        return True
    return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=variables))
