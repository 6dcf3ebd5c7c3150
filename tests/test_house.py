"""The floors, the style and the types."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["lint-imports", "--no-cache"],
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
    ],
    ids=" ".join,
)
def test_house_rules(command):
    run = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_top_level_has_the_agreed_things_alone():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    top = {path.split("/")[0].strip('"') for path in tracked.stdout.splitlines()}
    agreed = {"app.py", "conv", "data_pic", "tests", "requirements.txt", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} - agreed == {"pyproject.toml"}
