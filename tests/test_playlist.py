"""Playlists: the bundled one, those of a file, and the command that shows them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conv import ConvError
from conv.cli import main, present
from conv.playlist import bundled, bundled_playlist, parse_playlist, read_playlist
from conv.sources import sizes_of
from conv.state.legal import from_query
from conv.state.rooms import SECTIONS
from conv.words import LANGUAGES, words


def parse(text):
    return parse_playlist(text, "talk", sizes_of)


def test_the_bundled_playlist_is_the_same_in_both_languages():
    assert bundled() == ["backward", "notebook"]
    english, chinese = (bundled_playlist("backward", lang, sizes_of) for lang in ("en", "zh"))
    links = [entry.link for entry in english.entries]
    assert links == [entry.link for entry in chinese.entries]
    assert len(links) == 10
    assert {link["scene"] for link in links} == {
        *("overview", "forward", "dw", "dx", "update", "mistakes"),
    }
    assert english.title != chinese.title
    for one, other in zip(english.entries, chinese.entries, strict=True):
        assert one.title != other.title
        assert re.search(r"[.!?]$", one.title)
        assert re.search(r"[\u4e00-\u9fff].*。$", other.title)


def test_the_walk_is_a_playlist_of_all_sections():
    for lang in LANGUAGES:
        found = bundled_playlist("notebook", lang, sizes_of)
        assert found.title == words(lang)("walk.title")
        views = [entry.view(sizes_of, lang) for entry in found.entries]
        assert [view.section for view in views] == list(SECTIONS)
        assert {view.scene for view in views} == {"notebook"}
        titles = [entry.title for entry in found.entries]
        assert titles == [words(lang)(f"section.{name}") for name in SECTIONS]


def test_the_bundled_views_are_legal_and_differ():
    views = []
    for lang in LANGUAGES:
        for entry in bundled_playlist("backward", lang, sizes_of).entries:
            view, changes = from_query(entry.link, sizes_of, lang)
            assert changes == []
            assert view == entry.view(sizes_of, lang)
            assert view.lang == lang
            views.append(view)
    assert len(set(views)) == 20


def test_a_playlist_is_a_line_for_each_view():
    text = """# Two views
        # a comment

        First | and foremost | http://127.0.0.1:8501/?scene=dw&n=3&lang=zh&present=1
        Second | scene=dx&stride=2&embed=true&embed_options=dark_theme
        Third | http://127.0.0.1:8501/
    """
    made = parse(text)
    assert (made.name, made.title) == ("talk", "Two views")
    assert [entry.title for entry in made.entries] == ["First | and foremost", "Second", "Third"]
    assert [entry.link for entry in made.entries] == [
        {"scene": "dw", "n": "3"},
        {"scene": "dx", "stride": "2"},
        {"scene": "overview"},
    ]
    assert parse("A | ?scene=dw").title == "talk"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must have 1 to 200 lines 'title | link', got 0"),
        ("# only\n", "got 0"),
        ("a | ?n=1\n" * 201, "got 201"),
        ("# x\n\na ?scene=dw", "line 3 must be 'title | link', got 'a ?scene=dw'"),
        (" | ?scene=dw", "line 1 must be 'title | link'"),
        ("a | nothing", "line 1 must have a link after the '|', such as '?scene=dw&i=3'"),
        ("a |", "line 1 must have a link"),
        ("a | ?n=1\nb | ?scen=dw", "line 2: a view has no field 'scen'; copy the link of the page"),
        ("a | ?scene=dw&stride=9", "line 1: stride has no value '9' here; 4 would do"),
        ("a | ?data=own-12", "line 1: data has no value 'own-12' here; notebook would do"),
    ],
)
def test_a_bad_line_is_named(text, sentence):
    with pytest.raises(ConvError, match=re.escape(sentence)):
        parse(text)


def test_a_file_that_is_no_playlist(tmp_path):
    for name, content, sentence in (
        ("bytes", b"\xff\xfe\x00", "must be a text file in UTF-8"),
        ("long", b"#" * 200_001, "must have at most 200000 bytes"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConvError, match=sentence):
            read_playlist(tmp_path / name, sizes_of)
    with pytest.raises(ConvError, match="cannot be read: No such file"):
        read_playlist(tmp_path / "none", sizes_of)
    with pytest.raises(KeyError):
        bundled_playlist("../view", "en", sizes_of)


def test_present_says_what_is_wrong_in_one_sentence(tmp_path, capsys, monkeypatch):
    file = tmp_path / "talk.txt"
    file.write_text("a | ?scene=nothing\n", encoding="utf-8")
    monkeypatch.setattr(subprocess, "Popen", None)  # no server is started
    assert main(["present", str(file)]) == 2
    assert (
        capsys.readouterr().err == "line 1: scene has no value 'nothing' here; overview would do\n"
    )
    assert main(["present", str(tmp_path / "none.txt")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    with present.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert main(["present", "--port", str(port), "--lang", "zh"]) == 2
    assert f"端口 {port} 已被占用" in capsys.readouterr().err
    monkeypatch.setattr(present, "_APP", Path("/no/app.py"))
    assert main(["present"]) == 2
    assert "app.py and Streamlit must be there" in capsys.readouterr().err


class Server:
    """What would be a running Streamlit; a lecturer ends it with Ctrl+C."""

    started = None

    def __init__(self, command, cwd, env):
        type(self).started = (command, cwd, env)

    def poll(self):
        return None

    def wait(self):
        if type(self).started:
            type(self).started = None
            raise KeyboardInterrupt
        return 0

    def terminate(self):
        pass


def test_present_runs_the_dashboard_with_the_playlist(tmp_path, capsys, monkeypatch):
    file = tmp_path / "my talk.txt"
    file.write_text("a | ?scene=dw\n", encoding="utf-8")
    opened, started = [], []

    class Recorded(Server):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            started.append(self.started)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    monkeypatch.setattr(present, "_answers", lambda *_: True)
    monkeypatch.setattr(present.webbrowser, "open", opened.append)
    monkeypatch.setenv("CONV_PLAYLIST", "another.txt")
    assert main(["present", str(file), "--lang", "zh"]) == 0
    command, folder, environment = started[0]
    assert command[:5] == [sys.executable, "-m", "streamlit", "run", str(folder / "app.py")]
    assert environment["CONV_PLAYLIST"] == str(file)
    assert re.fullmatch(
        r"http://127\.0\.0\.1:85\d\d/\?present=1&playlist=my\+talk&lang=zh", opened[0]
    )
    assert opened[0] in capsys.readouterr().out
    assert main(["present", "--no-browser"]) == 0
    assert "CONV_PLAYLIST" not in started[1][2]
    assert len(opened) == 1
    assert "?present=1&playlist=backward " in capsys.readouterr().out
    assert main(["present", "notebook", "--no-browser"]) == 0
    assert "CONV_PLAYLIST" not in started[2][2]
    assert "?present=1&playlist=notebook " in capsys.readouterr().out
