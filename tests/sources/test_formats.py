"""Files of other kinds: each is said to be what it is, with code that makes an .npz of it."""

import json
import struct
import subprocess
import sys
import types

import numpy as np
import pytest

from conv import ConvError
from conv.cli import main
from conv.sources import open_tensors
from conv.words import words
from tests.sources.test_npz import zipped

RNG = np.random.default_rng(2)
X, W, B = RNG.normal(size=(1, 2, 5, 4)), RNG.normal(size=(3, 2, 2, 3)), RNG.normal(size=3)
HEADER = json.dumps({"conv.weight": {"dtype": "F32"}}).encode()
FILES = {
    "layer.safetensors": (struct.pack("<Q", len(HEADER)) + HEADER, "a safetensors file"),
    "model.pt": (zipped({"model/data.pkl": b"\x80", "model/data/0": b""}), "a PyTorch file"),
    "model.bin": (zipped({"archive/data.pkl": b"\x80"}), "a PyTorch file"),
    "old.pth": (b"\x80\x02\x8a", "a PyTorch file"),
    "model.onnx": (b"\x08\x07\x12\x07pytorch", "an ONNX model"),
    "model.h5": (b"\x89HDF\r\n\x1a\n" + bytes(8), "a Keras model or another HDF5 file"),
    "model.keras": (
        zipped({"config.json": b"{}", "model.weights.h5": b""}),
        "a Keras model or another HDF5 file",
    ),
}


def array_file(tmp_path, name, array):
    np.save(tmp_path / name, array)
    return (tmp_path / name).read_bytes()


@pytest.mark.parametrize(("name", "held"), FILES.items(), ids=FILES)
def test_a_file_of_another_kind_is_said_to_be_it(name, held):
    data, kind = held
    with pytest.raises(ConvError) as refused:
        open_tensors(data, name)
    error = refused.value
    assert str(error).startswith(f"{name} is {kind}, not an .npz with a layer's tensors.")
    assert repr(name) in error.code
    assert error.code.count("\n") == 2
    assert name in error.sentence(words("zh"))
    compile(error.code, name, "exec")


@pytest.mark.parametrize("name", ["w.npy", "x.npy", f"weights 'of' {{mine}} {'w' * 60}.npy"])
def test_the_code_for_an_array_makes_a_file_that_opens(name, tmp_path):
    array_file(tmp_path, "x.npy", X)
    data = array_file(tmp_path, name, X if name == "x.npy" else W)
    array_file(tmp_path, "w.npy", W)
    with pytest.raises(ConvError, match="is a single array") as refused:
        open_tensors(data, name)
    subprocess.run([sys.executable, "-c", refused.value.code], cwd=tmp_path, check=True)
    made = open_tensors(tmp_path / "layer.npz")
    np.testing.assert_array_equal(made.x, X)
    np.testing.assert_array_equal(made.w, W)
    assert made.default.padding == (1, 1)


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    return made


def as_tensor(array):
    tensor = types.SimpleNamespace(numpy=lambda: array)
    tensor.float = lambda: tensor
    return tensor


STATE = {"conv.weight": W, "conv.bias": B}
TENSORS = [types.SimpleNamespace(name=name, array=array) for name, array in STATE.items()]
MODEL = types.SimpleNamespace(graph=types.SimpleNamespace(initializer=TENSORS))
LAYERS = types.SimpleNamespace(
    get_layer=lambda name: {
        "conv2d": types.SimpleNamespace(get_weights=lambda: [W.transpose(2, 3, 1, 0), B])
    }[name]
)
# What each library's functions give, in its own layout.
LIBRARIES = {
    "old.pth": {"torch": module("torch", load=lambda *_, **__: STATE)},
    "layer.safetensors": {
        "safetensors": module("safetensors", numpy=module("numpy", load_file=lambda _: STATE)),
        "safetensors.numpy": module("safetensors.numpy"),
    },
    "model.onnx": {
        "onnx": module(
            "onnx",
            load=lambda _: MODEL,
            numpy_helper=module("numpy_helper", to_array=lambda t: t.array),
        )
    },
    "model.h5": {
        "keras": module("keras", models=types.SimpleNamespace(load_model=lambda _: LAYERS))
    },
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_code_for_other_files_gives_the_layer_in_this_layout(name, tmp_path, monkeypatch):
    with pytest.raises(ConvError) as refused:
        open_tensors(FILES[name][0], name)
    for library, stand_in in LIBRARIES[name].items():
        monkeypatch.setitem(sys.modules, library, stand_in)
    monkeypatch.chdir(tmp_path)
    x = X.transpose(0, 2, 3, 1) if name == "model.h5" else X
    exec(compile(refused.value.code, name, "exec"), {"x": x})
    made = open_tensors(tmp_path / "layer.npz")
    np.testing.assert_array_equal(made.x, X)
    np.testing.assert_array_equal(made.w, W)
    np.testing.assert_array_equal(made.b, B)


def test_the_shell_prints_the_code_beneath_the_sentence(tmp_path, capsys):
    array_file(tmp_path, "w.npy", W)
    assert main(["check", "--data", str(tmp_path / "w.npy"), "--lang", "zh"]) == 2
    sentence, blank, *code = capsys.readouterr().err.splitlines()
    assert sentence.startswith("w.npy 是单个数组")
    assert blank == ""
    assert code[1:] == [
        "x, w = np.load(\"x.npy\"), np.load('w.npy')",
        'np.savez("layer.npz", x=x, w=w, stride=1, padding=1)',
    ]
