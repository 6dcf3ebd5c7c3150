"""Files of other kinds: which one it is, and the two lines that make an .npz of it."""

from __future__ import annotations

import zipfile
from functools import partial
from io import BytesIO
from pathlib import PurePath

from conv.ops import ConvError
from conv.words import Words

from .names import NAMES, short

# In the code of each, FILE stands for the file's name; x is the layer's input.
_STATE = (
    'np.savez("layer.npz", x=x, w=state["conv.weight"], b=state["conv.bias"], stride=1, padding=1)'
)
_LINES = {
    "npy": (
        "import numpy as np",
        'x, w = np.load("x.npy"), np.load(FILE)',
        'np.savez("layer.npz", x=x, w=w, stride=1, padding=1)',
    ),
    "torch": (
        "import numpy as np, torch",
        'state = torch.load(FILE, map_location="cpu", weights_only=True)',
        _STATE,
    ),
    "safetensors": (
        "import numpy as np, safetensors.numpy",
        "state = safetensors.numpy.load_file(FILE)",
        _STATE,
    ),
    "onnx": (
        "import numpy as np, onnx",
        (
            "state = {t.name: onnx.numpy_helper.to_array(t) "
            "for t in onnx.load(FILE).graph.initializer}"
        ),
        _STATE,
    ),
    "keras": (
        "import numpy as np, keras",
        'w, b = keras.models.load_model(FILE).get_layer("conv2d").get_weights()',
        'np.savez("layer.npz", x=x.transpose(0, 3, 1, 2), w=w.transpose(3, 2, 0, 1), b=b)',
    ),
}
_ENDINGS = {
    **dict.fromkeys((".pt", ".pth"), "torch"),
    ".safetensors": "safetensors",
    ".onnx": "onnx",
    **dict.fromkeys((".h5", ".hdf5", ".keras"), "keras"),
    ".npy": "npy",
}


def refuse_other_formats(data: bytes, file: str) -> None:
    """Raises ConvError for a file that is known to be no .npz, by what is in it or else by the
    ending of its name."""
    kind = _kind(data, file)
    if kind:
        code = _code(kind, file)
        raise ConvError(
            "error.format", file=short(file) or "?", kind=partial(_in_words, kind), code=code
        )


def _kind(data: bytes, file: str) -> str | None:
    if data[:6] == b"\x93NUMPY":
        return "npy"
    if data[:8] == b"\x89HDF\r\n\x1a\n":
        return "keras"
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < 2**27:
        return "safetensors"
    members = _members(data)
    if any(name.endswith("/data.pkl") for name in members):
        return "torch"
    if "config.json" in members:
        return "keras"
    ending = PurePath(file).suffix.lower()
    return None if members or not data else _ENDINGS.get(ending)


def _in_words(kind: str, say: Words) -> str:
    return say(f"format.{kind}")


def _members(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.namelist()
    except Exception:  # noqa: BLE001 - on bytes that are made for it, zipfile raises all
        return []


def _code(kind: str, file: str) -> str:
    """The code for this file."""
    lines = "\n".join(_LINES[kind])
    if kind == "npy" and PurePath(file).stem in NAMES["x"]:
        lines = lines.replace('"x.npy"), np.load(FILE)', 'FILE), np.load("w.npy")')
    return lines.replace("FILE", repr(file or "file"))
