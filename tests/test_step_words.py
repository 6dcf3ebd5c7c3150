"""The texts of every place that a scene can move to, against plain loops."""

from dataclasses import replace

import numpy as np

from conv.scenes.panel import Panel
from conv.scenes.scene import Bars
from tests.loops import LETTERS, Loops
from tests.pads import origin_of
from tests.views import of_scene, scene_of
from tests.written import check_live, check_products, gives, read


def size_of(values):
    return float(np.abs(values).sum())


def check_captions(scene, places, expected):
    """That the panels' captions at a place have these live values, and the others none."""
    for item in scene.items():
        if isinstance(item, Panel | Bars):
            check_live(item.text, places, expected.get(item.name, {}))


def parts_before(scene):
    return scene.parts.at if scene.parts else 0


def patch_captions(loops, i, j):
    (sh, sw), (dh, dw) = loops.view.stride, loops.view.dilation
    return {
        "patch": {
            "top": i * sh,
            "bottom": i * sh + (loops.kh - 1) * dh,
            "left": j * sw,
            "right": j * sw + (loops.kw - 1) * dw,
        }
    }


def output_of(loops, i, j):
    """An output cell, the sum of its products' magnitudes, its channel's share and the rest."""
    shares, sizes = loops.shares(i, j)
    share, size = shares[loops.channel], sum(sizes) + abs(loops.b)
    rest = sum(shares[: loops.channel]) + sum(shares[loops.channel + 1 :])
    return share + rest + loops.b, size, share, rest


def check_output_sum(scene, loops, places):
    i, j = places["output"]
    total, size, share, rest = output_of(loops, i, j)
    said, own = scene.total_text.at(places).values, loops.w[loops.channel]
    value, slack = check_products(said["products"], loops.patch(i, j), own)
    expected = {"i": i, "j": j, "products": said["products"], "total": (total, size, 6)}
    many = len(loops.channels) > 1
    if many:
        expected |= {"share": (share, size, 6), "rest": (rest, size, 6)}
        assert said["others"] == len(loops.channels) - 1
    check_live(scene.total_text, places, expected)
    assert gives(said["bias"], loops.b)
    # The text itself adds up, to the digits that it has.
    near = 1e-9 * size
    total, dtotal = read(said["total"], 6)
    bias, dbias = read(said["bias"])
    if not many:
        assert scene.total_text.key == "sum.output_one"
        assert abs(value + bias - total) <= slack + dbias + dtotal + near
        return
    (share, dshare), (rest, drest) = (read(said[name], 6) for name in ("share", "rest"))
    assert abs(value - share) <= slack + dshare + near
    assert abs(share + rest + bias - total) <= dshare + drest + dbias + dtotal + near


@of_scene("overview")
def test_overview_says_its_numbers_everywhere(view):
    scene, loops = scene_of(view), Loops(view)
    dx = scene.panel("dx")
    for places in loops.places():
        i, j = places["output"]
        total, size, _, _ = output_of(loops, i, j)
        at = {"i": i, "j": j}
        expected = {
            "output": at | {"value": (total, size)},
            "grad_output": at | {"value": (loops.g[i][j],)},
            "dx": at,
        }
        check_captions(scene, places, expected | patch_captions(loops, i, j))
        check_output_sum(scene, loops, places)
        (sh, sw), (ph, pw), (dh, dw) = view.stride, origin_of(view.padding), view.dilation
        sends = any(
            0 <= i * sh + m * dh - ph < loops.height and 0 <= j * sw + k * dw - pw < loops.width
            for m, k in loops.kernel_cells()
        )
        caption = replace(dx, places=places).caption
        assert caption.key == ("caption.dx_window" if sends else "caption.dx_padding")
        check_live(dx.text_unmarked, places, at)


@of_scene("forward")
def test_forward_says_its_numbers_everywhere(view):
    scene, loops = scene_of(view), Loops(view)
    for places in loops.places():
        i, j = places["output"]
        total, size, share, _ = output_of(loops, i, j)
        expected = {
            "output": {"i": i, "j": j, "value": (total, size)},
            "product": {"total": (share, size)},
        }
        if len(loops.channels) > 1:
            expected["channels"] = {"total": (total - loops.b, size)}
        check_captions(scene, places, expected | patch_captions(loops, i, j))
        check_output_sum(scene, loops, places)


@of_scene("dw")
def test_dw_says_its_numbers_everywhere(view):
    scene, loops = scene_of(view), Loops(view)
    for places in loops.places():
        (i, j), (m, k) = places["output"], places["kernel"]
        at, met, patch = {"i": i, "j": j}, loops.step_correlate(m, k), loops.patch(i, j)
        number, letter = loops.g[i][j], LETTERS[m * loops.kw + k]
        nonzero = sum(value != 0 for value in met.flat)
        expected = {
            "input_pad": at,
            "grad_output": at | {"value": (number,)},
            "step_patches": at,
            "dw_patches": {
                "step": parts_before(scene) * loops.oh * loops.ow + i * loops.ow + j + 1
            },
            "input_view": {"m": m, "n": k},
            "step_correlate": {"letter": letter, "nonzero": nonzero},
            "dw_correlate": {"step": m * loops.kw + k + 1},
        }
        for bars in (item for item in scene.items() if isinstance(item, Bars)):
            shares = bars.table.at(places)
            expected["shares"] = {"m": m, "k": k, "total": (shares.sum(), size_of(shares))}
        check_captions(scene, places, expected)
        one = loops.kh * loops.kw == 1
        assert scene.total_text.at(places).key == ("sum.dw_one" if one else "sum.dw")
        said = scene.total_text.at(places).values
        check_products(said["first"], patch[0, 0], number)
        check_products(said["last"], patch[-1, -1], number)
        assert said["last_letter"] == LETTERS[loops.kh * loops.kw - 1]
        total = float(met.sum()), size_of(met), 6
        same = {name: said[name] for name in ("first", "last")}
        check_live(scene.total_text, places, at | same | {"letter": letter, "total": total})


@of_scene("dx")
def test_dx_says_its_numbers_everywhere(view):
    scene, loops = scene_of(view), Loops(view)
    for places in loops.places():
        (i, j), (p, q) = places["output"], places["input"]
        at, cell, terms = {"i": i, "j": j}, {"p": p, "q": q}, loops.step_rot180(p, q)
        total, size = float(terms.sum()), size_of(terms)
        expected = {
            "grad_output": at | {"value": (loops.g[i][j],)},
            "step_scatter": at,
            "dx_scatter": {
                "step": parts_before(scene) * loops.oh * loops.ow + i * loops.ow + j + 1
            },
            "grad_output_pad": cell,
            "step_rot180": {"total": (total, size)},
            "dx_rot180": {"step": p * loops.width + q + 1},
        }
        for bars in (item for item in scene.items() if isinstance(item, Bars)):
            shares = bars.table.at(places)
            expected["shares"] = cell | {"total": (shares.sum(), size_of(shares))}
        check_captions(scene, places, expected)
        one = loops.kh * loops.kw == 1
        assert scene.total_text.at(places).key == ("sum.dx_one" if one else "sum.dx")
        said, kernel = scene.total_text.at(places).values, loops.w[loops.channel]
        check_products(said["first"], kernel[0][0], loops.g[i][j])
        check_products(said["last"], kernel[-1][-1], loops.g[i][j])
        assert (said["first_letter"], said["last_letter"]) == (
            "a",
            LETTERS[loops.kh * loops.kw - 1],
        )
        value, slack = check_products(said["products"], loops.full_window(p, q), loops.turned())
        same = {name: said[name] for name in ("first", "last", "products")}
        check_live(scene.total_text, places, at | cell | same | {"total": (total, size, 6)})
        written, dwritten = read(said["total"], 6)
        assert abs(value - written) <= slack + dwritten + 1e-9 * size
