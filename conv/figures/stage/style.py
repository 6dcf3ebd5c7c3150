"""The stage's style: its rules, and the measures of the arrangement that they are made with."""

from __future__ import annotations

from pathlib import Path

from conv.figures.arrangement import BARS, CARDS, CURVES, LEGEND, REACH, SECTIONS, SIDES, TYPE
from conv.figures.palette import HALO, ROLES, THEMES

# A later one may overrule an earlier one.
_FILES = ("stage", "panels", "foot", "listing", "window", "page")


def _measures() -> str:
    """The measures and colours that the rules read, as custom properties."""
    light, dark = THEMES["light"], THEMES["dark"]
    sizes = {
        **{f"type-{name}": size for name, size in vars(TYPE).items() if not isinstance(size, str)},
        **{f"side-{name}": getattr(SIDES, name) for name in ("card", "sign", "gap", "ticks")},
        **{f"reach-{name}": reach for name, reach in vars(REACH).items()},
        "legend-before": LEGEND.before,
        "legend-gap": LEGEND.gap,
        "section-gap": SECTIONS.gap,
        "card-line": CARDS.line,
        "bars-axis": BARS.axis,
        "curves-axis": CURVES.axis,
        "curves-end": CURVES.end,
        "curves-line": CURVES.line,
    }
    lines = [f"--stage-{name}: {size:g}px;" for name, size in sizes.items()]
    # A page of its own has the look of its reader's system.
    looks = [
        f"--page-{name}: light-dark({getattr(light, name)}, {getattr(dark, name)});"
        for name in ("ground", "ink", "muted")
    ]
    # The page's own colour goes before that of the output.
    colors = [
        *(f"--stage-{role}: {ROLES[role].color};" for role in ("window", "output")),
        f"--stage-halo: {HALO};",
        f"--stage-primary: var(--st-primary-color, {ROLES['output'].color});",
    ]
    fonts = [
        f"--stage-sans: var(--st-font, {TYPE.sans});",
        f"--stage-mono: var(--st-code-font, {TYPE.mono});",
        f"--stage-curves-band: {CURVES.band:g};",
    ]
    page = ["body.stage-page {", *looks, "}"]
    return "\n".join([".conv-stage, body.stage-page {", *lines, *fonts, *colors, "}", *page, ""])


STYLE = _measures() + "".join(
    Path(__file__).with_name(f"{name}.css").read_text(encoding="utf-8") for name in _FILES
)
