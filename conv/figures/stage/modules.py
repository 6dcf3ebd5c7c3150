"""One script of many: a bundle of ES modules.

A browser is given a module and all that it imports as one text, in one scope. The scripts keep to
a few forms, each at the beginning of a line, and anything else raises:

    import { one, two } from "./file.js";
    import standard from "./file.js";
    import data from "./data.json" with { type: "json" };
    export function one() {}
    export default function standard() {}

where `data` is the file's name without its ending, and `function` may be `async function`,
`class`, `const` or `let`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_JSDOC = re.compile(r"/\*\*.*?\*/", re.DOTALL)
# Behind code, one that has no quotes: what has some may be in a text.
_COMMENT = re.compile(r"^[ \t]*//.*$|[ \t]+// [^\"'`\n]*$", re.MULTILINE)
_IMPORT = re.compile(
    r'^import (?:\{([\w\s,]+)\}|(\w+)) from "(\.[^"]+)"(?: with \{ type: "json" \})?;$',
    re.MULTILINE,
)
_DECLARED = r"(?:async )?(?:function|class|const|let) (\w+)"
_TOP = re.compile(rf"^(export (?:default )?)?{_DECLARED}", re.MULTILINE)
_EXPORT = re.compile(rf"^export (default )?(?={_DECLARED})", re.MULTILINE)
# What is left of imports and exports in a line, and what declares names that `_TOP` does not find.
_UNKNOWN = re.compile(
    r"\s*(?:import|export)\b|(?:async )?(?:function|class|const|let)\b(?! \w)|var\b"
)


@dataclass(frozen=True)
class _Import:
    path: Path
    names: tuple[str, ...]
    default: bool


@dataclass(frozen=True)
class _Module:
    path: Path
    code: str
    imports: tuple[_Import, ...]
    names: tuple[str, ...]
    exports: frozenset[tuple[str, bool]]


@cache
def bundle(entry: Path, after: Path | None = None) -> str:
    """The module `entry` and all that it imports, each module behind those that it imports: an ES
    module without comments and indentation, whose one export is the entry's default. What the
    bundle of `after` holds, which stands before this one in the same script, is left out.

    Raises ValueError for an import of a file that is not there or of a name that it does not
    export, for modules that import one another in a circle, for two that declare the same name at
    their top level, and for a form that is not known here.

    >>> page = bundle(Path("mount.js")) + bundle(Path("film.js"), after=Path("mount.js"))
    """
    modules: dict[Path, _Module] = {}
    if after:
        _collect(after.resolve(), (), modules)
    before = set(modules)
    _collect(entry.resolve(), (), modules)
    _expect_distinct_names(modules)
    own = [module for path, module in modules.items() if path not in before]
    return "\n".join(_lean(module, keep_default=module.path == entry.resolve()) for module in own)


def _collect(path: Path, importers: tuple[Path, ...], found: dict[Path, _Module]) -> None:
    """Adds a module to those that are found, behind all that it imports."""
    if path in importers:
        circle = " > ".join(one.name for one in (*importers[importers.index(path) :], path))
        raise ValueError(f"modules import one another: {circle}")
    if path in found:
        return
    module = _parse(path)
    for one in module.imports:
        if not one.path.is_file():
            raise ValueError(f"{path.name} imports {one.path.name}, which is not there")
        _collect(one.path, (*importers, path), found)
        for name in one.names:
            if (name, one.default) not in found[one.path].exports:
                raise ValueError(
                    f"{path.name} imports {name}, which {one.path.name} does not export"
                )
    found[path] = module


def _parse(path: Path) -> _Module:
    if path.suffix == ".json":
        return _parse_data(path)
    code = _COMMENT.sub("", _JSDOC.sub("", path.read_text(encoding="utf-8")))
    imports = tuple(
        _Import(
            (path.parent / file).resolve(),
            (default,) if default else tuple(filter(None, re.split(r"[\s,]+", names))),
            bool(default),
        )
        for names, default, file in _IMPORT.findall(code)
    )
    code = _IMPORT.sub("", code)
    for line in _EXPORT.sub("", code).splitlines():
        if _UNKNOWN.match(line) or "import(" in line:
            raise ValueError(f"{path.name} has a form that is not bundled: {line.strip()}")
        if line.count("`") % 2:
            raise ValueError(f"{path.name} has a template of several lines: {line.strip()}")
    tops = _TOP.findall(code)
    exports = frozenset((name, "default" in export) for export, name in tops if export)
    return _Module(path, code, imports, tuple(name for _, name in tops), exports)


def _parse_data(path: Path) -> _Module:
    """A file of data as a module whose default export has the file's name."""
    data = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
    exports = frozenset({(path.stem, True)})
    return _Module(path, f"const {path.stem} = {data};", (), (path.stem,), exports)


def _expect_distinct_names(modules: dict[Path, _Module]) -> None:
    owners: dict[str, Path] = {}
    for module in modules.values():
        for name in module.names:
            other = owners.setdefault(name, module.path)
            if other != module.path:
                raise ValueError(f"{other.name} and {module.path.name} both have a {name}")


def _lean(module: _Module, *, keep_default: bool) -> str:
    """The code without exports and indentation, which the page would be sent with every answer."""
    code = _EXPORT.sub(lambda found: found[0] if found[1] and keep_default else "", module.code)
    return "\n".join(filter(None, map(str.strip, code.splitlines())))
