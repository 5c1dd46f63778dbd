"""Rows of results as table nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer
import vtk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def setTable(
    tableNode: slicer.vtkMRMLTableNode, columns: Mapping[str, Sequence[str | float | int]]
) -> None:
    """Give a table node new columns, in one go.

    Args:
        tableNode: all it held is replaced.
        columns: values by title, of one length. A column of numbers is stored as numbers, so that
            it can be plotted and sorted; None is not-a-number there.

    Raises:
        ValueError: the columns are not of one length.
    """
    if len({len(values) for values in columns.values()}) > 1:
        raise ValueError("the columns of a table must have one length")
    table = vtk.vtkTable()
    for title, values in columns.items():
        table.AddColumn(_column(title, values))
    with slicer.util.NodeModify(tableNode):
        tableNode.RemoveAllColumns()
        tableNode.SetUseColumnTitleAsColumnHeader(True)
        tableNode.SetAndObserveTable(table)
        for title in columns:
            tableNode.SetColumnTitle(title, title)


def _column(title: str, values: Sequence[str | float | int]) -> vtk.vtkAbstractArray:
    kinds = {type(value) for value in values if value is not None}
    column: vtk.vtkAbstractArray
    if kinds and kinds <= {int} and None not in values:
        column = vtk.vtkLongLongArray()
    elif kinds and kinds <= {int, float}:
        column = vtk.vtkDoubleArray()
    else:
        column = vtk.vtkStringArray()
    column.SetName(title)
    for value in values:
        if isinstance(column, vtk.vtkStringArray):
            column.InsertNextValue("" if value is None else str(value))
        else:
            column.InsertNextValue(float("nan") if value is None else value)
    return column
