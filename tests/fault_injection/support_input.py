"""The modules' own main() in this process: Ansible's argument check, the program, and its failure or result."""

import functools
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner import runner as entry
from tests.support import modules
from tests.support.programs import Cloud

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.crossvpc.vpcep.plugins.modules."
MODULES = {
    path.stem: importlib.import_module(COLLECTION + path.stem) for path in sorted(ROOT.glob("plugins/modules/*.py"))
}
PROGRAMS = {name: module.PROGRAM for name, module in MODULES.items()}
UUID = "4189d3c2-8882-4871-a3c2-d380272eed88"
WRITES = ("POST", "PUT", "DELETE")
ASKS = "listResourcesByTags"  # a POST that changes nothing

Options = dict[str, Any]
Sent = list[tuple[str, str]]  # method and operation of each request to the service


class Outcome(NamedTuple):
    """How a module ended."""

    result: Options
    error: BaseException | None = None  # a VpcepError, Ansible's word about the arguments, or what must not be
    sent: Sent = []

    @property
    def crashed(self) -> bool:
        return self.error is not None and not isinstance(self.error, (VpcepError, WrongArguments))

    @property
    def refused(self) -> bool:
        """Whether the input itself was refused."""
        return isinstance(self.error, (InputError, WrongArguments))

    @property
    def writes(self) -> list[str]:
        return [operation for method, operation in self.sent if method in WRITES and operation != ASKS]

    def __str__(self) -> str:
        how = f"{type(self.error).__name__}: {self.error}" if self.error else f"changed={self.result.get('changed')}"
        return f"{how} after {[operation for _method, operation in self.sent]}"[:400]


class WrongArguments(Exception):
    """What Ansible itself refuses."""


class FakeModule(modules.Module):
    """The same with AnsibleModule's check of arguments, and with results that can be written as JSON."""

    def __init__(self, given: Options, check_mode: bool, argument_spec: Options, **rules: Any) -> None:
        rules.pop("supports_check_mode")
        try:
            checked = ModuleArgumentSpecValidator(argument_spec, **rules).validate(given)
        except OverflowError as error:  # of Ansible's own check, which has no answer to infinity
            raise WrongArguments(str(error)) from None
        if checked.error_messages:
            raise WrongArguments(checked.error_messages[0])
        super().__init__(checked.validated_parameters, verbosity=3, diff=True)
        self.check_mode = check_mode
        self.error: BaseException | None = None
        self.raised: list[BaseException] = []  # by the program, before the runner makes a result of it

    def exit_json(self, **result: Any) -> None:
        json.dumps([result, self.warned])
        super().exit_json(**result)

    def fail_json(self, **result: Any) -> None:
        self.error = self.raised[-1]
        super().fail_json(**result)


class Modules:
    """Runs modules against a cloud, or without a server."""

    def __init__(self, cloud: Cloud, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.cloud, self.folder, self.patch = cloud, folder, patch
        patch.chdir(folder)  # odd options name folders, too
        patch.setattr(token_cache, "_COST", 2)  # a slow hash is slow, and not what this is about
        patch.setattr(entry, "connect", self.noting(self.connect))
        patch.setattr(entry, "refuse_wrong_types", self.noting(entry.refuse_wrong_types))
        patch.setattr(entry, "Runtime", functools.partial(Runtime, clock=lambda: self.now, sleep=self.sleep))
        self.now = 0.0
        self.raised: list[BaseException] = []

    def noting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, which keeps what it raises."""

        def noted(*arguments: Any, **more: Any) -> Any:
            try:
                return call(*arguments, **more)
            except Exception as error:
                self.raised.append(error)
                raise

        return noted

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.cloud.simulation.clock.advance(seconds)

    def connect(self, options: Options, **shared: Any) -> Any:
        return connect(options, environ={}, sleep=self.sleep, **shared)

    def auth(self, account: str = "provider") -> Options:
        """The options that log in."""
        return {**self.cloud.account(account), "token_cache_dir": str(self.folder), "retries": 2}

    def __call__(self, name: str, options: Options, check: bool = False, auth: Options | None = None) -> Outcome:
        module, made = MODULES[name], []

        def make(**arguments: Any) -> FakeModule:
            made.append(FakeModule({**(self.auth() if auth is None else auth), **options}, check, **arguments))
            made[0].raised = self.raised = []
            return made[0]

        self.patch.setattr(entry, "AnsibleModule", make)
        self.patch.setattr(module, "PROGRAM", self.noting(PROGRAMS[name]))
        mark = self.cloud.simulation.journal.count
        result: Options = {}
        error: BaseException | None = None
        try:
            module.main()
        except modules.Ended:
            result, error = made[0].result, made[0].error
        except Exception as problem:
            error = problem
        return Outcome(result, error, self.sent(mark))

    def sent(self, mark: int) -> Sent:
        entries = self.cloud.simulation.journal.select(mark)
        return [(one["method"], str(one["operation"])) for one in entries if one["service"] != "iam"]
