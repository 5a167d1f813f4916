"""The first command of the README, without the set-up."""

import subprocess

from tests.support.controllers import ROOT


def test_the_demo_goes_through() -> None:
    done = subprocess.run(
        ["tools/demo"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().splitlines()[-1].strip(), done.stdout
    assert "What next" in done.stdout
    answers = "    answers   shop.internal.example.com:8443 from frontend-1\n"
    assert done.stdout.count(answers) == 3, done.stdout  # connected, run again, with another port
    assert ": its addresses and names are not those of an earlier endpoint\n" in done.stdout
