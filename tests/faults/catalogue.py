"""The list of faults: a file of TOML for each kind."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Fault:
    """In `file`, `instead` stands where `text` should; the test file `found_by` fails then."""

    name: str
    kind: str
    file: str
    text: str
    instead: str
    found_by: str

    def put_into(self, source: str) -> str:
        """The file with the fault in it; raises ValueError unless `text` stands in it once."""
        count = source.count(self.text)
        if count != 1:
            raise ValueError(f"{self.name}: its text stands {count} times in {self.file}")
        return source.replace(self.text, self.instead)


def kinds() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def faults() -> list[Fault]:
    """All of them, kind by kind."""
    return [
        Fault(kind=kind, **entry)
        for kind in kinds()
        for entry in tomllib.loads((FOLDER / f"{kind}.toml").read_text("utf-8"))["fault"]
    ]
