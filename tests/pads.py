"""Padding as the tests read it, which may be two numbers or four; none of this knows conv.ops."""


def pads_of(padding):
    """((top, bottom), (left, right)) of (rows, columns) or (top, bottom, left, right)."""
    rows, columns = padding[: len(padding) // 2], padding[len(padding) // 2 :]
    return (rows[0], rows[-1]), (columns[0], columns[-1])


def origin_of(padding):
    """The rows above and the columns to the left."""
    (top, _), (left, _) = pads_of(padding)
    return top, left
