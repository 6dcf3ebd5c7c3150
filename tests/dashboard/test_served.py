"""plotly.js and the components' scripts and styles, as the dashboard serves them."""

import gzip
import re
import urllib.request

import plotly
import pytest
from playwright.sync_api import expect
from plotly.offline import get_plotlyjs

from conv.dashboard.served import COMPONENTS, PLOTLY, ROUTES, loader
from conv.figures.stage import STYLE
from tests.browser import probe
from tests.dashboard.driving import answered


def ask(url, encoding):
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.headers, response.read()


@pytest.mark.parametrize("folder", ["", "some/folder/"])
@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
@pytest.mark.parametrize("file", [PLOTLY, COMPONENTS], ids=["plotly", "components"])
def test_a_file_is_the_installed_one_and_may_be_kept(server, file, folder, encoding):
    headers, body = ask(f"{server}/{folder}{file.address}", encoding)
    compressed = headers["Content-Encoding"] == "gzip"
    assert compressed == ("gzip" in encoding)
    text = (gzip.decompress(body) if compressed else body).decode()
    assert text == get_plotlyjs() if file is PLOTLY else "export default" in text
    assert headers["Content-Type"].startswith("text/javascript")
    assert {"immutable", "public", "max-age=31536000"} <= set(headers["Cache-Control"].split(", "))
    assert headers["Vary"] == "Accept-Encoding"


def test_an_address_is_another_for_another_version():
    assert plotly.__version__ in PLOTLY.address
    addresses = [route.path for route in ROUTES]
    assert len(set(addresses)) == len(addresses)
    named = [one for one in addresses if "plotly" not in one]
    assert len(named) == 2
    assert all(re.search(r"/[0-9a-f]{16}\.(js|css)$", one) for one in named)


def test_a_component_has_its_style_beside_it(server):
    headers, body = ask(f"{server}/{COMPONENTS.address}".replace(".js", ".css"), "identity")
    assert headers["Content-Type"].startswith("text/css")
    assert body.decode().startswith(STYLE)


def test_page_and_nothing_else_tells_of_them(server):
    links = ask(server, "identity")[0]["Link"]
    assert f"<{PLOTLY.address}>; rel=preload; as=script" in links
    assert f"<{COMPONENTS.address}>; rel=modulepreload" in links
    assert ask(f"{server}/_stcore/health", "identity")[0]["Link"] is None


def test_browser_asks_for_each_once(browser, server):
    first = browser.new_context().new_page()
    first.goto(server)
    address = f"{server}/{PLOTLY.address}"
    fetched = first.wait_for_function(probe("fetched"), arg=address).json_value()
    assert fetched["size"] == len(get_plotlyjs().encode())
    assert 0 < fetched["sent"] < fetched["size"] / 2
    second = first.context.new_page()
    second.goto(first.url)
    for file in (PLOTLY, COMPONENTS):
        told = second.wait_for_function(probe("fetched"), arg=f"{server}/{file.address}")
        assert told.json_value() == {"sent": 0, "size": len(file.content)}
    first.context.close()


def test_what_streamlit_sends_with_each_answer_is_small():
    assert len(loader()) < 150


def test_a_script_that_does_not_come_is_a_sentence(browser, server):
    """The stage's, and no word of Streamlit's of the other components."""
    address = re.escape(COMPONENTS.address.removesuffix(".js"))
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        for ending in (".css", ".js"):
            page.unroute_all()
            page.route(re.compile(address + ending), lambda route: route.abort())
            page.goto(f"{server}/?scene=notebook")
            page.get_by_text("未能从服务器加载舞台的脚本").wait_for()
            answered(page)
            expect(page.get_by_text("BidiComponent")).to_have_count(0)
