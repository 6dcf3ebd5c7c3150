"""Where the tensors of a layer come from: data sets that are built in, and files, by whoever."""

from .npz import tensors_file
from .registry import MOST_BYTES, OWN, data_label, load, open_tensors, read_data, sizes_of

__all__ = [
    "MOST_BYTES",
    "OWN",
    "data_label",
    "load",
    "open_tensors",
    "read_data",
    "sizes_of",
    "tensors_file",
]
