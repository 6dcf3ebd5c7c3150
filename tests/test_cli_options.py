"""The options of figure and animate: any view there and back, and what is refused."""

import re
import shlex
from dataclasses import fields
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conv.cli import main
from conv.cli.main import parser
from conv.cli.options import read_asked, read_sheet
from conv.figures.files import Order
from conv.figures.sheet import Sheet
from conv.ops.geometry import as_padding
from conv.sources import load, open_tensors, tensors_file
from conv.state.legal import nearest
from conv.state.rooms import DATA
from conv.state.view import FIELDS, View, choices
from conv.words import words
from tests.views import legal_view, tensors

CHOICES = {name: choices(name) for name in FIELDS if choices(name)}

PARSER = parser(words("en"))
CELLS = st.integers(0, 70)


def asked(*arguments):
    return read_asked(PARSER.parse_args(["figure", *arguments, "-o", "a.png"]), words("en"))


@st.composite
def views(draw):
    """A view as a user could have it."""
    data = load(draw(st.sampled_from(list(DATA))))
    pair = st.tuples(st.integers(0, 8), st.integers(0, 8))
    wish = View(
        data=data.default.data,
        groups=draw(st.integers(1, 16)),
        seed=draw(st.integers(0, 9999)),
        **{name: draw(CELLS) for name in "ncfijmkpqt"},
        **{name: draw(pair) for name in ("kernel", "stride", "dilation")},
        padding=as_padding("padding", draw(st.tuples(pair, pair))),
        **{name: draw(st.sampled_from(CHOICES[name])) for name in CHOICES if name != "data"},
    )
    return nearest(wish, data.sizes)[0], data


@settings(max_examples=200)
@given(views())
def test_options_and_links_name_the_view(drawn):
    view, data = drawn
    assert asked(*view.to_arguments(data.default)).view == view
    for query in (view.to_query(data.default), view.to_query()):
        address = f"https://somewhere.example/conv/?{urlencode(query)}&present=1"
        assert asked("--link", address).view == view
    assert asked("--link", Order(view, data.default).link).view == view


@given(
    st.builds(
        Sheet,
        theme=st.sampled_from([None, "light", "dark"]),
        width=st.none() | st.integers(100, 8000),
        height=st.none() | st.integers(100, 8000),
        font_size=st.none() | st.integers(8, 240).map(lambda quarter: quarter / 4),
        transparent=st.booleans(),
        titles=st.booleans(),
        panel=st.none() | st.just("dx_rot180"),
    ),
    st.none() | st.just(1.25),
)
def test_a_command_names_the_sheet(sheet, scale):
    order = Order(View(), View(), sheet, scale)
    python, dash, conv, *command = shlex.split(order.command("figure", "png", name="it's a name"))
    assert (python, dash, conv) == ("python", "-m", "conv")
    options = PARSER.parse_args(command)
    assert read_sheet(options) == sheet
    assert options.scale == scale
    assert options.output.name == "it's a name.png"


def test_data_of_a_file_are_named_beside_the_link(tmp_path):
    view = legal_view("paper", stride=(2, 2), padding=(2, 2), i=3, j=1)
    bundle, results = tensors(view.of_tensors())
    file = tmp_path / f"{view.file_name()}.npz"
    file.write_bytes(tensors_file(view, bundle, results))
    data = open_tensors(file)
    link = f"https://somewhere.example/?{urlencode(data.default.to_query(data.default))}"
    with_file = asked("--link", link, "--data", str(file))
    assert (with_file.view, with_file.data.default) == (data.default, data.default)
    command = data.default.to_arguments(data.default)
    assert command == ["overview", "--data", f"{data.default.file_name()}.npz"]


def test_a_file_of_ones_own_data_names_their_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(1, 2, 5, 4)), rng.normal(size=(2, 2, 3, 2))
    np.savez(tmp_path / "data" / "my layer.npz", x=x, w=w)
    own = ["--data", "data/my layer.npz"]
    assert main(["figure", "dx", *own, "--stride", "2", "-o", "a.html"]) == 0
    html = (tmp_path / "a.html").read_text("utf-8")
    command = re.search(r'provenance" content="([^"]*)"', html)[1]
    assert command.startswith("python -m conv figure dx --data &#x27;my layer.npz&#x27; --stride 2")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dw"], "the following arguments are required: -o/--output"),
        (["nothing", "-o", "a.png"], "argument SCENE: invalid choice: 'nothing'"),
        (["dw", "--n", "-1", "-o", "a.png"], "--n: must be a whole number from 0"),
        (["dw", "--stride", "x", "-o", "a.png"], "--stride: must be a whole number or two"),
        (["dw", "--scale", "0", "-o", "a.png"], "--scale: must be a number above 0, got '0'"),
        (["dw", "--scale", "nan", "-o", "a.png"], "--scale: must be a number above 0, got 'nan'"),
        (["dw", "--theme", "red", "-o", "a.png"], "--theme: invalid choice: 'red'"),
        (["dw", "--str", "2", "-o", "a.png"], "unrecognized arguments: --str 2"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["figure", *arguments])
    said = capsys.readouterr().err
    assert stop.value.code == 2
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("-o a.png", "which scene? One of overview, forward, dw, dx, update, mistakes, quiz"),
        ("dw -o a.jpg", "must end in one of .png, .webp, .svg, .pdf, .html, got 'a.jpg'"),
        ("dw -o a", "must end in one of"),
        ("dw -o none/a.png", "none/a.png cannot be written: there is no folder none"),
        ("dw -o folder.png", "folder.png cannot be written: it is a folder"),
        ("dw --c 32 -o a.png", "c cannot be 32 here; 0 to 31 would do"),
        ("dw --groups 3 -o a.png", "groups cannot be 3 here; 1, 2, 4, 8 or 16 would do"),
        ("dw --groups 16 --c 0 --f 1 -o a.png", "f cannot be 1 here; 0 would do"),
        ("dw --stride 5 -o a.png", "stride cannot be 5 here; 1 to 4, or two of them such as 1x2"),
        ("dw --stride 2 --top-diff file -o a.png", "here; output, ones or normal would do"),
        ("dw --data paper --kernel 7 --padding 0 -o a.png", "kernel cannot be 7 here; 1 to 5"),
        ("dw --data none.npz -o a.png", "'none.npz' cannot be read: No such file"),
        ("dw --scale 2 -o a.svg", "scale changes nothing in a file of svg; leave it out"),
        ("dw --height 300 -o a.html", "height changes nothing in a file of html; leave it out"),
        ("dw --plotlyjs cdn -o a.png", "plotlyjs changes nothing in a file of png; leave it out"),
        ("dw --width 90 -o a.html", "width must be from 100 to 8000 pixels, got 90"),
        ("dw --panel no -o a.html", "panel must be one of input_pad, grad_output"),
        ("dw --link ?scene=dx -o a.html", "a link says all of the view; leave out scene"),
        ("--n 1 --link ?scene=dx -o a.html", "a link says all of the view; leave out --n"),
        ("--link scene=dx -o a.html", "link must be an address of the page with a ? in it"),
        ("--link http://[::1 -o a.html", "the link cannot be read: Invalid IPv6 URL"),
        ("--link ?c=99 -o a.html", "c cannot be 99 here; 0 to 31 would do"),
        ("--link ?c=x -o a.html", "c cannot be x here; 0 to 31 would do"),
        ("--link ?scene=x -o a.html", "scene cannot be x here; overview, forward, dw, dx"),
        ("--link ?data=own-12 -o a.html", "the link's data are a file's: name the file with"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(arguments, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    assert main(["figure", *arguments.split()]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


def help_of(*command):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0


def test_help_names_every_command_and_option(capsys):
    help_of()
    said = capsys.readouterr().out
    for command in ("figure", "animate", "gallery", "check"):
        assert f"\n    {command} " in said
    for language in ("en", "zh"):
        help_of("figure", "--lang", language)
        help_of("animate", "--lang", language)
        said = capsys.readouterr().out
        for field in fields(View):
            label = words(language)(f"control.{field.name}").lower()
            assert f"--{field.name.replace('_', '-')} " in said or label in said
        for option in ("--link", "--panel", "--plotlyjs", "--transparent", "--every", "--loop"):
            assert f"{option} " in said


def test_the_gallery_has_no_other_pictures(capsys, tmp_path):
    assert main(["gallery", str(tmp_path), "--only", "nothing"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("the gallery has no 'nothing'; it has overview-light-en, ")
    assert said.count("\n") == 1


def test_what_a_link_names_in_vain_is_said_once_on_stderr(capsys):
    rest = "&".join(f"utm_{k}=1" for k in range(500))
    shown = asked("--link", f"http://host/?scene=dx&c=9&present=1&hide=strips&{rest}")
    assert (shown.view.scene, shown.view.c) == ("dx", 9)
    names = ", ".join(f"'utm_{k}'" for k in range(6))
    assert capsys.readouterr().err == (
        words("en")("notice.unknown", names=f"{names}, … (+494)") + "\n"
    )


def test_a_links_error_is_short_and_in_the_readers_language(capsys, tmp_path):
    link = f"http://host/?scene=dx&i={'9' * 4000}&lang=en"
    output = str(tmp_path / "a.html")
    assert main(["figure", "--link", link, "--lang", "zh", "-o", output]) == 2
    told = capsys.readouterr().err
    assert told.startswith("这里 i 不能是 999")
    assert len(told) < 120
