"""The floors, the style and the types, of the scripts too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SCRIPTS = "conv/figures/stage"


@pytest.mark.parametrize(
    "command",
    [
        ["lint-imports", "--no-cache"],
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["deno", "check", "--quiet", "--no-remote", f"--config={SCRIPTS}/deno.json", "conv"],
    ],
    ids=" ".join,
)
def test_house_rules(command, tmp_path):
    run = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        env={**os.environ, "DENO_DIR": str(tmp_path), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
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
