# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program and add its peak memory, in KiB, to a file as a line.

Usage: peak.py FILE PROGRAM [ARGUMENT...]
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    notes, program, *arguments = sys.argv[1:]
    child = os.posix_spawn(program, [program, *arguments], os.environ)
    _pid, status, usage = os.wait4(child, 0)
    with open(notes, "a", encoding="utf-8") as file:
        file.write(f"{usage.ru_maxrss}\n")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
