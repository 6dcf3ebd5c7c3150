"""The stage and the figures say the same, text by text and place by place."""

from itertools import chain, combinations, product

import pytest

from conv.figures import Sheet
from conv.figures.figure import scene_drawing
from conv.figures.files import Order, page_file, write_plotly
from conv.state.rooms import SCENES
from conv.words import LANGUAGES, words
from tests.browser import probe
from tests.dashboard.drawn_figure import DrawnFigure
from tests.views import GEOMETRIES, legal_view, scene_of

WIDTH = 1080
INSIDE = 8  # pixels of a figure that are left free at both sides together
PAGE = 32
UNEVEN = GEOMETRIES["all at once"]
VIEWS = {
    **{scene: ("notebook", {"scene": scene}) for scene in SCENES},
    "uneven dw": ("paper", {"scene": "dw", **UNEVEN}),
    "uneven dx": ("paper", {"scene": "dx", **UNEVEN}),
}
CASES = list(product(VIEWS, LANGUAGES))


@pytest.fixture(params=CASES, ids=" ".join)
def both(request, open_file, scene_file):
    """What the page says of a scene, and what the figure says of it."""
    name, lang = request.param
    data, asked = VIEWS[name]
    view = legal_view(data, lang=lang, **asked)
    scene, sheet = scene_of(view), Sheet(width=WIDTH)
    page = page_file(scene, Order(view, view), "directory")
    write_plotly(scene_file.parent)
    scene_file.write_text(page, encoding="utf-8")
    # So high that the width alone tells the sizes, as for a figure.
    stage = open_file(scene_file, width=WIDTH - INSIDE + PAGE, height=4000)
    shown = stage.page.evaluate(probe("said_where"))
    figure = DrawnFigure(scene_drawing(scene, words(lang), sheet), scene).read()
    if scene.listing:
        # Beside its code, a section's panels have another size of type on the page.
        shown, figure = without_sizes(shown), without_sizes(figure)
    return scene, shown, figure


def test_both_say_the_same_in_the_same_places(both):
    scene, page, figure = both
    # Above a section's code is no more than its title.
    same_texts(page["head"], figure["head"][:1] if scene.listing else figure["head"])
    same_texts(page["legend"], figure["legend"])
    same_texts([page["sum"]], [figure["sum"]])
    same_texts([one[:2] for one in page["headings"]], [one[:2] for one in figure["headings"]])
    assert list(page["blocks"]) == list(figure["blocks"])
    for name, block in page["blocks"].items():
        same_block(block, figure["blocks"][name])
    signs = [sorted(one["signs"], key=lambda sign: str(sign["beside"])) for one in (page, figure)]
    for shown, drawn in zip(*signs, strict=True):
        assert shown["beside"] == drawn["beside"]
        same_texts([shown["mark"], shown["under"]], [drawn["mark"], drawn["under"]])
    assert order(page["blocks"]) == order(figure["blocks"])
    if scene.listing:
        return  # its panels have less room beside the code
    lefts = [
        [one["left"] for one in found["blocks"].values()]
        + [one[-1] for one in found["headings"]]
        + [one["middle"] for one in those]
        for found, those in zip((page, figure), signs, strict=True)
    ]
    assert lefts[0] == pytest.approx(lefts[1], abs=1.5)


def same_block(page, figure):
    assert page.keys() == figure.keys()
    same_texts([page["title"], page["caption"]], [figure["title"], figure["caption"]])
    if "lines" in page:
        same_texts(chain(*page["lines"]), chain(*figure["lines"]))
        return
    assert page["kind"] == figure["kind"]
    for what in ("letters", "numbers"):
        assert page[what] == figure[what]
    same_texts([page["power"]], [figure["power"]])
    same_texts(chain(*page["names"]), chain(*figure["names"]))
    for what in ("across", "down"):
        (shown, drawn) = (sorted(one[what], key=lambda tick: tick[0]) for one in (page, figure))
        same_texts([tick[1:] for tick in shown], [tick[1:] for tick in drawn])
        # Of a figure's cells a part of a pixel may be left; the page's are whole.
        assert [tick[0] for tick in shown] == pytest.approx([tick[0] for tick in drawn], abs=0.01)


def same_texts(page, figure):
    """Lines may be broken in other places."""
    assert [joined(one) for one in page] == [joined(one) for one in figure]


def without_sizes(found):
    """The same, without the size behind each text."""
    if isinstance(found, dict):
        return {key: without_sizes(one) for key, one in found.items()}
    if not isinstance(found, list):
        return found
    kept = [one for k, one in enumerate(found) if not (k and isinstance(found[k - 1], str))]
    return [without_sizes(one) for one in kept]


def joined(text):
    return text and ["".join(one.split()) if isinstance(one, str) else one for one in text]


def order(blocks):
    """Of every two blocks, whether the first is left or right of the other, above or below it."""
    found = {}
    for (one, a), (other, b) in combinations(blocks.items(), 2):
        (ax, ay, _, ah), (bx, by, _, bh) = a["box"], b["box"]
        level = min(ay + ah, by + bh) - max(ay, by) > 0.5 * min(ah, bh)
        if level:
            found[one, other] = "left" if ax < bx else "right"
        else:
            found[one, other] = "above" if ay + ah / 2 < by + bh / 2 else "below"
    return found
