"""The Copy dialog gives what the library makes of the view on screen."""

import shlex
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from playwright.sync_api import expect

from conv.cli.main import parser
from conv.cli.options import read_asked
from conv.figures.files import Order
from conv.results import Results, make_bundle
from conv.sources import load, open_tensors, tensors_file
from conv.spot import Spot
from conv.state.rooms import SCENES
from conv.training_runs import make_training_runs
from conv.words import words
from tests.browser import PAINTED
from tests.copied import latex_sum, numpy_code, torch_code
from tests.dashboard.on_page import OPEN
from tests.dashboard.page import control, open_page, own_file, to_copy, upload
from tests.dashboard.windows import SIZE
from tests.views import legal_view, tensors

SAY = words("en")
WITH_STEPS = {"overview", "forward", "dw", "dx", "update", "notebook"}


def copied(page):
    """The texts of the dialog, in its order, and what is written beside them."""
    page.button(key="toolbar_copy").click().run()
    texts, about = to_copy(page), written(page)
    kinds = [one for one in page.button_group if one.key == "copy_what"]
    for kind in kinds[0].options[1:] if kinds else ():
        page.button_group(key="copy_what").set_value(kind).run()
        assert not page.exception
        assert not page.error
        texts += to_copy(page)
        about += written(page)
    return texts, about


def written(page):
    kinds = (page.markdown, page.caption, page.latex)
    return [text.value for kind in kinds for text in kind]


@pytest.mark.parametrize(
    ("scene", "data", "lang"),
    [
        (scene, *own)
        for scene, own in zip(
            [scene for scene in SCENES if scene != "quiz"],
            cycle([("notebook", "zh"), ("paper", "en"), ("paper", "zh")]),
            strict=False,
        )
    ],
)
def test_every_text_is_that_of_the_view(scene, data, lang):
    asked = {"stride": (2, 2), "i": 1, "scan": "all", "rule": "sgd", "mistake": "zeros_forgotten"}
    view = legal_view(data, scene=scene, lang=lang, **asked)
    order = Order(view, load(data).default)
    bundle, results = tensors(view)
    trained = make_training_runs(view, bundle) if scene == "update" else None
    spot, name = Spot(view, bundle, results, trained), f"{view.file_name()}.npz"
    texts, about = copied(open_page(**view.to_query(order.default)))
    link, *commands, for_numpy, for_torch, latex = texts
    assert link == f"/{order.link}"
    assert commands == [
        order.command("figure", "png"),
        *([order.command("animate", "gif")] if scene in WITH_STEPS else []),
    ]
    assert for_numpy == numpy_code(spot, name).strip()
    assert for_torch == torch_code(spot, name).strip()
    assert latex == latex_sum(spot)
    assert any(formula.strip("$\n").startswith(latex) for formula in about)
    needs = [words(lang)("copy.needs_file", name=name)] * sum(
        name in code for code in (for_numpy, for_torch)
    )
    assert len(needs) == (2 if data == "notebook" else 0)
    assert [text for text in about if name in text] == needs


def test_the_quiz_tells_no_answer():
    texts, about = copied(open_page(scene="quiz", c="9"))
    assert texts == ["/?scene=quiz&c=9&lang=en"]
    assert SAY("copy.about_link_quiz") in about


def test_the_command_for_own_tensors_takes_the_file_that_the_page_gives(tmp_path, monkeypatch):
    file = own_file()
    data = open_tensors(file)
    page = upload(open_page(scene="update", rule="sgd"), file)
    control(page, "c").set_value(1).run()
    (_, figure, animate, *_), about = copied(page)
    view = replace(data.default, scene="update", rule="sgd", c=1)
    name = f"{view.file_name()}.npz"
    expected = f"update --data {name} --c 1 --rule sgd -o {view.file_name()}"
    assert figure == f"python -m conv figure {expected}.png"
    assert animate == f"python -m conv animate {expected}.gif"
    assert SAY("copy.needs_file", name=name) in about
    assert SAY("copy.about_link_own") in about
    monkeypatch.chdir(tmp_path)
    bundle = make_bundle(view, data)
    (tmp_path / name).write_bytes(tensors_file(view, bundle, Results(bundle)))
    asked = read_asked(parser(SAY).parse_args(shlex.split(figure)[3:]), SAY)
    # Its top_diff stands in the file.
    assert asked.view == replace(view, data=asked.data.default.data, top_diff="file")
    np.testing.assert_array_equal(asked.data.grad_output, bundle.grad_output)
    np.testing.assert_array_equal(asked.data.x, data.x)
    np.testing.assert_array_equal(asked.data.w, data.w)


REFUSE = "() => { document.execCommand = () => false; }"
MARKED = "() => getSelection().toString()"
TEXT = "(text) => text.textContent"
FIELD = "(dialog) => dialog.append(document.createElement('textarea'))"


def pasted(page):
    """What the keys that paste give."""
    dialog = page.get_by_role("dialog")
    dialog.evaluate(FIELD)
    field = dialog.locator("textarea")
    field.focus()
    page.keyboard.press("Control+V")
    text = field.input_value()
    field.evaluate("(field) => field.remove()")
    return text


def test_over_plain_http_a_text_is_copied_or_marked_with_a_word(browser, server):
    """On a class's network the browser has no clipboard for a page."""
    say = words("zh")
    with browser.new_context(locale="zh-CN", viewport=SIZE) as context:
        page = context.new_page()
        page.goto(server.replace("127.0.0.1", "class.example") + "/?data=paper&scene=dx")
        page.wait_for_selector(PAINTED, timeout=OPEN)
        assert page.evaluate("navigator.clipboard") is None
        page.locator(".st-key-toolbar_copy button").click()
        blocks = page.locator(".to-copy:visible")
        button, text, told = (blocks.locator(one) for one in ("button", "pre", "[role=status]"))
        expect(button).to_have_text(say("copy.copy"))
        button.click()
        expect(button).to_have_text(say("copy.copied"))
        assert pasted(page) == text.evaluate(TEXT)
        expect(button).to_have_text(say("copy.copy"))
        page.evaluate(REFUSE)
        page.get_by_role("radio", name="NumPy").click()
        expect(text).to_contain_text("import numpy")
        # Far down the code, the button is still in sight.
        text.get_by_text("import numpy").evaluate(
            "(one) => one.closest('[data-testid=stDialog]').scrollTo(0, 500)"
        )
        expect(button).to_be_in_viewport(ratio=1)
        button.click()
        expect(told).to_have_text(say("copy.marked", key="Ctrl+C"))
        expect(button).to_have_text(say("copy.copy"))
        assert page.evaluate(MARKED) == text.evaluate(TEXT)
        page.keyboard.press("Control+C")
        assert pasted(page) == text.evaluate(TEXT)
