"""The list of faults fits the code that it is about."""

from collections import Counter

import pytest

from tests.faults.__main__ import asked_for, run_tests, with_fault
from tests.faults.catalogue import ROOT, Fault, faults, kinds

KINDS = {
    "commands",
    "dialogs",
    "figures",
    "files",
    "index_maps",
    "link",
    "notebook",
    "operators",
    "place",
    "scenes",
    "snippets",
    "stage",
    "words",
}
FAULTS = faults()


def test_there_are_faults_of_every_kind():
    assert set(kinds()) == {fault.kind for fault in FAULTS} == KINDS
    assert len(FAULTS) >= 40


def test_no_two_have_one_name_or_are_one():
    for part in (lambda fault: fault.name, lambda fault: (fault.file, fault.text, fault.instead)):
        assert [one for one, count in Counter(map(part, FAULTS)).items() if count > 1] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_changes_its_file_and_names_who_finds_it(fault):
    source = (ROOT / fault.file).read_text("utf-8")
    assert fault.put_into(source) != source
    assert (ROOT / fault.found_by).is_file()
    assert fault.found_by.startswith("tests/")


FOUND = "def test_sum():\n    assert 1 + 1 == 2\n"


@pytest.mark.parametrize(
    ("text", "instead", "state", "told"),
    [
        ("1 + 1", "2 + 0", "passed", ""),
        ("1 + 1", "1 - 1", "failed", "test_it.py::test_sum"),
        ("def", "import nothing\ndef", "broken", "exit 2: 1 error"),
    ],
)
def test_a_test_that_fails_finds_a_fault_and_one_that_does_not_start_says_nothing(
    text, instead, state, told, tmp_path
):
    file = tmp_path / "test_it.py"
    file.write_text(FOUND, "utf-8")
    time = file.stat().st_mtime_ns
    with with_fault(tmp_path, Fault("one", "kind", file.name, text, instead, file.name)):
        outcome = run_tests(tmp_path, file.name)
    assert outcome.state == state
    assert outcome.told.startswith(told)
    assert (file.read_text("utf-8"), file.stat().st_mtime_ns) == (FOUND, time)


def test_a_text_that_is_not_there_once_is_no_fault():
    fault = Fault("one", "kind", "file", "a", "b", "test")
    for source in ("", "aa"):
        with pytest.raises(ValueError, match=f"stands {source.count('a')} times"):
            fault.put_into(source)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--jobs", "0"], "--jobs: invalid positive value: '0'"),
        (
            ["--kind", "words", "textbook-zeros-are-products"],
            "no fault of that name is of that kind",
        ),
        (["no-such-fault"], "there is no fault no-such-fault"),
        (["--kind", "nothing"], "invalid choice: 'nothing'"),
    ],
)
def test_arguments_that_name_no_fault_are_refused(arguments, said, capsys):
    with pytest.raises(SystemExit) as ended:
        asked_for(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
