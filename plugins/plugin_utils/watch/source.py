"""The event source crossvpc.vpcep.vpcep_connections: options in, events into ansible-rulebook's queue.

A session blocks, so each poll runs in a thread. There is one poll at a time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import typing as t
from collections.abc import Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._auth.session import connect
from ...module_utils._core import option_types
from ...module_utils._core.errors import InputError
from ...module_utils._core.types import Object
from ...module_utils._resources.runtime import Runtime
from ...module_utils._schema.argument_specs import auth_options
from .memory import Memory
from .watcher import START_PENDING, STARTS, Watcher, state_file

SPEC: dict[str, t.Any] = {
    **auth_options(),
    "options": {"type": option_types.DICT},
    "services": {"type": option_types.LIST, "elements": option_types.WORD},
    "requests_per_minute": {"type": option_types.NUMBER, "default": 60.0},
    "start": {"type": option_types.TEXT, "choices": list(STARTS), "default": START_PENDING},
    "state_file": {"type": option_types.PATH},
}
BUDGET = (1, 6000)
"""The minimum and maximum of requests_per_minute."""
FEEDBACK, FEEDBACK_QUEUE = "feedback", "eda_feedback_queue"
"""Options of ansible-rulebook itself. With persistence, it confirms each event once it has stored it."""
LOGGER = logging.getLogger("crossvpc.vpcep.vpcep_connections")


def check_options(arguments: Mapping[str, t.Any]) -> Object:
    """The options with their defaults. Raises InputError, which names what is wrong and shows no value."""
    given = {name: value for name, value in arguments.items() if name not in (FEEDBACK, FEEDBACK_QUEUE)}
    more = validated(given).get("options") or {}
    options = validated({**given, **more, "options": None})
    least, most = BUDGET
    if not least <= options["requests_per_minute"] <= most:
        raise InputError(f"requests_per_minute: {options['requests_per_minute']} is not between {least} and {most}.")
    return options


def validated(given: Object) -> Object:
    """Options of the right types. Raises InputError."""
    result = ArgumentSpecValidator(SPEC).validate(given)
    if result.error_messages:
        raise InputError(*result.error_messages)
    options: Object = result.validated_parameters
    option_types.refuse_wrong_types(options)
    return options


async def watch(queue: asyncio.Queue[Object], arguments: Mapping[str, t.Any]) -> None:
    """Puts events into *queue* until it is cancelled. Raises VpcepError for a wrong login."""
    options = check_options(arguments)
    feedback = arguments.get(FEEDBACK_QUEUE)

    async def send(event: Object) -> None:
        await queue.put(event)
        await asyncio.sleep(0)
        if feedback is not None:
            await feedback.get()

    session = connect(options)
    memory = Memory(state_file(options, session.credentials, os.environ), warn=LOGGER.warning)
    watcher = Watcher(options, Runtime(session), memory, LOGGER.warning)
    try:
        for event in await asyncio.to_thread(memory.acquire):
            await send(event)
        while True:
            await asyncio.sleep(watcher.schedule.next()[0])
            for new in await asyncio.to_thread(watcher.poll):
                await send(new.event)
                memory.store_sent(new.service, new.change, new.event)
    finally:
        session.client.interrupt()
        session.client.close()
        memory.release()
