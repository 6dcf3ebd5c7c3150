"""Where a file comes from: the link and the command that make it again, kept inside of it."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from html import escape

_SOFTWARE = "Convolution both ways"
_UID = re.compile(r'<defs id="defs-([0-9a-f]{6})"')
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_HEADER = len(PNG_SIGNATURE) + 25  # bytes of the signature and the first chunk
_BOX = re.compile(r'viewBox="[^"]*"')


@dataclass(frozen=True)
class Origin:
    """A picture's title, what is on it in words, and the link and the command that make it."""

    title: str
    about: str
    link: str
    command: str

    @property
    def comment(self) -> str:
        """The link and the command, a line each."""
        return f"{self.link}\n{self.command}"

    @property
    def xmp(self) -> str:
        """The same as RDF in the terms of Dublin Core."""
        entries = {
            "title": self.title,
            "description": self.about,
            "source": self.link,
            "provenance": self.command,
            "creator": _SOFTWARE,
        }
        lines = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in entries.items())
        return (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:dc="http://purl.org/dc/terms/">'
            f'<rdf:Description rdf:about="">{lines}</rdf:Description></rdf:RDF>'
        )


def png_with(png: bytes, origin: Origin) -> bytes:
    """The PNG with its origin as text. Put in between, as Pillow would compress all pixels anew,
    which takes longer than drawing them."""
    return png[:PNG_HEADER] + png_texts(origin) + png[PNG_HEADER:]


def png_texts(origin: Origin) -> bytes:
    """The chunks of text that stand behind the header of a PNG."""
    texts = {
        "Title": origin.title,
        "Description": origin.about,
        "Source": origin.link,
        "Comment": origin.command,
        "Software": _SOFTWARE,
    }
    return b"".join(_text_chunk(name, text) for name, text in texts.items())


def _text_chunk(name: str, text: str) -> bytes:
    """An iTXt chunk (PNG, third edition, 11.3.3.4)."""
    body = b"iTXt" + name.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def svg_with(svg: str, size: tuple[int, int], origin: Origin) -> str:
    """Plotly's SVG, `size` pixels large, with its origin inside, and with ids that are the same
    every time: Plotly draws a number for each figure."""
    found = _UID.search(svg)
    if found:
        svg = re.sub(rf'((?:id="|#)[A-Za-z]*-?){found[1]}', r"\g<1>0", svg)
    root, inside = svg.split(">", 1)
    return f"{svg_head(size)} {_BOX.findall(root)[0]}>{svg_about(origin)}{inside}"


def svg_head(size: tuple[int, int]) -> str:
    """The start of the root's tag, which its viewBox follows."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{size[0]}" height="{size[1]}" role="img"'
    )


def svg_about(origin: Origin) -> str:
    """What stands first inside the root."""
    about = f"<title>{escape(origin.title)}</title><desc>{escape(origin.about)}</desc>"
    return f"{about}<metadata>{origin.xmp}</metadata>"
