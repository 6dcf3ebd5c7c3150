"""plotly.js as the dashboard serves it."""

import gzip
import urllib.request

import plotly
import pytest
from plotly.offline import get_plotlyjs

from conv.dashboard.plotly_js import URL
from tests.browser import probe


def ask(url, encoding):
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.headers, response.read()


@pytest.mark.parametrize("folder", ["", "some/folder/"])
@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
def test_it_is_the_installed_one_and_may_be_kept(server, folder, encoding):
    headers, body = ask(f"{server}/{folder}{URL}", encoding)
    compressed = headers["Content-Encoding"] == "gzip"
    assert compressed == ("gzip" in encoding)
    assert (gzip.decompress(body) if compressed else body).decode() == get_plotlyjs()
    assert headers["Content-Type"].startswith("text/javascript")
    assert {"immutable", "public", "max-age=31536000"} <= set(headers["Cache-Control"].split(", "))
    assert headers["Vary"] == "Accept-Encoding"
    assert plotly.__version__ in URL


def test_page_and_nothing_else_tells_of_it(server):
    assert ask(server, "identity")[0]["Link"] == f"<{URL}>; rel=preload; as=script"
    assert ask(f"{server}/_stcore/health", "identity")[0]["Link"] is None


def test_browser_asks_for_it_once(browser, server):
    first = browser.new_context().new_page()
    first.goto(server)
    address = f"{server}/{URL}"
    fetched = first.wait_for_function(probe("fetched"), arg=address).json_value()
    assert fetched["size"] == len(get_plotlyjs().encode())
    assert 0 < fetched["sent"] < fetched["size"] / 2
    second = first.context.new_page()
    second.goto(first.url)
    again = second.wait_for_function(probe("fetched"), arg=address).json_value()
    assert again == {"sent": 0, "size": fetched["size"]}
    first.context.close()
