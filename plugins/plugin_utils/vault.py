"""Decrypts texts of ansible-vault with the vault secrets of the run, in memory only."""

from __future__ import annotations

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ..module_utils._auth.clouds_yaml import Decrypt


def decrypter(loader: DataLoader) -> Decrypt:
    """A function that returns the plain text, or None if no vault secret of *loader* decrypts it.

    The YAML reader of a DataLoader is the public interface to its vault secrets.
    """

    def decrypt(text: str) -> str | None:
        lines = "\n".join(f"  {line}" for line in text.split())
        try:
            return str(loader.load(f"!vault |\n{lines}\n"))
        except AnsibleError:
            return None

    return decrypt
