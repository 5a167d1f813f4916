"""Print pip's settings, also those of the environment, as a pip.conf."""

import ast
import subprocess
import sys


def pip(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip", *arguments]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout


listed = dict(line.split("=", 1) for line in pip("config", "list").splitlines())
settings = {"cache-dir": pip("cache", "dir").strip(), "quiet": "2"}
for section in ("global.", "install.", ":env:."):
    for key, value in listed.items():
        if key.startswith(section):
            settings[key.removeprefix(section)] = ast.literal_eval(value)

print("[global]")
for name, value in settings.items():
    print(name, "=", "\n    ".join(value.strip().split("\n")))
