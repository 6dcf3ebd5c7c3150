"""Where the tensors of a layer come from: files, by whoever wrote them."""

from .npz import MOST_BYTES, OWN, data_label, open_tensors, read_data, tensors_file

__all__ = ["MOST_BYTES", "OWN", "data_label", "open_tensors", "read_data", "tensors_file"]
