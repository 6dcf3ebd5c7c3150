"""The stage and the figures have the same rules for what is as large as there is room."""

import numpy as np
import pytest

from conv.figures.arrangement import SECTIONS, SIDES, TICKS
from conv.figures.layout import _scale, arrange, fitting_size
from conv.figures.stage import stage_data
from conv.numbers import cell_texts
from conv.scenes.panel import Panel
from tests.node import run
from tests.stage.test_layout import views
from tests.views import scene_of
from tests.written import SAY

WIDTHS = [350, 480, 620, 799, 820, 1000, 1240, 1700]
SCALES = """({ planOf, columnsOf, scaleOnPage }, [data, widths]) => widths.map((width) => {
    const columns = columnsOf(data.bands, width).map((column) => column.width);
    return [columns, scaleOnPage(planOf(data, false), columns, 1e9, 0)];
})"""
SIDES_OF = """({ planOf, columnsOf, roomOf, scaleOnPage }, [data, width]) => {
    const plan = planOf(data, false);
    const columns = columnsOf(data.bands, width).map((column) => column.width);
    const scale = scaleOnPage(plan, columns, 1e9, 0);
    return Object.fromEntries(data.bands.flat().flatMap(({ rows }) => rows.flat())
        .filter(({ kind }) => ["panel", "bars", "curves"].includes(kind))
        .map((item) => [item.name, roomOf(plan, item, columns, width, scale)]));
}"""


@pytest.fixture(scope="module", params=views().items(), ids=lambda found: found[0])
def both(request):
    """A scene, and what the stage is sent of it."""
    _, view = request.param
    scene = scene_of(view)
    return scene, {key: stage_data(view, scene)[key] for key in ("bands", "most")}


def test_a_scale_is_the_same_at_every_width(both):
    scene, data = both
    for width, (columns, scale) in zip(WIDTHS, run("layout", SCALES, [data, WIDTHS]), strict=True):
        counts = [len(band) if width >= len(band) * SECTIONS.least else 1 for band in scene.bands]
        own = [(width - SECTIONS.gap * (count - 1)) / count for count in counts]
        assert columns == pytest.approx(own)
        assert scale == pytest.approx(_scale(scene, own))


@pytest.mark.parametrize("width", [620, 1072, 1500])
def test_an_item_is_as_wide(both, width):
    scene, data = both
    rooms = run("layout", SIDES_OF, [data, width])
    placed = {one.item.name: one for one in arrange(scene, width + 8, SAY).placed}
    for name, room in rooms.items():
        item, rect = placed[name].item, placed[name].rect
        if isinstance(item, Panel):
            ticks = SIDES.ticks if item.large else 0
            assert room["side"] == pytest.approx(max(rect.width, rect.height) + ticks, abs=ticks)
        else:
            assert rect.width <= room["room"]


def test_numbers_have_the_same_size():
    rng = np.random.default_rng(3)
    values = [rng.normal(size=(3, 3)) * 10.0 ** rng.integers(-9, 6) for _ in range(40)]
    texts = [[text for row in cell_texts(one).rows for text in row] for one in values]
    cells = [float(cell) for cell in rng.uniform(10, 90, len(texts))]
    work = "({ numberSize }, given) => given.map(([texts, cell]) => numberSize(texts, cell))"
    sizes = run("measures", work, list(zip(texts, cells, strict=True)))
    assert sizes == pytest.approx([fitting_size(*one) for one in zip(texts, cells, strict=True)])


def test_rows_and_columns_have_their_numbers_at_the_same_distance():
    sides = [*range(1, 130), 299, 300, 599, 600, 2999, 3000, 9000]
    apart = run("measures", "({ ticksApart }, sides) => sides.map(ticksApart)", sides)
    assert apart == [TICKS.apart(side) for side in sides]
    for side, every in zip(sides, apart, strict=True):
        assert every in {1, 5, 10, 20, 50, 100, 500}
        assert side / every < 10 or side > 3000
