"""The walk through the notebook: every printed number and every wrong form, held
against conv.ops and against arithmetic of its own."""

import ast
import re
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from itertools import product

import numpy as np
import pytest

from conv import conv2d, conv2d_input, conv2d_weight
from conv.lessons import WALK, walk
from conv.lessons.indices import span
from conv.lessons.running import run_code
from conv.results import Results, make_bundle
from conv.scenes import make_scene
from conv.sources import open_tensors, tensors_file
from conv.spot import Spot
from conv.state.rooms import SECTIONS
from conv.words import LANGUAGES, texts
from tests.copied import numpy_code
from tests.pads import origin_of, pads_of
from tests.views import (
    GEOMETRIES,
    GROUPED,
    UNEVEN,
    UNREAD,
    WIDE,
    data_of,
    legal_view,
    packed,
    uneven_view,
)

NUMBER = re.compile(r"True|False|nan|inf|-?\d+\.?\d*(?:e[-+]?\d+)?")
CASES = {
    **{name: ("paper", asked) for name, asked in {**GEOMETRIES, **UNREAD}.items()},
    **{name: ("notebook", asked) for name, asked in GROUPED.items()},
    **{name: ("paper", asked) for name, asked in UNEVEN.items()},
    "uneven groups": (
        WIDE.default.data,
        {"groups": 2, "c": 3, "f": 5, "j": 3, "stride": (1, 2), "padding": (0, 1, 2, 0)},
    ),
    "the notebook's layer": ("notebook", {"n": 3, "c": 30, "f": 2, "i": 13, "j": 0}),
    "a photograph": ("sobel", {"f": 1}),
    "several of everything": (WIDE.default.data, {}),
    "dilated groups": (
        "notebook",
        {"groups": 2, "c": 20, "f": 12, "kernel": (3, 2), "dilation": (1, 2), "stride": (2, 1)},
    ),
}
DEAD = open_tensors(packed(x=np.zeros((1, 1, 5, 5)), w=np.zeros((1, 1, 3, 3))))
SMALL = open_tensors(packed(x=np.arange(1.0, 5).reshape(1, 1, 2, 2), w=np.ones((1, 1, 2, 2))))
CORRECTED = [name for name, section in WALK.items() if section.corrects]


def tensors_of_group(view, bundle):
    """x, w, b and grad_output of the group of the view's filter, and what the view picks there."""
    of_group = len(bundle.w) // view.groups
    first, depth = view.f // of_group * of_group, bundle.w.shape[1]
    start = view.f // of_group * depth
    filters, channels = slice(first, first + of_group), slice(start, start + depth)
    x, w, b = bundle.x[:, channels], bundle.w[filters], bundle.b[filters]
    return (x, w, b, bundle.grad_output[:, filters]), (view.n, view.c - start, view.f - first)


def truth(view, bundle):
    """What the names of the code are, by conv.ops and by indices."""
    (x, w, b, g), (n, c, f) = tensors_of_group(view, bundle)
    pads, (kh, kw) = pads_of(view.padding), view.kernel
    geometry = {"stride": view.stride, "padding": view.padding, "dilation": view.dilation}
    x_pad = np.pad(x, ((0, 0), (0, 0), *pads))
    rows, columns = (
        place * step + space * np.arange(side)
        for place, step, space, side in zip(
            (view.i, view.j), view.stride, view.dilation, (kh, kw), strict=True
        )
    )
    patches = x_pad[:, :, rows][..., columns]
    dw = conv2d_weight(x, w.shape, g, **geometry)
    dx = conv2d_input(x.shape, w, g, **geometry)
    number = g[n, f, view.i, view.j]
    extent = [1 + space * (side - 1) for space, side in zip(view.dilation, (kh, kw), strict=True)]
    rows_of_full, columns_of_full = (
        side + sum(zeros) + reach - 1
        for side, zeros, reach in zip(x.shape[2:], pads, extent, strict=True)
    )
    return {
        "x": x,
        "w": w,
        "b": b,
        "grad_output": g,
        "x_pad": x_pad,
        "dw": dw,
        "dx": dx,
        "dw_patches": dw,
        "dw_correlate": dw,
        "dx_scatter": dx,
        "dx_rot180": dx,
        "out": conv2d(x, w, b, **geometry),
        "db": g.sum(axis=(0, 2, 3)),
        "patches": patches,
        "number": number,
        "step_patches": patches[n, c] * number,
        "step_scatter": w[f, c] * number,
        "rotated": w[:, :, ::-1, ::-1],
        "dx_pad": np.zeros(x.shape[:2] + x_pad.shape[2:]),
        "full": np.zeros((*g.shape[:2], rows_of_full, columns_of_full)),
        "picked": (n, c, f),
    }


def of_section(name, view, known):
    """What the names of one section's code are, where they differ from the others'."""
    n, c, f = known["picked"]
    w, dw, lr = known["w"], known["dw"], 0.01
    if name == "derivation":
        patch = known["patches"][n]
        product = patch * w[f]
        channels = product.sum(axis=(1, 2))
        output = known["out"][n, f, view.i, view.j]
        return {
            "patch": patch,
            "kernel": w[f],
            "product": product,
            "channels": channels,
            "output": output,
        }
    if name == "update":
        b_new = known["b"] - lr * known["db"]
        return {"step": lr * dw, "w_new": w - lr * dw, "b_new": b_new}
    if name == "rotation":
        array, kernel = np.arange(9).reshape(3, 3), w[f, c]
        turned = {"once": array[:, ::-1].T, "twice": array[::-1, ::-1]}
        of_kernel = {"kernel_90": kernel[:, ::-1].T, "kernel_180": kernel[::-1, ::-1]}
        return {"array": array, "kernel": kernel, **turned, **of_kernel}
    if name == "broadcasting":
        array, numbers = np.arange(12).reshape(2, 2, 3), np.array([[[10]], [[100]]])
        number = known["grad_output"][:, f, view.i, view.j].reshape(-1, 1, 1, 1)
        step = np.stack([one * k for one, k in zip(known["patches"], number.ravel(), strict=True)])
        return {
            "array": array,
            "numbers": numbers,
            "patch": known["patches"],
            "number": number,
            "step": step,
        }
    if name == "logarithm":
        p = np.exp([2.0, 1.0, -1.0]) / sum(np.exp([2.0, 1.0, -1.0]))
        return {"p": p, "dscores": p - [1, 0, 0]}
    return {}


def numbers_in(text):
    """The numbers and truths of a printed text."""
    return [float({"True": 1, "False": 0}.get(found, found)) for found in NUMBER.findall(text)]


def flat(value):
    if isinstance(value, tuple | list):
        return [number for one in value for number in flat(one)]
    return [float(number) for number in np.ravel(value)]


def assert_prints(ran, known):
    """Every line that prints gives what its expression is in these names."""
    printing = 0
    for line in ran.lines:
        code = line.code.strip()
        if not code.startswith("print(") or code == "print(error)":
            assert not line.printed or code == "print(error)"
            continue
        value = eval(
            f"({code.removeprefix('print(').removesuffix(')')},)", {"np": np, "abs": abs, **known}
        )
        found, expected = numbers_in(line.printed), flat(value)
        used = [known[one] for one in names_in(code) if isinstance(known.get(one), np.ndarray)]
        scale = max((float(np.abs(array).max(initial=0)) for array in used), default=0)
        # NumPy writes eight decimals of a number that it gives no exponent.
        least = 1e-11 * scale + (0 if "e-" in line.printed else 5.1e-9)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=least, err_msg=code)
        printing += 1
    assert printing


def names_in(code):
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def case(name):
    data, asked = CASES[name]
    data_set = data_of(data)
    made = uneven_view if len(asked.get("padding", ())) == 4 else legal_view
    view = made(data, scene="notebook", **asked)
    return view, make_bundle(view, data_set), data_set


@pytest.mark.parametrize("name", CASES)
def test_every_line_prints_what_conv_ops_gives(name):
    view, bundle, _ = case(name)
    known = truth(view, bundle)
    for section in set(SECTIONS) - set(CORRECTED):
        walked = walk(replace(view, section=section), bundle)
        own = {**known, **of_section(section, view, known)}
        assert not walked.stands_in
        assert_prints(walked.ran, own)
        # Names that the code gives again in every round of a loop are those of its last.
        given = {"x", "w", "b", "grad_output"} if section == "logarithm" else set()
        again = set() if section in {"derivation", "broadcasting"} else {"patch", "number"}
        for variable in (set(walked.ran.values) & set(own)) - again - given - {"dx_pad", "full"}:
            found, expected = walked.ran.values[variable], own[variable]
            size = float(np.abs(expected).max(initial=0))
            message = f"{section}: {variable}"
            np.testing.assert_allclose(
                found, expected, rtol=1e-9, atol=1e-11 * size, err_msg=message
            )


def corrected(section, walked):  # noqa: PLR0911 - one return for each correction
    """The wrong and the right array of a correction, by conv.ops and arithmetic of the test."""
    view, values = walked.view, walked.ran.values
    known = truth(view, walked.bundle)
    (x, w, _, g), (_, _c, _f) = tensors_of_group(view, walked.bundle)
    dw, lr, reg = known["dw"], 0.01, 0.75
    if section == "unseeded":
        return tuple(np.random.default_rng(seed).standard_normal(w.shape) for seed in (1, 0))
    if section == "claim":
        return 3 * dw, dw
    if section == "dw_stride":
        given, pad = values["grad_output"], origin_of(view.padding)[0]
        padded, (oh, ow) = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))), given.shape[2:]
        wrong = np.zeros_like(w)
        for m, k in np.ndindex(*w.shape[2:]):
            met = padded[:, :, 2 * m : 2 * m + oh, 2 * k : 2 * k + ow]
            wrong[:, :, m, k] = (met[:, None] * given[:, :, None]).sum(axis=(0, 3, 4))
        return wrong, conv2d_weight(x, w.shape, given, stride=2, padding=pad)
    if section == "rotation_doubt":
        geometry = {"stride": view.stride, "padding": view.padding, "dilation": view.dilation}
        return conv2d_input(x.shape, w[:, :, ::-1, ::-1], g, **geometry), known["dx"]
    if section == "crop":
        return np.zeros((*x.shape[:2], 0, 0)), conv2d_input(x.shape, w, values["grad_output"])
    if section in {"dx_stride", "dx_kernel"}:
        given, weight, shape = values["grad_output"], values["w"], values["x"].shape
        stride, pad = values["stride"], values["pad"]
        right = conv2d_input(shape, weight, given, stride=stride, padding=pad)
        return _method_2(shape, weight, given, stride, pad), right
    once = w - lr * dw
    if section == "alias":
        return once - lr * (dw + reg * once), once - lr * (dw + reg * dw)
    if section == "momentum":
        twice = once - lr * (dw + reg * once)
        one = w - lr * dw
        two = one - lr * (0.9 * dw + dw + reg * one)
        velocity = 0.9 * (1.9 * dw + reg * one) + dw + reg * two
        return twice - lr * (dw + reg * twice), two - lr * velocity
    step = lr * (dw + reg * w)
    return np.random.default_rng(0).standard_normal(w.shape) - step, w - step


def _method_2(shape, weight, given, stride, pad):
    """The original's second method of dx, which goes wrong: it takes what there is of a window, of
    which NumPy stretches a single row or column."""
    kh, kw = weight.shape[2:]
    rows, columns = kh - 1 - pad, kw - 1 - pad
    padded = np.pad(given, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    dx = np.zeros(shape)
    for i, j in np.ndindex(*given.shape[2:]):
        window = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
        products = window[:, :, None] * weight[:, :, ::-1, ::-1]
        dx[:, :, i, j] = products.sum(axis=(1, 3, 4))
    return dx


@pytest.mark.parametrize("section", CORRECTED)
def test_every_correction_fails_as_it_says_and_shows_the_form_that_holds(section):
    for name in CASES:
        view, bundle, _ = case(name)
        walked = walk(replace(view, section=section), bundle)
        assert walked.view.data == ("paper" if walked.stands_in else view.data)
        wrong, right = corrected(section, walked)
        for found, expected in ((wrong, "wrong"), (right, "right")):
            made = walked.ran.values[expected]
            assert made.shape == found.shape
            size = float(np.abs(found).max(initial=0))
            np.testing.assert_allclose(made, found, rtol=1e-9, atol=1e-11 * size, err_msg=name)
        shown = [walked.part(one) for one in ("wrong", "right")]
        assert shown[0].shape != shown[1].shape or not np.allclose(*shown, rtol=1e-6, atol=0)
        own = {**truth(walked.view, walked.bundle), **walked.ran.values}
        own |= {"last": own["wrong"]} if section == "alias" else {}
        assert_prints(walked.ran, own)


def test_what_the_original_says_of_itself():
    """Its claim is three times its printout, and its step does not lower the loss; and so on."""
    view, bundle, _ = case("the notebook's layer")
    ran = walk(replace(view, section="claim"), bundle).ran
    claimed, printed = ran.values["claimed"], ran.values["printed"]
    assert f"{3 * printed:.5g}" == f"{claimed:.5g}" == "-0.00025397"
    assert printed == -8.46562862e-05
    values = walk(replace(view, section="fresh"), bundle).ran.values
    moved = [np.abs(values[one] - values["w"]).max() for one in ("right", "wrong")]
    assert moved[1] > 100 * moved[0]
    values = walk(replace(view, section="dx_kernel"), bundle).ran.values
    gap = values["wrong"] - values["right"]
    assert not gap[:, :, :-2, :-2].any()
    assert gap[:, :, -2:].any(axis=(0, 1)).all()
    assert not values["wrong"][:, :, -2:].any()
    told = walk(replace(view, section="crop"), bundle).ran.printed
    assert "could not broadcast input array from shape (10,32,0,0) into shape (10,32,14,14)" in told
    told = walk(replace(view, section="dx_stride"), bundle).ran
    assert "operands could not be broadcast" in told.printed
    assert told.values["x"].shape[2:] == (5, 5)


def test_where_nothing_goes_wrong_the_worked_example_stands_in():
    """An input without a number, and one that is too small for two windows."""
    for name, section in product(("dead", "small"), CORRECTED):
        data = DEAD if name == "dead" else SMALL
        view = replace(data.default, scene="notebook", section=section)
        walked = walk(view, make_bundle(view, data))
        shown = [walked.part(one) for one in ("wrong", "right")]
        assert shown[0].shape != shown[1].shape or not np.allclose(*shown, rtol=1e-6, atol=0)
        assert walked.view.data == ("paper" if walked.stands_in else view.data)
        told = [remark.key for remark in make_scene(view, *both(view, data)).listing.remarks]
        assert ("walk.stands_in" in told) is walked.stands_in
    stood = {section for section in CORRECTED if walk(*dead(section)).stands_in}
    assert {"claim", "dw_stride", "alias", "momentum"} <= stood | {"alias", "momentum"}


def both(view, data):
    bundle = make_bundle(view, data)
    return bundle, Results(bundle)


def dead(section):
    view = replace(DEAD.default, scene="notebook", section=section)
    return view, make_bundle(view, DEAD)


@pytest.mark.parametrize("name", ["as it opens", "dilated groups"])
def test_copied_code_prints_what_the_page_does(name, tmp_path, monkeypatch):
    view, bundle, _ = case(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layer.npz").write_bytes(tensors_file(view, bundle, Results(bundle)))
    for section in SECTIONS:
        own = replace(view, section=section)
        walked = walk(own, bundle)
        if walked.stands_in:
            continue
        printed = StringIO()
        with redirect_stdout(printed):
            exec(numpy_code(Spot(own, bundle, None, walked), "layer.npz"), {})
        assert printed.getvalue() == walked.ran.printed


def test_slices_are_written_as_a_reader_would():
    for first, by, extent, step, offset in product((0, 3), (1, 2), (1, 4), (1, 3), (0, 2)):
        expected = np.arange(30)[first * by + offset :][:extent][::step]
        for text in (span(first, by, extent, step, offset), span("i", by, extent, step, offset)):
            np.testing.assert_array_equal(
                eval(f"a[{text}]", {"a": np.arange(30), "i": first}), expected
            )
    assert span("i", 1, 3) == "i:i+3"
    assert span("i", 2, 5, 2) == "2*i:2*i+5:2"


def test_code_is_run_by_itself():
    """It changes nothing that it is given, prints for itself alone, and leaves no names behind."""
    given = {"x": np.zeros(2)}
    ran = run_code("x = x + 1  #: one two\nif True:\n    print(x)\n    print(2)", given)
    assert [line.printed for line in ran.lines] == ["", "", "", "[1. 1.]\n2\n"]
    assert ran.lines[0].panels == ("one", "two")
    assert ran.code == "x = x + 1\nif True:\n    print(x)\n    print(2)\n"
    assert not given["x"].any()
    with pytest.raises(NameError):
        run_code("print(ran)", {})


def test_every_section_is_told_in_both_languages():
    for lang in LANGUAGES:
        known = texts(lang)
        titles = [known[f"section.{name}"] for name in SECTIONS]
        assert len(set(titles)) == len(SECTIONS)
        for name in SECTIONS:
            about = known[f"about_section.{name}"]
            assert about.rstrip(")）").endswith("。" if lang == "zh" else ".")
            assert ("更正" if lang == "zh" else "Corrected") in known[
                f"section.{name}"
            ] or name not in CORRECTED
        if lang == "zh":
            # Names of code and a letter or two of mathematics are all the Latin that there is.
            for name in SECTIONS:
                words = re.findall(r"(?:\b[A-Za-z]+ ){3,}", known[f"about_section.{name}"])
                assert words == [], name
