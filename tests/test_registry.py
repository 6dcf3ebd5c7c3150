"""Registries look through their room, and a file that cannot be read is heard of every time."""

from dataclasses import dataclass

import pytest

from conv.registry import Registry


@dataclass
class Entry:
    name: str
    position: float


ADDED = "from {0} import ROOM, Entry\nROOM.add(Entry({1!r}, {2}))\n"
ROOM = """from conv.registry import Registry
from tests.test_registry import Entry
ROOM = Registry({!r})
"""


@pytest.fixture
def room(tmp_path, monkeypatch, request):
    """Makes a package of files, and gives its registry."""

    def made(**files):
        name = f"room_{request.node.name}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(ROOM.format(name))
        for file, text in files.items():
            (folder / f"{file}.py").write_text(text.replace("ROOM_NAME", name))
        monkeypatch.syspath_prepend(tmp_path)
        return __import__(name).ROOM

    return made


def test_a_registry_has_what_the_files_of_its_room_added_in_order(room):
    found = room(
        a=ADDED.format("ROOM_NAME", "late", 2.5),
        b=ADDED.format("ROOM_NAME", "first", 1),
        c=ADDED.format("ROOM_NAME", "middle", 2),
    )
    assert list(found) == ["first", "middle", "late"]
    assert (found.first, len(found), found["late"].position) == ("first", 3, 2.5)
    with pytest.raises(KeyError):
        found["none"]


def test_a_file_that_cannot_be_read_is_heard_of_by_everybody_who_asks(room):
    found = room(a=ADDED.format("ROOM_NAME", "a", 1), b="raise OSError(7)", c="")
    for _ in range(3):
        with pytest.raises(OSError, match="7"):
            list(found)


def test_a_name_is_given_once():
    found = Registry("conv.words")
    found.add(Entry("a", 1))
    with pytest.raises(ValueError, match="a"):
        found.add(Entry("a", 2))
