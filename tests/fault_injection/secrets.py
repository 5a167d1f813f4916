"""The secrets that must not appear anywhere: passwords and keys of the simulator's users, and all tokens it issued."""

from collections.abc import Iterable

from tests.simulator.handle import Handle
from tests.support.programs import Cloud

PART = 16  # characters; a secret that is cut still helps those who guess


def leaks(text: str, cloud: Cloud) -> list[str]:
    """Which secrets a text holds."""
    return leaks_of(text, cloud, cloud.server.simulation.identity.tokens)


def leaks_of(text: str, simulator: Handle, tokens: Iterable[str]) -> list[str]:
    """Which secrets a text holds, the tokens given among them."""
    accounts = simulator.world.accounts.items()
    secrets = {f"password of {user.name}": user.password for _name, account in accounts for user in account.users}
    secrets |= {f"secret key of {name}": account.secret_key for name, account in accounts}
    secrets |= {f"token {number}": token for number, token in enumerate(tokens)}
    return [name for name, secret in secrets.items() if secret[:PART] in text or secret[-PART:] in text]
