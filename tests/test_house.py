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
MOST_LINES = 450


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


@pytest.fixture(scope="module")
def tracked():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    found = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path.strip('"') for path in found.stdout.splitlines()]


def test_no_file_is_longer_than_can_be_read_at_once(tracked):
    written = [ROOT / path for path in tracked if path.endswith((".py", ".js", ".css", ".toml"))]
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in written}
    assert len(lines) > 100
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_top_level_has_the_agreed_things_alone(tracked):
    top = {path.split("/")[0] for path in tracked}
    agreed = {"app.py", "conv", "data_pic", "tests", "requirements.txt", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} - agreed == {"pyproject.toml"}
