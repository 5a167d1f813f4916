# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens what ansible-vault has encrypted, with the vault secrets of the run and in memory only."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

if t.TYPE_CHECKING:
    from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.clouds_yaml import Decrypt


def decrypter(loader: t.Any) -> Decrypt:
    """A function from an encrypted text to the plain one, or to None if no vault secret opens it.

    loader: the DataLoader of the run, whose YAML reader is the public way to its vault secrets.
    """

    def decrypt(text: str) -> str | None:
        lines = "\n".join(f"  {line}" for line in text.split())
        try:
            return str(loader.load(f"!vault |\n{lines}\n"))
        except AnsibleError:
            return None

    return decrypt
