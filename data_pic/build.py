# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=2.0", "pillow>=11", "scikit-image>=0.26", "tqdm>=4.66"]
# ///
"""Makes every data file in this folder: trains the notebook's network on ten photographs and keeps
what its second convolution saw. README.md says what the files are.

    python data_pic/build.py            # writes the files
    python data_pic/build.py --check    # compares with the files that are there, writes nothing
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
# A script's import path starts at its own folder; the convolution lives one above.
sys.path.insert(0, str(HERE.parent))

from conv import conv2d, conv2d_bias, conv2d_input, conv2d_weight  # noqa: E402

Array = NDArray[np.floating]
Pixels = NDArray[np.uint8]
Tensors = dict[str, Array]
Content = Array | Pixels | Tensors | list[str]
Box = tuple[int, int, int]

# A class's picture in scikit-image, and the box (left, top, side) of the crop that is kept.
PICTURES: dict[str, tuple[str, Box]] = {
    "astronaut": ("astronaut", (142, 8, 165)),
    "cat": ("chelsea", (135, 58, 215)),
    "coffee": ("coffee", (158, 18, 270)),
    "retina": ("retina", (30, 400, 560)),
    "galaxies": ("hubble_deep_field", (60, 350, 110)),
    "tissue": ("immunohistochemistry", (250, 10, 190)),
    "photographer": ("camera", (120, 60, 200)),
    "coins": ("coins", (178, 160, 64)),
    "bricks": ("brick", (60, 60, 200)),
    "gravel": ("gravel", (100, 100, 80)),
}
LABELS = np.arange(len(PICTURES))
SIZE = 32
SEED = 20261123
MEAN_BATCHES = 100
STEPS = 1000
LEARNING_RATE = 1e-4  # small enough that rounding errors do not grow from step to step
MOMENTUM = 0.9
HELD_OUT_BATCHES = 100
TOLERANCE = 1e-6


def load_pictures() -> list[Image.Image]:
    """The ten photographs in colour, in class order; grey ones get three equal channels."""
    names = (name for name, _ in PICTURES.values())
    return [Image.fromarray(getattr(data, name)()).convert("RGB") for name in names]


def shrink(picture: Image.Image, box: Box, size: int) -> Pixels:
    """The square `box` (left, top, side) of `picture` as (size, size, channels) or (size, size).

    Pillow resizes in whole numbers, so that the pixels are the same on every machine.
    """
    left, top, side = box
    edges = (left, top, left + side, top + side)
    return np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS, edges))


def kept_crops(pictures: list[Image.Image]) -> Pixels:
    """The one crop of each class that is kept, (10, 32, 32, 3)."""
    boxes = (box for _, box in PICTURES.values())
    return np.stack([shrink(*pair, SIZE) for pair in zip(pictures, boxes, strict=True)])


def random_crops(
    pictures: list[Image.Image], rng: np.random.Generator, *, held_out: bool
) -> Pixels:
    """A batch with one crop of each class, (10, 32, 32, 3), half of them flipped left to right.

    Held-out crops lie in the left two fifths of a picture and those to train on in the rest, so
    that no pixel is in both. A crop's side is half to all of the side of the class's kept crop,
    and at most two fifths of the picture's width.
    """
    crops = []
    for picture, (_, (_, _, kept_side)) in zip(pictures, PICTURES.values(), strict=True):
        split = picture.width * 2 // 5
        first, last = (0, split) if held_out else (split, picture.width)
        largest = min(kept_side, split)
        side = int(rng.integers(largest // 2, largest, endpoint=True))
        left = int(rng.integers(first, last - side, endpoint=True))
        top = int(rng.integers(picture.height - side, endpoint=True))
        crop = shrink(picture, (left, top, side), SIZE)
        crops.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
    return np.stack(crops)


def to_input(crops: Pixels) -> Array:
    """Crops (N, 32, 32, 3) as (N, 3, 32, 32), pixel values 0..255."""
    return crops.transpose(0, 3, 1, 2).astype(np.float64)


def mean_picture(pictures: list[Image.Image], rng: np.random.Generator) -> Array:
    """The mean (3, 32, 32) of MEAN_BATCHES batches of crops to train on."""
    batches = (random_crops(pictures, rng, held_out=False) for _ in range(MEAN_BATCHES))
    mean: Array = np.mean([to_input(crops).mean(axis=0) for crops in batches], axis=0)
    return mean


def windows(x: Array) -> Iterator[tuple[slice, slice]]:
    """For each of the nine cells of a 3x3 window with stride 2: the rows and columns of
    x (N, C, H, W) that it meets. Rows and columns left over at the end meet none."""
    height, width = x.shape[2:]
    last_row, last_col = (height - 3) // 2 * 2, (width - 3) // 2 * 2
    for m, n in np.ndindex(3, 3):
        yield slice(m, m + last_row + 1, 2), slice(n, n + last_col + 1, 2)


def max_pool(x: Array) -> Array:
    """The largest cell of every window: (N, C, H, W) to (N, C, (H - 3)//2 + 1, (W - 3)//2 + 1)."""
    largest: Array = np.max([x[:, :, *window] for window in windows(x)], axis=0)
    return largest


def max_pool_input(x: Array, grad_output: Array) -> Array:
    """The gradient for x: each window's goes to its largest cell, the first one if several."""
    winner = np.argmax([x[:, :, *window] for window in windows(x)], axis=0)
    dx = np.zeros_like(x)
    for cell, window in enumerate(windows(x)):
        dx[:, :, *window] += np.where(winner == cell, grad_output, 0.0)
    return dx


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0.0)


def relu_input(x: Array, grad_output: Array) -> Array:
    """The gradient for x."""
    return np.where(x > 0, grad_output, 0.0)


def linear(x: Array, weight: Array, bias: Array) -> Array:
    """x (N, I), weight (O, I), bias (O) to (N, O)."""
    return x @ weight.T + bias


def linear_gradients(x: Array, weight: Array, grad_output: Array) -> tuple[Array, Array, Array]:
    """The gradients for x, weight and bias."""
    return grad_output @ weight, grad_output.T @ x, grad_output.sum(axis=0)


def softmax_cross_entropy(logits: Array) -> tuple[float, Array]:
    """The loss, its mean over a batch with one item of each class, and its gradient (N, 10)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_softmax)
    grad[LABELS, LABELS] -= 1
    return float(-log_softmax[LABELS, LABELS].mean()), grad / len(LABELS)


def initial_parameters(rng: np.random.Generator) -> Tensors:
    """He's normal weights, all shrunk by one factor, and zero biases.

    The pixels are about 64 times larger than He's rule expects. Four layers that share the
    correction evenly learn at the same pace.
    """
    sizes = {
        "conv1": (32, 3, 5, 5),
        "conv2": (16, 32, 3, 3),
        "linear1": (100, 576),
        "linear2": (10, 100),
    }
    parameters = {}
    for name, size in sizes.items():
        std = np.sqrt(2 / np.prod(size[1:])) / 64**0.25
        parameters[f"{name}_weight"] = std * rng.standard_normal(size)
        parameters[f"{name}_bias"] = np.zeros(size[0])
    return parameters


def forward(p: Tensors, x: Array) -> Tensors:
    """The output of every layer for x (N, 3, 32, 32), by name; the last is "logits" (N, 10)."""
    v = {"x": x}
    v["conv1"] = conv2d(x, p["conv1_weight"], p["conv1_bias"], padding=1)
    v["pool1"] = max_pool(v["conv1"])
    v["relu1"] = relu(v["pool1"])
    v["conv2"] = conv2d(v["relu1"], p["conv2_weight"], p["conv2_bias"], padding=1)
    v["pool2"] = max_pool(v["conv2"])
    v["flat"] = relu(v["pool2"]).reshape(len(x), -1)
    v["linear1"] = linear(v["flat"], p["linear1_weight"], p["linear1_bias"])
    v["relu3"] = relu(v["linear1"])
    v["logits"] = linear(v["relu3"], p["linear2_weight"], p["linear2_bias"])
    return v


def backward(p: Tensors, v: Tensors) -> tuple[float, Tensors, Array]:
    """The loss, its gradient for every parameter, and its gradient at conv2's output."""
    g = {}
    loss, grad = softmax_cross_entropy(v["logits"])
    grad, g["linear2_weight"], g["linear2_bias"] = linear_gradients(
        v["relu3"], p["linear2_weight"], grad
    )
    grad, g["linear1_weight"], g["linear1_bias"] = linear_gradients(
        v["flat"], p["linear1_weight"], relu_input(v["linear1"], grad)
    )
    grad = relu_input(v["pool2"], grad.reshape(v["pool2"].shape))
    residual = max_pool_input(v["conv2"], grad)
    g["conv2_weight"] = conv2d_weight(v["relu1"], p["conv2_weight"].shape, residual, padding=1)
    g["conv2_bias"] = conv2d_bias(residual)
    grad = conv2d_input(v["relu1"].shape, p["conv2_weight"], residual, padding=1)
    grad = max_pool_input(v["conv1"], relu_input(v["pool1"], grad))
    g["conv1_weight"] = conv2d_weight(v["x"], p["conv1_weight"].shape, grad, padding=1)
    g["conv1_bias"] = conv2d_bias(grad)
    return loss, g, residual


def train(
    pictures: list[Image.Image], mean: Array, rng: np.random.Generator
) -> tuple[Tensors, list[float]]:
    """The parameters after STEPS batches of gradient descent with momentum, and every loss."""
    p = initial_parameters(rng)
    velocity = {name: np.zeros_like(value) for name, value in p.items()}
    losses = []
    for _ in tqdm(range(STEPS), unit="batch"):
        x = to_input(random_crops(pictures, rng, held_out=False)) - mean
        loss, gradients, _ = backward(p, forward(p, x))
        for name, gradient in gradients.items():
            velocity[name] = MOMENTUM * velocity[name] + gradient
            p[name] -= LEARNING_RATE * velocity[name]
        losses.append(loss)
    return p, losses


def held_out_right(
    pictures: list[Image.Image], p: Tensors, mean: Array, rng: np.random.Generator
) -> NDArray[np.int_]:
    """How many of HELD_OUT_BATCHES held-out crops of each class the network gets right, (10)."""
    right = np.zeros(len(LABELS), int)
    for _ in range(HELD_OUT_BATCHES):
        x = to_input(random_crops(pictures, rng, held_out=True)) - mean
        right += forward(p, x)["logits"].argmax(axis=1) == LABELS
    return right


def report(losses: list[float], right: NDArray[np.int_]) -> None:
    """Prints how the loss fell and how many held-out crops are right."""
    tenths = np.array_split(losses, 10)
    print(f"loss of the first batch: {losses[0]:.3f}")
    print("loss, mean of each tenth:", *(f"{tenth.mean():.3f}" for tenth in tenths))
    print(f"held-out crops right: {right.sum()} of {HELD_OUT_BATCHES * len(LABELS)}")
    for name, count in zip(PICTURES, right, strict=True):
        print(f"  {name:12} {count:3} of {HELD_OUT_BATCHES}")


def content_of_files(p: Tensors, mean: Array, crops: Pixels) -> dict[str, Content]:
    """What the network makes of the kept crops, and the network itself, by file name."""
    v = forward(p, to_input(crops) - mean)
    loss, _, residual = backward(p, v)
    right = (v["logits"].argmax(axis=1) == LABELS).sum()
    print(f"kept crops: loss {loss:.4f}, right {right} of {len(LABELS)}")
    rest = {name: value for name, value in p.items() if not name.startswith("conv2")}
    return {
        "data_3_relu1[10-32-14-14].npy": v["relu1"],
        "residual_7_maxpooling[10 16 14 14].npy": residual,
        "weight[16-32-3-3].npy": p["conv2_weight"],
        "bias[16].npy": p["conv2_bias"],
        "rest_of_network.npz": {"mean_picture": mean, **rest},
        "crops[10-32-32-3].npy": crops.astype(np.float64),
        "photo_gray[64-64].npy": shrink(Image.fromarray(data.camera()), (0, 0, 512), 64),
        "classes.json": list(PICTURES),
    }


def build() -> dict[str, Content]:
    """Trains the network, reports on it, and returns every file's content by its name."""
    pictures = load_pictures()
    rng = np.random.default_rng(SEED)
    mean = mean_picture(pictures, rng)
    p, losses = train(pictures, mean, rng)
    report(losses, held_out_right(pictures, p, mean, rng))
    return content_of_files(p, mean, kept_crops(pictures))


def write(path: Path, content: Content) -> None:
    """Writes one file: names and numbers as .npz, numbers as .npy, words as .json."""
    if isinstance(content, dict):
        np.savez(path, **content)
    elif isinstance(content, list):
        path.write_text(json.dumps(content) + "\n", encoding="utf-8")
    else:
        np.save(path, content)


def drift(path: Path, content: Content) -> float:
    """The largest difference from the file that is there, relative to the largest number of its
    array; infinite where names, words or shapes differ."""
    if isinstance(content, list):
        return 0.0 if json.loads(path.read_text(encoding="utf-8")) == content else np.inf
    old = np.load(path)
    if not isinstance(content, dict):
        return relative_difference(content, old)
    if set(old) != set(content):
        return np.inf
    return max(relative_difference(content[name], old[name]) for name in content)


def relative_difference(new: Array | Pixels, old: Array | Pixels) -> float:
    """The largest difference of two arrays, relative to the largest number of `old`."""
    if new.shape != old.shape or new.dtype != old.dtype:
        return np.inf
    return float(np.abs(new.astype(float) - old.astype(float)).max() / np.abs(old).max())


def main() -> int:
    """The command line; 1 if a file that is there differs by more than TOLERANCE."""
    parser = argparse.ArgumentParser(description="Makes every data file in this folder.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    files = build()
    if not check:
        for name, content in files.items():
            write(HERE / name, content)
        return 0
    drifts = {name: drift(HERE / name, content) for name, content in files.items()}
    for name, value in drifts.items():
        print(f"{name}: largest difference {value:.1e} of the largest number")
    return int(not all(value <= TOLERANCE for value in drifts.values()))


if __name__ == "__main__":
    sys.exit(main())
