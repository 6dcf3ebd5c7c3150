"""The products of the picked cell as a table, in the order of both methods."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import partial
from io import StringIO

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from conv.dashboard.worked_out import results_of
from conv.layer import DataSet
from conv.ops import CellProducts
from conv.scenes.products import Listed, products_of
from conv.spot import Spot
from conv.state.view import View
from conv.words import Words

_MOST = 2000  # rows of a table: more take longer to arrive than anyone reads
_WIDTH = 130  # pixels, for all numbers: Streamlit measures those of the first cell alone
Columns = Mapping[str, NDArray[np.generic]]


def products_drawer(say: Words) -> DeltaGenerator | None:
    """A drawer for the table of products, which is larger than all the rest of an answer; None
    where it is closed. Streamlit would close it for another label."""
    drawer = st.expander(say("products.drawer"), key="terms_drawer", on_change="rerun")
    return drawer if drawer.open else None


def show_products(gradient: Listed, view: View, data: DataSet, say: Words) -> None:
    """The table of the view's cell of a gradient, and a button that downloads it. Of very many
    products the first are shown, and the file has all."""
    results = results_of(view, data)
    spot = Spot(view, results.bundle, results)
    names, cell = ("fcmk", spot.weight_cell) if gradient == "dw" else ("ncpq", spot.input_cell)
    title = say(f"products.title_{gradient}", **dict(zip(names, cell, strict=True)))
    terms = products_of(spot, gradient)
    count = terms.products.size
    if not count:
        _say(title, say("products.none"))
        return
    about = say(f"products.about_{gradient}", count=count, step=int(terms.step_second[0]))
    if count > _MOST:
        about = f"{about} {say('products.first', count=_MOST)}"
    _say(title, about)
    columns = columns_of(gradient, terms)
    labels = {name: _label(name, gradient, say) for name in columns}
    st.dataframe(
        {labels[name]: _narrow(values[:_MOST]) for name, values in columns.items()},
        height=280,
        hide_index=True,
        column_config={
            labels[name]: st.column_config.NumberColumn(format="%.6g", width=_WIDTH)
            for name, values in columns.items()
            if values.dtype.kind == "f"
        },
        key="terms",
    )
    st.download_button(
        say("products.download"),
        # What is made when it is asked for has another name in every answer.
        csv_text(columns) if count <= _MOST else partial(_file_of, spot, gradient),
        file_name=f"{gradient}-{'-'.join(map(str, cell))}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="terms_download",
    )


def _say(title: str, about: str) -> None:
    """A heading with a text below: one element, for each is told of at every place."""
    st.markdown(f"### {title}\n\n:small[:gray[{about}]]")


def columns_of(gradient: Listed, terms: CellProducts) -> Columns:
    """The table's columns, a row each product, in the order of the gradient's first method."""
    left = {"padding": terms.is_padding, "x": terms.left} if gradient == "dw" else {"w": terms.left}
    return {
        "order_first": np.arange(1, terms.order.size + 1),
        "order_second": terms.order + 1,
        "step": terms.step_first,
        **terms.indices,
        **left,
        "top_diff": terms.grad_output,
        "product": terms.products,
        "sum_first": terms.running_first,
        "sum_second": terms.running_second[terms.order],
    }


def _narrow(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Whole numbers in as few bytes as they take: a table is sent for every cell."""
    if values.dtype.kind != "i":
        return values
    return values.astype(np.result_type(*map(np.min_scalar_type, (values.min(), values.max()))))


def _file_of(spot: Spot, gradient: Listed) -> str:
    """The file of a cell's very many products."""
    return csv_text(columns_of(gradient, products_of(spot, gradient)))


def csv_text(columns: Columns) -> str:
    """The columns as CSV, every number with all of its digits."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    return file.getvalue()


def _label(name: str, gradient: Listed, say: Words) -> str:
    if name in {"step", "row", "column", "padding", "product"}:
        return say(f"products.{name}")
    if name.startswith(("order_", "sum_")):
        what, which = name.split("_")
        return say(f"products.{what}_{gradient}_{which}")
    return name
