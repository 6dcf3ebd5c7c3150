"""The pages: each is a file of this room, which registers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from conv.dashboard.link import browser_language
from conv.registry import Registry
from conv.words import words


@dataclass(frozen=True, kw_only=True)
class PageType:
    """A page: its name is its path, that of the first excepted, which is opened at the top, and the
    catalogue has its title as `page_title.<name>`. `run` draws it."""

    name: str
    position: float
    run: Callable[[], None]


PAGES: Registry[PageType] = Registry("conv.dashboard.pages")


def chosen_page() -> StreamlitPage:
    """The page at the address, among all pages; a menu of them where there is more than one."""
    say = words(browser_language())
    pages = [
        st.Page(
            page.run,
            title=say(f"page_title.{page.name}"),
            url_path=page.name,
            default=page.name == PAGES.first,
        )
        for page in PAGES.values()
    ]
    return st.navigation(pages, position="sidebar" if len(pages) > 1 else "hidden")
