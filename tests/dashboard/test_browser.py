"""What only a browser shows of the Explore page."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.bundle import load
from conv.figures.palette import ROLES, THEMES, color_at
from conv.ops import conv2d
from conv.view import SCENES
from conv.words import words
from tests.browser import FITS, wait
from tests.views import scene_of

SAY = words("en")
SHOWS = "(stage, text) => stage.textContent.includes(text)"
SCENE = "(stage, name) => stage.dataset.scene === name"
VIEW = "(stage, view) => stage.dataset.view === view"
AT = "(stage, at) => stage.dataset.at === at"
# The look that the stage says that it has, and the one that its Plotly figures are drawn in.
LOOK = """(stage, look) => {
    const scales = new Set([...stage.querySelectorAll("[data-panel] .js-plotly-plot")]
        .filter((plot) => plot.data[0].type === "heatmap")
        .map((plot) => JSON.stringify(plot.data[0].colorscale)));
    const meant = look.scales.map((scale) => JSON.stringify(scale));
    return stage.dataset.look === look.name && getComputedStyle(stage).color === look.ink
        && scales.size === meant.length && meant.every((scale) => scales.has(scale));
}"""
# As text, which Playwright hands over in one piece.
DRAWN = """(stage) => JSON.stringify(Object.fromEntries([...stage.querySelectorAll("[data-panel]")]
    .map((panel) => [panel.dataset.panel, panel.querySelector(".js-plotly-plot").data[0].z])
    .filter(([name, z]) => z)))"""
# What sticks out of the page's column or over another panel, in words; "" where nothing does.
CUT_OFF = """(stage) => {
    const faults = [];
    const column = stage.closest("[data-testid=stVerticalBlock]").getBoundingClientRect();
    const named = (name, part, box) => ({ name, part, box });
    const textBox = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const panels = [...stage.querySelectorAll("[data-panel]")].map((panel) => {
        const name = panel.dataset.panel;
        const parts = [".title", ".caption"].map(
            (part) => named(name, part, textBox(panel.querySelector(part))));
        const cells = panel.querySelector("[data-cells]");
        parts.push(named(name, "cells", cells.getBoundingClientRect()));
        panel.querySelectorAll(".ticks text, .numbers text, .letters text").forEach((text) => {
            if (text.textContent) parts.push(named(name, "text", text.getBoundingClientRect()));
        });
        return parts;
    });
    const framed = (selector, boxOf) => [...stage.querySelectorAll(selector)]
        .map((node) => [named(selector, node.textContent.slice(0, 20), boxOf(node))]);
    const frameOf = (node) => node.getBoundingClientRect();
    const others = [
        ...framed(".strip", frameOf),
        ...framed(".card", frameOf),
        ...framed(".foot", frameOf),
        ...framed(".heading", textBox),
        ...framed(".section-note", textBox),
        ...[...stage.querySelectorAll(".sign")].map((sign) =>
            [...sign.children].map((node) => named(".sign", node.textContent, textBox(node)))),
    ];
    const inner = [...stage.querySelectorAll(".foot *:not(option)")]
        .filter((node) => node.getClientRects().length)
        .map((node) => named(".foot", node.tagName, node.getBoundingClientRect()));
    for (const { name, part, box } of [...panels.flat(), ...others.flat(), ...inner]) {
        if (box.left < column.left - 1 || box.right > column.right + 1
            || box.top < column.top - 1 || box.bottom > column.bottom + 1) {
            faults.push(`${name}: ${part} leaves the column`);
        }
        if (!(box.width > 0 && box.height > 0)) faults.push(`${name}: ${part} has no size`);
    }
    const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
        || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
    // Where the frames round two items are apart, so are all of their parts.
    const round = (item) => ({
        left: Math.min(...item.map(({ box }) => box.left)),
        right: Math.max(...item.map(({ box }) => box.right)),
        top: Math.min(...item.map(({ box }) => box.top)),
        bottom: Math.max(...item.map(({ box }) => box.bottom)),
    });
    // The foot sticks to the window's lower edge, over the panels that are there.
    const items = [...panels, ...others.filter(([{ name }]) => name !== ".foot")];
    const frames = items.map(round);
    items.forEach((one, k) => items.slice(k + 1).forEach((other, more) => {
        if (apart(frames[k], frames[k + 1 + more])) return;
        one.forEach((a) => other.forEach((b) => {
            if (!apart(a.box, b.box)) {
                faults.push(`${a.name}: ${a.part} overlaps ${b.name}: ${b.part}`);
            }
        }));
    }));
    if (panels.length < 2) faults.push(`${panels.length} panels`);
    return faults.join("\\n");
}"""


def stage(page):
    return page.locator("[data-stage]")


def panel(page, name):
    return page.locator(f"[data-stage] [data-panel={name}]")


def drawn_on(page):
    """The numbers of each heatmap by its panel; None for a cell that waits."""
    return json.loads(stage(page).evaluate(DRAWN))


def shows(page, text):
    wait(page, SHOWS, text)


def step_up(page, field):
    return page.locator(f".st-key-{field} [data-testid=stNumberInputStepUp]")


def thumbnail(page, field, choice):
    return page.locator(f'[data-strip={field}] [data-pick="{choice}"]')


def rgb(color):
    return f"rgb({', '.join(str(int(color[k : k + 2], 16)) for k in (1, 3, 5))})"


def look(name):
    """The look of a page with signed and unsigned panels, as LOOK takes it."""
    theme = THEMES[name]
    return {"name": name, "ink": rgb(theme.ink), "scales": [theme.signed, theme.unsigned]}


def assert_nothing_is_cut_off(page):
    wait(page, FITS)
    assert stage(page).evaluate(CUT_OFF) == ""
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth + 1")


def every_scene(page):
    """Shows one scene after the other."""
    for key, scene in enumerate(SCENES, 1):
        stage(page).focus()
        page.keyboard.press(str(key))
        wait(page, SCENE, scene)
        yield scene


@pytest.mark.parametrize("link", ["", "data=paper&lang=en", "data=sobel&lang=zh"])
def test_nothing_is_cut_off_however_wide_the_window_is(open_in_browser, link):
    page = open_in_browser(link)
    for _ in every_scene(page):
        for width in (1440, 1920, 390, 1100):
            page.set_viewport_size({"width": width, "height": 900})
            assert_nothing_is_cut_off(page)
        assert "{" not in stage(page).text_content()


@pytest.mark.parametrize("scene", SCENES[:2])
def test_nothing_is_cut_off_on_a_phone(open_in_browser, scene):
    assert_nothing_is_cut_off(open_in_browser(f"scene={scene}", width=390, height=844))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_stage_follows_the_look_of_the_page(open_in_browser, name):
    page = open_in_browser(scheme=name)
    wait(page, LOOK, look(name))


def test_stage_follows_the_page_when_its_look_is_changed(open_in_browser):
    page = open_in_browser(scheme="light")
    page.emulate_media(color_scheme="dark")
    wait(page, LOOK, look("dark"))
    page.emulate_media(color_scheme="light")
    wait(page, LOOK, look("light"))


def test_stage_says_what_it_is(open_in_browser):
    page = open_in_browser("n=3")
    expect(stage(page)).to_have_attribute(
        "aria-label", re.compile("^Heatmaps .* item 3,.* row 6, column 6;")
    )
    expect(stage(page)).to_have_attribute("data-scene", "overview")
    expect(stage(page)).to_have_attribute("data-at", "6,6")
    expect(stage(page)).to_have_attribute("data-view", "3,7,10")
    for name, shown in (("kernel", "w[10, 7]"), ("input_pad", "x[3, 7], padding 1, 1 hatched")):
        expect(panel(page, name)).to_have_attribute("role", "img")
        expect(panel(page, name)).to_have_attribute(
            "aria-label", f"{SAY(f'panel.{name}')}: {shown}"
        )


# What a quiz asks is drawn anew for every visitor.
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "quiz"])
def test_cells_on_the_page_are_the_numbers_of_the_layer(open_in_browser, scene):
    page = open_in_browser(f"scene={scene}&n=3&c=5&f=2&i=4&j=9")
    wait(page, VIEW, "3,5,2")
    drawn = drawn_on(page)
    data = load("notebook")
    meant = scene_of(replace(data.default, scene=scene, n=3, c=5, f=2, i=4, j=9))
    assert len(drawn) >= 3
    for name, z in drawn.items():
        values = meant.panel(name).values.astype(np.float32)
        np.testing.assert_array_equal(np.float32(z), values, err_msg=name)
    if scene == "overview":
        np.testing.assert_array_equal(np.float32(drawn["kernel"]), data.w[2, 5].astype("f4"))
        rotated = np.rot90(data.w[2, 5], 2).astype("f4")
        np.testing.assert_array_equal(np.float32(drawn["kernel_rot180"]), rotated)
        top_diff = data.grad_output[3, 2].astype("f4")
        np.testing.assert_array_equal(np.float32(drawn["grad_output"]), top_diff)


def test_picking_goes_into_the_link_and_back_brings_it_back(open_in_browser):
    page = open_in_browser()
    step_up(page, "i").click()
    shows(page, "cell (7, 6)")
    wait(page, AT, "7,6")
    page.wait_for_url(re.compile(r"\?i=7&lang=en$"))
    page.locator(".st-key-scene").get_by_text(SAY("scene.dx"), exact=True).click()
    shows(page, SAY("panel.dx_rot180"))
    expect(stage(page)).to_have_attribute("data-scene", "dx")
    page.wait_for_url(re.compile(r"scene=dx"))
    page.go_back()
    shows(page, "cell (7, 6)")
    page.reload()
    shows(page, "cell (7, 6)")
    wait(page, AT, "7,6")


def test_no_click_is_lost(open_in_browser):
    page = open_in_browser("c=3")
    step = step_up(page, "c")
    for _ in range(12):
        step.click()
    shows(page, "x[1, 15]")
    wait(page, VIEW, "1,15,10")
    page.wait_for_url(re.compile(r"\?c=15&lang=en$"))
    expect(page.locator(".st-key-c input")).to_have_value("15")


def test_panels_stay_mounted_when_the_view_moves(open_in_browser):
    """By the sidebar's controls and by the thumbnails: the figures are the same nodes, and none
    is made anew in them."""
    page = open_in_browser()
    stage(page).evaluate(
        """(stage) => {
            const { newPlot } = window.Plotly;
            window.made = 0;
            window.Plotly.newPlot = (...values) => { window.made += 1; return newPlot(...values); };
            stage.kept = true;
            stage.querySelectorAll("[data-panel], .js-plotly-plot, .js-plotly-plot .main-svg")
                .forEach((node) => (node.kept = true));
        }"""
    )
    kept = """(stage) => stage.kept && window.made === 0
        && stage.querySelectorAll(".js-plotly-plot .main-svg").length > 7
        && [...stage.querySelectorAll("[data-panel], .js-plotly-plot, .js-plotly-plot .main-svg")]
            .every((node) => node.kept)"""

    def moved(n, c, f):
        wait(page, VIEW, f"{n},{c},{f}")
        shows(page, f"x[{n}, {c}]")
        shows(page, f"w[{f}, {c}]")
        assert stage(page).evaluate(kept)

    step_up(page, "c").click()
    moved(1, 8, 10)
    step_up(page, "f").click()
    moved(1, 8, 11)
    page.locator(".st-key-n input").click()
    page.get_by_role("option", name=re.compile("^2 · ")).click()
    moved(2, 8, 11)
    for field, place in (("n", (5, 8, 11)), ("c", (5, 3, 11)), ("f", (5, 3, 4))):
        thumbnail(page, field, dict(zip("ncf", place, strict=True))[field]).click()
        moved(*place)
    page.wait_for_url(re.compile(r"\?n=5&c=3&f=4&lang=en$"))
    expect(page.locator(".st-key-c input")).to_have_value("3")
    drawn = drawn_on(page)
    kernel = load("notebook").w[4, 3].astype(np.float32)
    np.testing.assert_array_equal(np.float32(drawn["kernel"]), kernel)
    page.locator(".st-key-scene").get_by_text(SAY("scene.dw"), exact=True).click()
    shows(page, SAY("panel.dw_patches"))
    assert page.evaluate("window.made") > 7  # so that it would have been seen


def test_all_stays_when_the_language_is_switched(open_in_browser):
    page = open_in_browser("c=8&i=9&n=4&top_diff=ones")
    page.locator(".st-key-lang").get_by_text("中文", exact=True).click()
    shows(page, words("zh")("panel.output"))
    for field, choice in (("data", "data.notebook"), ("top_diff", "top_diff.ones")):
        expect(page.locator(f".st-key-{field} input")).to_have_value(words("zh")(choice))
    page.locator(".st-key-stride input").click()
    page.get_by_role("option", name="2", exact=True).click()
    shows(page, "x[4, 8]")
    page.wait_for_url(re.compile(r"\?n=4&c=8&stride=2&top_diff=ones&lang=zh$"))


def test_link_opens_the_same_view_elsewhere(open_in_browser):
    first = open_in_browser("scene=dw&data=paper&padding=2&stride=2x1")
    shows(first, SAY("panel.dw_patches"))
    second = open_in_browser(first.url.split("?")[1])
    shows(second, SAY("panel.dw_patches"))
    drawn = drawn_on(first)
    assert "dw_patches" in drawn
    assert drawn == drawn_on(second)


def test_languages_switch(open_in_browser):
    page = open_in_browser(locale="zh-CN")
    shows(page, words("zh")("panel.output"))
    page.locator(".st-key-lang").get_by_text("English", exact=True).click()
    shows(page, SAY("panel.output"))
    page.wait_for_url(re.compile(r"\?lang=en$"))
    page.reload()
    shows(page, SAY("panel.output"))


def test_nonsense_is_answered_with_a_sentence(open_in_browser):
    page = open_in_browser("n=99&scene=%3Cscript%3Ealert(1)%3C/script%3E&stride=zzz")
    notice = page.get_by_test_id("stAlert")
    expect(notice).to_contain_text(SAY("notice.link"))
    expect(notice).to_contain_text("<script>alert(1)</scri")
    shows(page, "x[9, 7]")


def test_sidebar_opens_on_a_phone(open_in_browser):
    page = open_in_browser(width=390, height=844)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text(SAY("control.dilation"), exact=True)).to_be_visible()


def test_hovering_a_cell_tells_its_number(open_in_browser):
    page = open_in_browser("data=paper")
    shows(page, "w[0, 0]")
    wait(page, FITS)
    cells = panel(page, "input_pad").locator("[data-cells]")
    tip = stage(page).locator(".tip")
    expect(tip).to_be_hidden()
    rows, columns = (int(cells.get_attribute(f"data-{name}")) for name in ("rows", "columns"))
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 4.5 / columns, box["y"] + box["height"] * 0.5 / rows)
    wait(page, "(stage, over) => stage.dataset.over === over", "input_pad")
    expect(tip).to_be_visible()
    expect(tip).to_have_text("row 0, column 4: 3")
    page.mouse.move(1, 1)
    expect(tip).to_be_hidden()
    wait(page, "(stage, over) => stage.dataset.over === over", "")


# The cells of a heatmap as they are drawn and as restyle draws them, red, green and blue, over the
# look's ground; and what changes is seen to change.
PICTURES = """async (ground) => {
    const cells = async (plot) => {
        const picture = new Image();
        picture.src = plot.querySelector("image").href.baseVal;
        await picture.decode();
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        const context = canvas.getContext("2d");
        context.fillStyle = ground;
        context.fillRect(0, 0, picture.width, picture.height);
        context.drawImage(picture, 0, 0);
        const { data } = context.getImageData(0, 0, picture.width, picture.height);
        return { shape: [picture.height, picture.width, 4], data: Array.from(data) };
    };
    const drawn = {};
    for (const panel of document.querySelectorAll("[data-panel]")) {
        const plot = panel.querySelector(".js-plotly-plot");
        const [{ type, z, zmin, zmax }] = plot.data;
        if (type !== "heatmap") continue;
        const quick = await cells(plot);
        await Plotly.restyle(plot, { z: [z.map((row) => row.map(() => zmax))] }, [0]);
        const other = await cells(plot);
        await Plotly.restyle(plot, { z: [z], zmin: [zmin], zmax: [zmax] }, [0]);
        drawn[panel.dataset.panel] = [quick, await cells(plot), other];
    }
    return JSON.stringify(drawn);
}"""


@pytest.mark.parametrize(
    ("link", "panels"),
    [("scene=forward", 5), ("scene=dw&i=2&m=1&k=1", 11), ("scene=dx&p=4&q=5", 11)],
)
def test_what_is_drawn_the_quick_way_is_what_restyle_draws(open_in_browser, link, panels):
    """Within the two of 255 shades by which Plotly's colours may round otherwise; cells that are
    not computed yet are among them."""
    page = open_in_browser(link)
    page.locator("[data-strip=c] [data-pick='20']").click()
    wait(page, VIEW, "1,20,10")
    page.locator("[data-stage]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    wait(page, "(stage) => stage.dataset.at !== '6,6'")
    drawn = json.loads(page.evaluate(PICTURES, THEMES["light"].ground))
    assert len(drawn) == panels
    for name, pictures in drawn.items():
        quick, slow, other = (np.reshape(one["data"], one["shape"]) for one in pictures)
        assert quick.shape == slow.shape, name
        assert np.abs(quick - slow).max() <= 2, name
        assert not np.array_equal(quick, other), name


def test_thumbnails_are_the_pictures_and_the_numbers(open_in_browser):
    page = open_in_browser()
    wait(page, "(stage) => [...stage.querySelectorAll('[data-pick] img')].every((one) => one.src)")
    drawn = page.evaluate(
        """async () => {
            const drawn = {};
            for (const strip of document.querySelectorAll("[data-strip]")) {
                const pictures = [...strip.querySelectorAll("img")].map(async (picture) => {
                    await picture.decode();
                    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
                    const context = new OffscreenCanvas(width, height).getContext("2d");
                    context.drawImage(picture, 0, 0);
                    const { data } = context.getImageData(0, 0, width, height);
                    return { shape: [height, width, 4], data: Array.from(data) };
                });
                drawn[strip.dataset.strip] = await Promise.all(pictures);
            }
            return JSON.stringify(drawn);
        }"""
    )
    rgb = {
        field: np.array([np.reshape(one["data"], one["shape"])[..., :3] for one in pictures])
        for field, pictures in json.loads(drawn).items()
    }
    data = load("notebook")
    np.testing.assert_array_equal(rgb["n"], data.pictures)
    channels = data.x[1] / np.abs(data.x[1]).max(axis=(1, 2), keepdims=True)
    shades = [color_at(THEMES["light"].unsigned, share) for share in channels.flat]
    assert np.abs(rgb["c"] - np.reshape(shades, rgb["c"].shape)).max() <= 2
    one, geometry = slice(1, 2), data.sizes.geometry(data.default)
    out = conv2d(data.x[one], data.w, data.b, **geometry.parameters, method="loops")[0]
    filters = (out / np.abs(out).max(axis=(1, 2), keepdims=True) + 1) / 2
    shades = [color_at(THEMES["light"].signed, share) for share in filters.flat]
    assert np.abs(rgb["f"] - np.reshape(shades, rgb["f"].shape)).max() <= 4


@pytest.mark.parametrize("link", ["dilation=2&padding=2", "scene=dw", "scene=dx&stride=2"])
def test_outlines_keep_their_lines_wherever_the_pointer_goes(open_in_browser, link):
    """Their nodes serve another outline at another place."""
    page = open_in_browser(link)
    wait(page, FITS)
    names = page.locator("[data-panel]").evaluate_all(
        "(all) => all.filter((one) => one.querySelector('.marks')).map((one) => one.dataset.panel)"
    )
    for name in (*names, *reversed(names)):
        cells = panel(page, name).locator("[data-cells]")
        cells.scroll_into_view_if_needed()
        cells.hover(position={"x": 40, "y": 40})
        wait(page, "(stage, over) => stage.dataset.over === over", name)
        drawn = page.locator("[data-panel] .marks path").evaluate_all(
            """(all) => all.map((path) => ["data-role", "stroke", "stroke-dasharray"]
                .map((attribute) => path.getAttribute(attribute)))"""
        )
        assert drawn
        for role, color, dash in drawn:
            if role is None:
                assert dash is None, name
            else:
                solid = ROLES[role].dash == "solid"
                assert (color, dash) == (ROLES[role].color, None if solid else ROLES[role].dash)


def test_nothing_fades_while_a_pick_is_answered(open_in_browser):
    """Each fade would be a layer of its own, which makes the answer a third slower."""
    page = open_in_browser()
    page.evaluate(
        """() => {
            window.stale = window.faded = 0;
            const look = () => {
                const elements = [...document.querySelectorAll("[data-stale=true]")];
                window.stale = Math.max(window.stale, elements.length);
                window.faded += elements.filter((one) => getComputedStyle(one).opacity !== "1"
                    || one.getAnimations().length).length;
            };
            new MutationObserver(look).observe(document.body,
                { subtree: true, attributes: true, attributeFilter: ["data-stale"] });
        }"""
    )
    for channel in (20, 9):
        page.locator(f"[data-strip=c] [data-pick='{channel}']").click()
        wait(page, VIEW, f"1,{channel},10")
    assert page.evaluate("() => window.stale") > 10
    assert page.evaluate("() => window.faded") == 0


def test_bars_drawn_the_quick_way_are_those_that_restyle_draws(open_in_browser):
    page = open_in_browser("scene=forward")
    page.locator("[data-stage]").focus()
    page.keyboard.press("ArrowDown")
    wait(page, AT, "7,6")
    drawn = page.evaluate(
        """() => {
            const plot = document.querySelector("[data-panel=channels] .js-plotly-plot");
            const [{ y, marker: { color } }] = plot.data;
            const bars = () => [...plot.querySelectorAll(".bars path")]
                .map((bar) => [bar.getAttribute("d"), bar.getAttribute("style")].join()).join();
            const quick = bars();
            Plotly.restyle(plot, { y: [y.map((one) => -one)], "marker.color": "#000000" }, [0]);
            const changed = bars();
            Plotly.restyle(plot, { y: [y], "marker.color": [color] }, [0]);
            return [quick === bars(), quick === changed];
        }"""
    )
    assert drawn == [True, False]


def test_curves_drawn_the_quick_way_are_those_that_restyle_draws(open_in_browser):
    page = open_in_browser("scene=update&data=paper")
    cells = page.locator("[data-panel=kernel] [data-cells]")
    cells.hover(position={"x": 5, "y": 5})
    wait(page, AT, "0,0")
    drawn = page.evaluate(
        """() => {
            const plot = document.querySelector("[data-panel=path] .js-plotly-plot");
            const curves = () =>
                [...plot.querySelectorAll(".js-line")].map((line) => line.getAttribute("d")).join();
            const [range, y] = [[...plot.layout.yaxis.range], plot.data.map((line) => line.y)];
            const quick = curves();
            const other = y.map((line) => line.map((value) => -value));
            Plotly.update(plot, { y: other }, { "yaxis.range": range });
            const changed = curves();
            Plotly.update(plot, { y }, { "yaxis.range": range });
            return [quick === curves(), quick === changed, quick.length > 0];
        }"""
    )
    assert drawn == [True, False, True]
