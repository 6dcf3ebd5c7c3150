"""The tests' own command: what it runs, and what it tries again."""

import json
import shutil
from types import SimpleNamespace

import pytest

from tests import __main__ as command
from tests import browser, machine
from tests.conftest import FailedList

ONE, OTHER = "tests/dashboard/test_a.py::test_one", "tests/dashboard/test_a.py::test_other"
THIRD = "tests/test_b.py::test_third"


def report(nodeid, *keywords, failed=True):
    return SimpleNamespace(nodeid=nodeid, keywords=dict.fromkeys(keywords, 1), failed=failed)


def test_failed_tests_are_listed_with_their_need_of_a_browser(tmp_path):
    failed = FailedList(tmp_path / "failed")
    for one in (
        report(ONE, "browser"),
        report(THIRD),
        report(OTHER, "browser", failed=False),
        # A test can fail, and then what it has left behind.
        report(ONE, "browser"),
    ):
        failed.pytest_runtest_logreport(one)
    failed.pytest_sessionfinish()
    assert json.loads(failed.file.read_text("utf-8")) == {ONE: True, THIRD: False}


@pytest.fixture
def runs(monkeypatch):
    """Has every run end as a test says, and lists what was run."""
    made, ends, failed = [], [], {}

    def run(arguments, workers=2):
        made.append((workers, [one for one in arguments if not one.startswith("--list-failed=")]))
        for one in arguments:
            if one.startswith("--list-failed=") and failed:
                with open(one.partition("=")[2], "w", encoding="utf-8") as file:  # noqa: PTH123
                    json.dump(failed, file)
        return ends.pop(0)

    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(command, "install_packages", lambda: None)
    monkeypatch.setattr(machine, "install_missing", lambda: None)
    return SimpleNamespace(made=made, ends=ends, failed=failed)


@pytest.mark.parametrize(
    ("others", "again", "ended", "said"),
    [
        ({}, 0, 0, "a fault to mend"),
        ({}, 1, 1, "did not all pass"),
        ({THIRD: False}, 0, 1, "a fault to mend"),
    ],
)
def test_a_browser_s_test_that_fails_is_tried_again_alone_and_named(
    runs, capsys, others, again, ended, said
):
    runs.ends += [1, again]
    runs.failed |= {ONE: True, **others, OTHER: True}
    assert command.main(["tests/dashboard"]) == ended
    assert runs.made == [(2, ["tests/dashboard"]), (0, [ONE, OTHER])]
    *_, first, second, last = capsys.readouterr().out.splitlines()
    assert [first.strip(), second.strip()] == [ONE, OTHER]
    assert said in last


MANY = {f"{ONE}[{k}]": True for k in range(command.MOST_AGAIN + 1)}


@pytest.mark.parametrize(
    ("arguments", "end", "failed"),
    [
        ([], 0, {}),
        ([], 1, {THIRD: False}),
        ([], 1, MANY),
        ([], 2, {ONE: True}),  # it was interrupted
        (["--once"], 1, {ONE: True}),
    ],
)
def test_nothing_else_is_tried_again(runs, arguments, end, failed):
    runs.ends += [end]
    runs.failed |= failed
    assert command.main(arguments) == end
    assert runs.made == [(2, [])]


def test_quick_runs_what_needs_no_browser_and_installs_none(runs, monkeypatch):
    monkeypatch.setattr(machine, "install_missing", lambda: pytest.fail("it installs"))
    runs.ends += [0]
    assert command.main(["--quick", "-x"]) == 0
    assert runs.made == [(2, ["-m", "not browser", "-x"])]


def test_help_names_both_switches_and_installs_nothing(runs, monkeypatch, capsys):
    monkeypatch.setattr(command, "install_packages", lambda: pytest.fail("it installs"))
    assert command.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "--quick" in said
    assert "--once" in said
    assert runs.made == []


@pytest.mark.parametrize(
    ("has", "root", "asked"),
    [
        ((True, True), True, []),
        ((False, True), True, ["chromium-headless-shell"]),
        ((True, False), True, ["fonts-noto-cjk", "fontconfig"]),
        ((False, False), True, ["chromium-headless-shell", "fonts-noto-cjk", "fontconfig"]),
        ((True, False), False, None),
    ],
)
def test_what_is_missing_is_installed_as_root_on_debian_alone(
    monkeypatch, capsys, has, root, asked
):
    chromium, chinese = has
    commands, there = [], {"chromium": chromium, "chinese": chinese}
    monkeypatch.setattr(machine, "chromium", lambda: "chromium" if there["chromium"] else None)
    monkeypatch.setattr(machine, "has_chinese", lambda: there["chinese"])
    monkeypatch.setattr(machine, "is_root_on_debian", lambda: root)

    def apt_get(*arguments):
        commands.append(arguments)
        there.update(chromium=True, chinese=True)

    monkeypatch.setattr(machine, "apt_get", apt_get)
    machine.install_missing()
    assert [one[3:] for one in commands if one[0] == "install"] == ([tuple(asked)] if asked else [])
    said = capsys.readouterr().out
    assert ("fonts-noto-cjk" in said) == (asked is None)


def test_without_a_chromium_a_sentence_says_what_to_install(monkeypatch):
    tried = []
    monkeypatch.setattr(machine, "chromium", lambda: None)
    monkeypatch.setattr(machine, "has_chinese", lambda: True)
    monkeypatch.setattr(machine, "is_root_on_debian", lambda: False)
    monkeypatch.setattr(machine.subprocess, "run", lambda command, **_: tried.append(command))
    with pytest.raises(SystemExit, match="The tests need a Chromium: install"):
        machine.install_missing()
    assert tried[0][1:] == ["-m", "playwright", "install", "chromium"]


def test_a_program_that_chromium_names_is_looked_for(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "sh")
    assert browser.chromium() == shutil.which("sh")
    monkeypatch.setenv("CHROMIUM", "/nothing/here")
    assert browser.chromium() is None
    with pytest.raises(SystemExit, match="CHROMIUM is /nothing/here, which is no program"):
        machine.install_missing()


def test_what_is_not_found_is_told_without_workers(monkeypatch):
    made, ends = [], [command.NONE, 4]
    monkeypatch.setattr(command, "pytest", lambda given: made.append(given) or ends.pop(0))
    assert command.run(["tests/nothing.py"]) == 4
    assert made[0][:2] == ["-n", "2"]
    assert made[1] == ["--collect-only", "-q", "tests/nothing.py"]


def test_a_sentence_says_that_packages_could_not_be_installed(monkeypatch):
    failed = SimpleNamespace(returncode=1)
    monkeypatch.setattr(command.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SystemExit, match="could not be installed: pip says why"):
        command.install_packages()
