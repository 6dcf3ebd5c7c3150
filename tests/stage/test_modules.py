"""Many modules become one script, in which each stands behind what it imports."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from conv import dashboard
from conv.figures.stage import SCRIPT, STYLE
from conv.figures.stage.modules import bundle
from conv.figures.stage.page import ENTRY, FOLDER
from tests.node import NODE

PICTURE = bundle(Path(dashboard.__file__).with_name("picture.js"))
FILES = sorted(FOLDER.glob("*.js"))
IMPORTED = re.compile(r'^(?:import .*|\}) from "(.+)";$', re.MULTILINE)
DECLARED = re.compile(r"^(?:export )?(?:default )?(?:async )?(?:function|class|const|let) (\w+)")
MODULES = {
    "entry.js": """
        // @ts-check
        // Says hello.
        /** @import { Word } from "./words.d.ts" */
        import { right } from "./right.js";
        import left from "./sub/left.js";

        export const greeting = "hello // you"; // a word, and a link

        /**
         * In all languages.
         */
        export default async function entry(/** @type {number} */ times) {
            // A step.
            return `${left(times)} // ${right}`;
        }
    """,
    "right.js": """
        import {
            base,
            two,
        } from "./base.js";
        export const right = base + two;
    """,
    "sub/left.js": """
        import { base } from "../base.js";
        export default function left(a) {
            return a * base;
        }
    """,
    "base.js": "export let base = 1;\nexport class two {}\n",
}
BUNDLE = """\
let base = 1;
class two {}
const right = base + two;
function left(a) {
return a * base;
}
const greeting = "hello // you";
export default async function entry( times) {
return `${left(times)} // ${right}`;
}"""


def write(folder, modules):
    """The first of the modules, which are written into the folder."""
    for name, text in modules.items():
        lines = text.splitlines(keepends=True)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("".join(line.removeprefix(" " * 8) for line in lines))
    return folder / next(iter(modules))


def test_each_module_stands_once_behind_what_it_imports(tmp_path):
    assert bundle(write(tmp_path, MODULES)) == BUNDLE


def test_data_are_a_module_by_the_name_of_their_file(tmp_path):
    entry = """
        import sizes from "../sizes.json" with { type: "json" };
        export default function entry() {
            return sizes.wide;
        }
    """
    (tmp_path / "in").mkdir()
    write(tmp_path, {"sizes.json": '{"wide":  1.5, "said": "长"}'})
    assert bundle(write(tmp_path / "in", {"entry.js": entry})) == (
        'const sizes = {"wide": 1.5, "said": "长"};\n'
        "export default function entry() {\nreturn sizes.wide;\n}"
    )


def test_what_stands_before_is_left_out(tmp_path):
    entry = write(tmp_path, MODULES)
    film = 'import { two } from "./base.js";\nimport { more } from "./more.js";\nmore(two);\n'
    write(tmp_path, {"film.js": film, "more.js": "export const more = print;\n"})
    found = bundle(tmp_path / "film.js", after=entry)
    assert found == "const more = print;\nmore(two);"


@pytest.mark.parametrize(
    ("modules", "sentence"),
    [
        ({"a.js": 'import { b } from "./b.js";\n'}, "a.js imports b.js, which is not there"),
        (
            {"a.js": 'import { c } from "./b.js";\n', "b.js": "const c = 1;\n"},
            "a.js imports c, which b.js does not export",
        ),
        (
            {"a.js": 'import c from "./b.js";\n', "b.js": "export const c = 1;\n"},
            "a.js imports c, which b.js does not export",
        ),
        (
            {"a.js": 'import { c } from "./b.js";\n', "b.js": "export default function c() {}\n"},
            "a.js imports c, which b.js does not export",
        ),
        (
            {
                "a.js": 'import { b } from "./b.js";\n',
                "b.js": 'import { c } from "./c.js";\nexport const b = c;\n',
                "c.js": 'import { b } from "./b.js";\nexport const c = b;\n',
            },
            "modules import one another: b.js > c.js > b.js",
        ),
        (
            {
                "a.js": 'import { c } from "./b.js";\nfunction hidden() {}\n',
                "b.js": "export const c = 1;\nasync function hidden() {}\n",
            },
            "b.js and a.js both have a hidden",
        ),
        *(
            ({"a.js": f"{form}\n"}, f"a.js has a form that is not bundled: {form}")
            for form in (
                'import "./b.js";',
                'import * as b from "./b.js";',
                'import { b } from "elsewhere";',
                "import { b } from './b.js';",
                'const b = await import("./b.js");',
                "export { b };",
                'export * from "./b.js";',
                "export default 1;",
                "export const { b } = c;",
                "const [b] = c;",
                "function* b() {}",
                "var b = 1;",
            )
        ),
        ({"a.js": "const b = `\n  c`;\n"}, "a.js has a template of several lines: const b = `"),
    ],
)
def test_what_cannot_be_bundled_is_told(tmp_path, modules, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        bundle(write(tmp_path, modules))


def imported(path):
    """The files that a module imports, directly or not, and its own."""
    found = {path}
    for file in IMPORTED.findall(path.read_text(encoding="utf-8")):
        found |= imported((path.parent / file).resolve())
    return found


def declared(text):
    return [found[1] for line in text.splitlines() if (found := DECLARED.match(line))]


def test_every_file_of_the_stage_is_in_a_bundle():
    assert imported(ENTRY) | imported(FOLDER / "film.js") == set(FILES)
    assert len(FILES) > 20


def test_no_two_modules_share_a_name():
    names = Counter(name for file in FILES for name in declared(file.read_text(encoding="utf-8")))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) > 100


def test_the_page_has_all_modules_and_one_export():
    parts = [
        name for path in imported(ENTRY) for name in declared(path.read_text(encoding="utf-8"))
    ]
    assert set(parts) <= set(declared(SCRIPT))
    assert "window.film" not in SCRIPT
    assert re.findall(r"^(?:import|export)\b.*?\(", SCRIPT, re.MULTILINE) == [
        "export default function stage("
    ]


def test_the_picture_has_the_stage_s_elements():
    shared = declared((FOLDER / "dom.js").read_text(encoding="utf-8"))
    assert set(shared) <= set(declared(PICTURE))


@pytest.mark.parametrize(
    "script",
    [SCRIPT, PICTURE, f"{SCRIPT}\n{bundle(FOLDER / 'film.js', after=ENTRY)}"],
    ids=["page", "picture", "film"],
)
def test_a_bundle_is_a_module(tmp_path, script):
    path = Path(tmp_path) / "bundle.mjs"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [NODE, "--check", path], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_measure_of_the_style_is_declared_and_used():
    declared = set(re.findall(r"(--(?:stage|page)-[\w-]+):", STYLE))
    used = set(re.findall(r"var\((--(?:stage|page)-[\w-]+)", STYLE))
    # A look's colours are set on the stage where it is fitted.
    looks = {f"--stage-{name}" for name in ("ink", "muted", "rule", "box", "ground")}
    assert used == declared | looks
