"""The list of faults fits the code that it is about."""

from collections import Counter

import pytest

from tests.faults.catalogue import ROOT, faults, kinds

KINDS = {
    "commands",
    "dialogs",
    "figures",
    "files",
    "index_maps",
    "link",
    "operators",
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
