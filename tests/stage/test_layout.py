"""How large the panels are: by what a size is for, in plain sums over the rows of real scenes."""

import math

import numpy as np
import pytest

from conv.figures.stage import stage_data
from tests.node import run
from tests.views import legal_view, scene_of

WIDE, LARGE, SMALL, LOW = 500, 208, 138, 192  # pixels at scale 1; the last one in a filled window
SIGN, GAP, CARD, TICKS = 48, 24, 262, 16
BESIDE_GAP, BESIDE_LEAST, CURVES_LEAST, BARS_LEAST = 36, 400, 250, 300
TITLE, HEADING, TRANSPORT, CURVES, PAGE = 67, 40, 38, 232, 96
LOWEST, HIGHEST = 0.8, 1.3
SCENES = ("overview", "forward", "dw", "dx", "update", "mistakes", "quiz")
WINDOWS = [(360, 700), (700, 900), (1000, 600), (1240, 800), (1500, 1000), (2400, 1300)]
EPS = 1e-6
WIDE_PANEL = {"kind": "panel", "wide": True, "large": False, "rows": 4, "columns": 18}


@pytest.fixture(scope="module")
def data():
    """The scenes' bands, with what the sizes hang on, and one of a large input shown in part."""
    found = {name: stage_data(view, scene_of(view)) for name, view in views().items()}
    found["wide"] = {"bands": [[section([WIDE_PANEL]), section([WIDE_PANEL])]], "most": None}
    return {name: {"bands": one["bands"], "most": one["most"]} for name, one in found.items()}


def section(*rows):
    return {"rows": rows, "clock": None}


def views():
    views = {name: legal_view("notebook", scene=name) for name in SCENES}
    return views | {"rectangular": legal_view("paper", scene="dw", kernel=(2, 3))}


def rows_of(band):
    return [row for section in band for row in section["rows"]]


def side(item, *, fills):
    """Pixels of a panel at scale 1, or of another item at every scale, as (growing, fixed)."""
    if item["kind"] == "panel":
        grows = WIDE if item["wide"] else LARGE if item["large"] else LOW if fills else SMALL
        return grows, 0
    if item["kind"] == "sign":
        return 0, SIGN if item["sign"] else GAP
    return 0, CARD if item["kind"] == "card" else 0


def width_at(row, scale, *, fills=False, cards=True):
    total = 0
    for item in row:
        if cards or item["kind"] != "card":
            grows, fixed = side(item, fills=fills)
            total += grows * scale + fixed
    return total


def height_at(bands, scale):
    """Of the page's bands: their headings, and row by row the words and the highest panel."""
    total = 0
    for rows, clock in bands:
        total += HEADING + (TRANSPORT if clock else 0)
        total += CURVES if any(item["kind"] == "curves" for row in rows for item in row) else 0
        for row in rows:
            highest = 0
            for item in row:
                high = side(item, fills=False)[0]
                if item.get("wide"):
                    high = high * item["rows"] / item["columns"]
                highest = max(highest, high)
            total += TITLE + highest * scale
    return total


COLUMNS = (
    "({ columnsOf }, [bands, widths, beside]) => widths.map((w) => columnsOf(bands, w, beside))"
)


@pytest.mark.parametrize("beside", [1, 2])
def test_sections_stand_side_by_side_where_each_has_room(data, beside):
    bands = [[None], [None, None], [None] * 3, *data["dw"]["bands"]]
    widths = [300, 799, 800, 835, 1199, 1200, 1600]
    for width, columns in zip(widths, run("layout", COLUMNS, [bands, widths, beside]), strict=True):
        for band, one in zip(bands, columns, strict=True):
            fits = len(band) <= beside or len(band) * BESIDE_LEAST <= width
            assert one["count"] == (len(band) if fits else 1)
            together = one["count"] * one["width"] + (one["count"] - 1) * BESIDE_GAP
            assert together == pytest.approx(width)


ROWS = """({ planOf, scalesOfRows }, [data, widths, fills, cards]) =>
    scalesOfRows(planOf(data, fills), data.bands, widths, cards)"""


@pytest.mark.parametrize("fills", [False, True])
@pytest.mark.parametrize("cards", [False, True])
@pytest.mark.parametrize("name", [*SCENES, "rectangular", "wide"])
def test_at_its_scale_a_row_is_as_wide_as_its_sections(data, name, fills, cards):
    bands = data[name]["bands"]
    widths = [900 + 70 * k for k in range(len(bands))]
    scales = iter(run("layout", ROWS, [data[name], widths, fills, cards]))
    for band, width in zip(bands, widths, strict=True):
        for row in rows_of(band):
            if any(item["kind"] == "panel" for item in row):
                at = width_at(row, next(scales), fills=fills, cards=cards)
                assert at == pytest.approx(width)
    assert list(scales) == []


PAGE_SCALE = """({ planOf, columnsOf, scaleOnPage }, [data, windows, others]) => {
    const plan = planOf(data, false);
    return windows.map(([width, height]) => {
        const widths = columnsOf(data.bands, width).map((column) => column.width);
        return [widths, scaleOnPage(plan, widths, height, others)];
    });
}"""


@pytest.mark.parametrize("name", [*SCENES, "rectangular", "wide"])
def test_the_page_s_panels_are_as_large_as_width_and_height_allow(data, name):
    others = 150
    bands = data[name]["bands"]
    methods = [[band[0]["rows"], band[0]["clock"]] for band in bands if band_has_steps(band)]
    first = [
        [band[0]["rows"] if band_has_steps(band) or not methods else band[0]["rows"][:1], clock]
        for band in bands
        for clock in [band[0]["clock"] if band_has_steps(band) or not methods else None]
    ]

    def wide_enough(widths, scale):
        rows = [
            (row, width) for band, width in zip(bands, widths, strict=True) for row in rows_of(band)
        ]
        panels = [one for one in rows if any(item["kind"] == "panel" for item in one[0])]
        if all(width_at(row, LOWEST) <= width + EPS for row, width in panels):
            return all(width_at(row, scale) <= width + EPS for row, width in panels)
        # Rows are wrapped: two small panels and a sign stand beside one another.
        return scale <= LOWEST + EPS or 2 * SMALL * scale + SIGN <= min(widths) + EPS

    def high_enough(height, scale):
        room = height - PAGE - others
        if scale <= LOWEST + EPS:
            return True
        if methods and height_at(first, 0.9) > room + EPS:
            return height_at(methods, scale) <= room + EPS
        return height_at(first, scale) <= room + EPS

    found = run("layout", PAGE_SCALE, [data[name], WINDOWS, others])
    for (_, height), (widths, scale) in zip(WINDOWS, found, strict=True):
        assert LOWEST <= scale <= HIGHEST
        assert wide_enough(widths, scale)
        assert high_enough(height, scale)
        more = scale + 1e-3
        assert more > HIGHEST or not (wide_enough(widths, more) and high_enough(height, more))


def band_has_steps(band):
    return any(section["clock"] for section in band)


ROOMS = """({ planOf, roomOf }, [data, fills, cases]) => {
    const plan = planOf(data, fills);
    const items = data.bands.flatMap((band, k) =>
        band.flatMap(({ rows }) => rows.flatMap((row) => row.map((item) => [item, k]))));
    return cases.map(([widths, width, scale]) => items
        .filter(([{ kind }]) => ["panel", "bars", "curves"].includes(kind))
        .map(([item]) => roomOf(plan, item, widths, width, scale)));
}"""


@pytest.mark.parametrize("fills", [False, True])
@pytest.mark.parametrize("name", [*SCENES, "rectangular", "wide", "cut"])
def test_an_item_has_the_room_that_its_scale_gives_it(data, name, fills):
    asked = data[name] if name != "cut" else data["forward"] | {"most": 7}
    bands = asked["bands"]
    cases = [
        [[width - 40 * k for k in range(len(bands))], width, scale]
        for width, scale in [(380, 0.8), (820, 1), (1000, 0.93), (1400, 1.3), (1900, 1.71)]
    ]
    found = run("layout", ROOMS, [asked, fills, cases])
    for (widths, width, scale), rooms in zip(cases, found, strict=True):
        given = iter(rooms)
        for band, band_width in zip(bands, widths, strict=True):
            for row in rows_of(band):
                for item in row:
                    if item["kind"] == "panel":
                        check_panel(item, next(given), asked["most"], width, scale, fills)
                    elif item["kind"] == "bars":
                        left = band_width - width_at(row, scale, fills=fills)
                        room = left if left > BARS_LEAST else band_width
                        assert next(given) == {"room": pytest.approx(room)}
                    elif item["kind"] == "curves":
                        check_curves(row, next(given)["room"], band_width)
        assert list(given) == []


def check_panel(item, given, most, width, scale, fills):
    full = side(item, fills=fills)[0] * scale
    if item["wide"]:
        full = min(full, width)
    elif item["large"] and width < 480:
        full = LARGE * 1.3
    assert given["side"] == pytest.approx(full)
    cells = max(min(size, most or math.inf) for size in (item["rows"], item["columns"]))
    room = full - 1 - (TICKS if item["large"] else 0)
    cell = given["room"]
    # Whole pixels, or halves of them where cells are small, and as many as there is room for.
    step = 1 if room / cells > 6 else 0.5
    assert cell % step == 0
    assert cell * cells <= room + EPS or cell == 1
    assert (cell + step) * cells > room - EPS


def check_curves(row, room, width):
    count = sum(item["kind"] == "curves" for item in row)
    beside = (width - GAP * (count - 1)) / count
    assert room == pytest.approx(beside if beside >= CURVES_LEAST else width)


def test_panels_of_nearly_one_height_have_their_words_level():
    rng = np.random.default_rng(5)
    rows = [rng.integers(100, 140, size).tolist() for size in (1, 2, 3, 5, 8) for _ in range(5)]
    found = run("layout", "({ marginsOf }, rows) => rows.map(marginsOf)", rows)
    for heights, margins in zip(rows, found, strict=True):
        for height, margin in zip(heights, margins, strict=True):
            lower = max(heights) - height
            assert margin == (lower if lower < 16 else None)


LEFT = ["nothing", "strips", "cards", "steps", "notes", "together"]
ENOUGH = [0.9, 0.75, 0.75, 0.65, 0.6, 0.5]
TYPES = [1, 1.1, 1.2, 1.32, 1.45]
WINDOW = """({ roomInWindow }, cases) => cases.map(([least, scales, small]) => {
    const tried = [];
    const found = roomInWindow(least, (zoom, left) => {
        const at = [1, 1.1, 1.2, 1.32, 1.45].findIndex((type) => least * type === zoom);
        tried.push(left.join(" "));
        return at < 0 ? (zoom <= small ? 0.55 : 0) : scales[left.length - 1][at];
    });
    return { found, left: tried.at(-1) };
})"""


def test_a_window_loses_no_more_than_it_must_and_has_as_large_a_type_as_fits():
    rng = np.random.default_rng(3)
    cases = []
    for _ in range(200):
        # Larger types leave smaller scales, fewer things larger ones.
        base = rng.uniform(0.2, 1.1) + np.cumsum(rng.uniform(0, 0.12, 6))[:, None]
        scales = np.round(base - np.cumsum(rng.uniform(0, 0.08, (6, 5)), axis=1), 3)
        cases.append(
            [
                float(rng.choice([1, 1.15, 1.6])),
                scales.tolist(),
                float(rng.choice([0, 0.75, 0.85, 1])),
            ]
        )
    cases.append([1.0, [[0.1] * 5] * 6, 0])
    kinds = set()
    for (least, scales, small), one in zip(cases, run("zoom", WINDOW, cases), strict=True):
        good = [k for k in range(6) if scales[k][0] >= ENOUGH[k]]
        if good:
            kept = scales[good[0]]
            larger = [k for k in range(1, 5) if min(kept[1 : k + 1]) >= 0.9]
            best = larger[-1] if larger else 0
            assert one["found"] == {"zoom": least * TYPES[best], "scale": kept[best]}
            assert one["left"] == " ".join(LEFT[: good[0] + 1])
            kinds.add(good[0])
            continue
        zooms = [least * smaller for smaller in (0.9, 0.8, 0.7) if 0.8 <= least * smaller <= small]
        assert one["found"] == ({"zoom": zooms[0], "scale": 0.55} if zooms else None)
        kinds.add("small" if zooms else None)
    assert kinds >= {0, 1, 2, 3, "small", None}


WITHIN = """({ scaleWithin }, cases) => cases.map(([most, height, room, words]) =>
    scaleWithin(most, height, (scale) => height * scale + words - room))"""


def test_panels_are_made_smaller_until_nothing_is_cut_off():
    rng = np.random.default_rng(4)
    cases = [
        [rng.uniform(0.6, 2), rng.uniform(200, 900), rng.uniform(300, 1000), rng.uniform(0, 300)]
        for _ in range(200)
    ]
    # And what is a pixel too high.
    cases += [[1 + 1 / height, height, height + 50, 50] for height in (300, 500, 800)]
    nothing = 0
    for case, scale in zip(cases, run("zoom", WITHIN, cases), strict=True):
        most, height, room, words = case
        exact = min(most, (room - words) / height)
        if scale == 0:
            nothing += 1
            assert exact < 0.5 + 0.01
            continue
        assert 0.5 <= scale <= exact + EPS
        assert scale > exact - 0.01 - EPS
    assert 20 < nothing < 180


@pytest.mark.parametrize(
    ("width", "fitted", "again"),
    [
        (940, None, True),
        (940, 940, False),
        (934, 940, True),  # the panels have brought a scroll bar
        (940, 934, False),  # it has gone, and would come again
        (1280, 940, True),
        (700, 940, True),
    ],
)
def test_panels_are_fitted_again_for_another_width_but_not_for_a_scroll_bar_that_went(
    width, fitted, again
):
    given = {"width": width} if fitted is None else {"width": width, "fitted": fitted}
    found = run(
        "layout", "({isAnotherWidth}, {width, fitted}) => isAnotherWidth(width, fitted)", given
    )
    assert found is again
