"""Tensors in a file: what a view's holds, and which files open, as what."""

import struct
import tracemalloc
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qsl
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv import ConvError
from conv.cli import main
from conv.results import Results, make_bundle
from conv.sources import data_label, load, open_tensors, read_data, sizes_of, tensors_file
from conv.state.legal import from_query, nearest, options
from conv.state.rooms import DATA
from conv.state.view import TOP_DIFFS
from conv.words import words
from tests.ops.oracle import assert_cells, convolution, magnitudes
from tests.views import GEOMETRIES, GROUPED, UNREAD, legal_view, packed, tensors

PLACES = "ncfijmkpqt"
GEOMETRY = ("kernel", "stride", "padding", "dilation", "groups")
SAVED = {
    **{name: ("paper", asked) for name, asked in (GEOMETRIES | UNREAD).items()},
    **{name: ("notebook", asked) for name, asked in GROUPED.items()},
    "photograph": ("sobel", {"scene": "dw", "lang": "zh", "i": 3}),
}
RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(2, 4, 7, 6)), RNG.normal(size=(6, 2, 3, 2)), RNG.normal(size=6)
G = RNG.normal(size=(2, 6, 3, 6))
OWN = {"x": X, "w": W, "b": B, "grad_output": G, "stride": [2, 1], "padding": [0, 1]}
OWN |= {"dilation": [1, 2]}
NOTHING = dict.fromkeys(OWN)


def zipped(members, compression=ZIP_DEFLATED):
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def npy(header, body=b""):
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def saved(view):
    return tensors_file(view, *tensors(view))


@pytest.mark.parametrize(("data", "asked"), SAVED.values(), ids=SAVED)
def test_a_file_opens_as_it_was_saved(data, asked):
    view = legal_view(data, **asked)
    bundle, _ = tensors(view)
    opened = open_tensors(saved(view))
    default = opened.default
    for name in (*PLACES, *GEOMETRY, "seed"):
        assert getattr(default, name) == getattr(view, name)
    assert (default.top_diff, default.lang) == ("file", "en")
    again = make_bundle(default, opened)
    for name in ("x", "w", "b", "grad_output"):
        np.testing.assert_array_equal(getattr(again, name), getattr(bundle, name))
        assert getattr(again, name).dtype == np.float64
        assert not getattr(opened, name).flags.writeable
    assert again.geometry == bundle.geometry
    assert not again.seeded_weight
    assert nearest(default, opened.sizes) == (default, [])
    assert from_query(dict(default.to_query(default)), lambda _: opened.sizes) == (default, [])


def test_a_file_holds_what_it_says():
    opened = open_tensors(packed(**OWN))
    view = opened.default
    bundle = make_bundle(view, opened)
    file = np.load(BytesIO(tensors_file(view, bundle, Results(bundle))))
    parameters = {"stride": (2, 1), "padding": (0, 1), "dilation": (1, 2), "groups": 2}
    expected = convolution(X, W, B, G, **parameters)
    size = magnitudes(X, W, B, G, **parameters)
    for name, truth in {"output": "out", "dw": "dw", "dx": "dx", "db": "db"}.items():
        assert_cells(file[name], expected[truth], size[truth])
    for name, value in {"x": X, "w": W, "b": B, "grad_output": G}.items():
        np.testing.assert_array_equal(file[name], value)
    for name, value in {**parameters, "kernel": (3, 2)}.items():
        np.testing.assert_array_equal(file[name], value)
        assert file[name].dtype.kind == "i"
    link = dict(parse_qsl(str(file["link"])))
    assert from_query(link, lambda _: opened.sizes) == (view, [])
    assert str(file["about"]) == words("en")("tensors.about_file")
    assert len(file.files) == 15


def test_a_view_has_the_same_bytes_every_time():
    view = legal_view("paper", **GEOMETRIES["all at once"])
    first = saved(view)
    assert first == tensors_file(view, *tensors(view))
    assert {info.date_time for info in ZipFile(BytesIO(first)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }


def test_x_and_w_are_enough():
    opened = open_tensors(packed(x=X, w=W))
    assert (opened.default.groups, opened.default.top_diff) == (2, "output")
    assert opened.grad_output is None
    assert not opened.b.any()
    assert opened.b.shape == (6,)
    assert (opened.default.stride, opened.default.padding) == ((1, 1), (0, 0))
    assert make_bundle(opened.default, opened).geometry.output_size == (2, 6, 5, 5)


@pytest.mark.parametrize("kind", ["<f4", ">f8", "f2", "i4", ">i2", "u1", "longdouble"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_kind_become_float64(kind, order):
    x = np.asarray(np.abs(X) * 20, kind, order=order)
    opened = open_tensors(packed(x=x, w=W, stride=np.uint8(2)))
    np.testing.assert_array_equal(opened.x, x.astype(np.float64))
    assert opened.x.dtype == np.dtype("float64")
    assert opened.default.stride == (2, 2)


@pytest.mark.parametrize(
    "link",
    [
        "n=99&i=-4&kernel=7&stride=4&data=../etc&groups=3&top_diff=ones&scene=<b>&lang=zh",
        "%00%ff&=&n&&n=" + "9" * 5000,
        "\U0010ffff" * 3000,
        b"n=1",
        7,
        [["n=1"], ["c=2"]],
    ],
)
def test_a_lying_link_opens_the_nearest_place(link):
    default = open_tensors(packed(**OWN, link=link)).default
    assert (default.kernel, default.stride, default.groups) == ((3, 2), (2, 1), 2)
    assert (default.top_diff, default.lang, default.scene) == ("file", "en", "overview")
    assert (default.n, default.i) in {(1, 0), (0, 0)}


def test_a_name_stands_for_all_that_is_in_a_file():
    named = {
        open_tensors(packed(**OWN | other)).default.data
        for other in (
            {},
            {"x": X + np.eye(7, 6) * 1e-9},
            {"w": -W},
            {"b": B[::-1]},
            {"grad_output": -G},
            {"link": "n=1"},
            {"x": X[:, ::-1]},
        )
    }
    named.add(open_tensors(packed(x=X, w=W)).default.data)
    named.add(open_tensors(packed(x=X, w=W, padding=1)).default.data)
    assert len(named) == 9
    name = open_tensors(packed(**OWN)).default.data
    assert name == open_tensors(packed(**OWN, output=X, link="lang=zh")).default.data
    assert name in named
    assert data_label(name, words("en")) == f"Own tensors · {name[4:12]}"


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": None}, "x is missing from the file; it is read from any of these: x, input,"),
        ({"w": None}, "w is missing from the file"),
        ({"x": X * 1j}, "x must hold real numbers, got complex128; float64 would do"),
        ({"w": W > 0}, "w must hold real numbers, got bool"),
        ({"x": X.astype("U8")}, "x must hold real numbers, got str_"),
        ({"x": np.array([{}])}, "x must hold numbers, got Python objects"),
        ({"x": np.zeros(3, [("`<b>`", float)])}, "x must hold real numbers, got void"),
        ({"b": B.astype("M8[s]")}, "b must hold real numbers, got datetime64"),
        ({"x": X[0]}, "x must have the axes (N, C, H, W), got (4, 7, 6); this would do"),
        ({"w": W[..., None]}, "w must have the axes (F, C/groups, KH, KW), got (6, 2, 3, 2, 1)"),
        ({"x": X[:0]}, "x must hold the (0, 4, 7, 6) numbers that it declares, and at least one"),
        ({"x": X * np.nan}, "x must hold finite numbers, got infinity or NaN"),
        ({"b": B * np.inf}, "b must hold finite numbers"),
        ({"x": np.full_like(X, 1e300, np.longdouble) ** 2}, "x must hold finite numbers"),
        ({"w": W * 1e9}, "w must hold numbers of at most 1e+06, got"),
        ({"grad_output": G * 1e30}, "grad_output must hold numbers of at most 1e+18, got"),
        (
            NOTHING | {"x": np.ones((1, 4, 257, 9)), "w": W},
            "x must have at most 256 rows and columns, got (1, 4, 257, 9)",
        ),
        ({"w": np.ones((6, 2, 8, 1))}, "w must have a kernel of at most 7 rows and columns"),
        ({"kernel": (2, 3)}, "kernel must be that of w, (3, 2), got (2, 3)"),
        ({"x": X[:, :3]}, "the second size of x must be that of w, or groups times it"),
        ({"w": W[:5]}, "ask for 2 groups, read as (N, C, H, W) and (F, C/groups, KH, KW), but"),
        ({"groups": 4}, "groups must divide the 4 input channels and the 6 filters, got 4"),
        ({"groups": 1}, "weight expects 2 input channels, input has 4"),
        ({"groups": (1, 2)}, "groups must be one whole number, got (1, 2)"),
        ({"stride": 5}, "stride must be from 1 to 4, got 5"),
        ({"padding": (0, -1)}, "padding must be from 0 to 8, got 0, -1"),
        ({"dilation": 0}, "dilation must be from 1 to 4, got 0"),
        ({"stride": 1.0}, "stride must be one whole number or two, (rows, columns)"),
        (
            {"padding": "reflect"},
            "padding must be one, two or four whole numbers, 'same' or 'valid', got 'reflect'",
        ),
        ({"stride": (1, 1, 1)}, "stride must be one whole number or two"),
        ({"dilation": 4}, "a padding of 1 or more would do"),
        ({"b": B[1:]}, "b must have the shape (6,), one number for each filter, got (5,)"),
        ({"grad_output": G[..., 1:]}, "grad_output must have the shape (2, 6, 3, 6)"),
        (
            NOTHING | {"x": np.ones((9, 16, 256, 256), "u1"), "w": np.ones((1, 16, 1, 1))},
            "x (9, 16, 256, 256) and w (1, 16, 1, 1) are 1.2 times what may be worked out; fewer",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(arrays, sentence):
    asked = {name: array for name, array in (OWN | arrays).items() if array is not None}
    with pytest.raises(ConvError) as error:
        open_tensors(packed(**asked))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


AN_ARRAY = "is a single array (.npy), not an .npz with a layer's tensors"
NOT_A_FILE = "the file must be an .npz archive, as np.savez writes it; this is a file of another"
HEADER = "{{'descr': {}, 'fortran_order': False, 'shape': {}, }}"
CRAFTED = {
    "nothing": (b"", NOT_A_FILE),
    "text": (b"x = 1\n" * 99, NOT_A_FILE),
    "an array alone": (npy(HEADER.format("'<f8'", "()"), bytes(8)), AN_ARRAY),
    "half a file": (packed(**OWN)[:-30], NOT_A_FILE),
    "no array": (zipped({"x.npy": b"hello"}), NOT_A_FILE),
    "another way of packing": (zipped({"x.npy": b""}, ZIP_LZMA), "x is packed in an unusual way"),
    "too large": (
        bytes(20 * 2**20 + 1),
        "at most 20 MB; fewer items, channels",
    ),
    "more numbers than there are": (
        zipped({"x.npy": npy(HEADER.format("'<f8'", "(1, 1, 9999999, 9999999)"), bytes(8))}),
        "x must hold the (1, 1, 9999999, 9999999) numbers that it declares",
    ),
    "less than no numbers": (
        zipped({"x.npy": npy(HEADER.format("'<f8'", "(-1, -1)"), bytes(8))}),
        "x must hold the (-1, -1) numbers that it declares",
    ),
    "negative sides": (
        zipped({"x.npy": npy(HEADER.format("'<f8'", "(-1, -1, 1, 1)"), bytes(8))}),
        "x must hold the (-1, -1, 1, 1) numbers that it declares",
    ),
    "a type of no size": (zipped({"x.npy": npy(HEADER.format("'<V0'", "(1,)"))}), "x must hold"),
    "no type": (zipped({"x.npy": npy(HEADER.format("()", "()"))}), NOT_A_FILE),
    "a header that goes deep": (zipped({"x.npy": npy("(" * 5000)}), NOT_A_FILE),
    "a header that is code": (zipped({"x.npy": npy("__import__('os').abort()")}), NOT_A_FILE),
}


@pytest.mark.parametrize(("data", "sentence"), CRAFTED.values(), ids=CRAFTED)
def test_crafted_files_are_refused(data, sentence):
    with pytest.raises(ConvError) as error:
        open_tensors(data)
    assert sentence in str(error.value)


def test_a_bomb_is_not_unpacked(monkeypatch):
    bomb = zipped({"x.npy": bytes(65 * 2**20), "w.npy": b""})
    monkeypatch.setattr(ZipFile, "open", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(ConvError, match="at most 64 MB unpacked; fewer items"):
        open_tensors(bomb)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    bomb = zipped({"x.npy": bytes(65 * 2**20)})
    lying = bomb.replace(struct.pack("<I", 65 * 2**20), struct.pack("<I", 1000))
    assert lying != bomb
    tracemalloc.start()
    try:
        with pytest.raises(ConvError, match="damaged"):
            open_tensors(lying)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": np.zeros((1000, 1, 250, 250), "u1"), "w": np.ones((1, 1, 1, 1))},
        {"x": X, "w": W, "stride": np.zeros(2**25, "u1")},
        {"x": X, "w": W, "transposed": np.zeros(2**25, "u1")},
        {"x": X, "w": W, "b": np.zeros(2**25, "u1")},
        {"x": X, "w": W, "grad_output": np.zeros((2**25, 1, 1, 1), "u1")},
    ],
)
def test_what_is_refused_takes_little_more_memory_than_it_has_unpacked(arrays):
    file = zipped({f"{name}.npy": as_npy(array) for name, array in arrays.items()})
    unpacked = sum(array.nbytes for array in arrays.values())
    tracemalloc.start()
    try:
        refuses_or_opens(file)
        assert tracemalloc.get_traced_memory()[1] < 3.2 * unpacked
    finally:
        tracemalloc.stop()


def as_npy(array):
    file = BytesIO()
    np.save(file, array)
    return file.getvalue()


FILES = [packed(**OWN), saved(load("paper").default)]
descriptions = st.one_of(
    st.sampled_from(["'<f8'", "'|O'", "'a4'", "('<f8', (2,))", "[('a', '<f8')]", "'f8,f8'", "{}"]),
    st.text("'<>|=fiuOSUVM0189(),[]{} ", max_size=12),
)
shapes = st.one_of(
    st.lists(st.integers(-2, 3), max_size=5).map(lambda sides: str(tuple(sides))),
    st.text("0123456789L(),-TrueNone. ", max_size=12),
)


@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=4),
    st.floats(0, 1),
)
def test_damage_raises_nothing_but_a_sentence(file, changes, end):
    damaged = bytearray(file)
    for place, other in changes:
        start = int(place * len(file))
        damaged[start : start + len(other)] = other
    refuses_or_opens(bytes(damaged[: round(end * len(file)) or None]))


@given(descriptions, shapes, st.integers(0, 6).map(lambda count: bytes(8 * count)))
def test_made_up_headers_raise_nothing_but_a_sentence(description, shape, body):
    array = npy(HEADER.format(description, shape), body)
    for name in ("x", "stride", "link"):
        members = {"x.npy": npy(HEADER.format("'<f8'", "(1, 1, 1, 1)"), bytes(8))}
        members["w.npy"] = members["x.npy"]
        refuses_or_opens(zipped(members | {f"{name}.npy": array}))


def refuses_or_opens(data):
    try:
        opened = open_tensors(data)
    except ConvError as error:
        assert "\n" not in str(error)  # noqa: PT017 - it may open as well
    else:
        assert nearest(opened.default, opened.sizes) == (opened.default, [])


def test_a_view_may_name_the_data_that_its_sizes_belong_to():
    opened = open_tensors(packed(**OWN))
    name, held = opened.default.data, {opened.default.data: opened.sizes}
    assert options(opened.default, opened.sizes, "data") == [*DATA, name]
    assert list(options(load("paper").default, sizes_of("paper"), "data")) == list(DATA)

    def sizes(data):
        return held.get(data) or sizes_of(data)

    view, _ = nearest(replace(opened.default, scene="dx", c=3, stride=(1, 1)), opened.sizes)
    link = view.to_query(opened.default)
    assert link == {
        "data": name,
        "scene": "dx",
        "c": "3",
        "f": "3",
        "stride": "1",
        "lang": "en",
    } | {"top_diff": "output"}
    assert from_query(link, sizes) == (view, [])
    view, changes = from_query({"data": name, "c": "9"}, sizes_of)
    assert (view.data, view.c) == ("notebook", 9)
    assert [(change.field, change.asked, change.given) for change in changes] == [
        ("data", name, "notebook")
    ]
    assert from_query({"data": name}, sizes)[0].top_diff == TOP_DIFFS[0]


def test_the_shell_takes_the_path_of_a_file(tmp_path, capsys):
    path = tmp_path / "layer.npz"
    path.write_bytes(packed(**OWN))
    assert read_data(str(path)).default == open_tensors(path).default
    assert main(["check", "--data", str(path), "--stride", "2"]) == 0
    assert f"layer.npz · {open_tensors(path).default.data[4:12]}: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.npz", "cannot be read: No such file or directory"),
        ("", "data must be one of 'notebook', 'paper', 'sobel' or the path of an .npz file"),
        ("bad.npz", NOT_A_FILE),
        ("a\0b", "cannot be read: embedded null byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_2(name, sentence, tmp_path, capsys):
    (tmp_path / "bad.npz").write_bytes(b"PK\3\4")
    assert main(["check", "--data", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert sentence in printed.err
