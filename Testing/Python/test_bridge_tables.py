from __future__ import annotations

import pytest


@pytest.fixture
def table(host):
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "results")


@pytest.fixture
def set_table(host):
    from ELMEDLib.bridge.tables import setTable

    return setTable


def test_numbers_are_stored_as_numbers(table, set_table):
    set_table(table, {"Region": ["WT", "TC"], "Volume (ml)": [12.5, 3.0], "Voxels": [7, 8]})

    columns = table.GetTable()
    assert columns.GetColumn(0).GetValue(1) == "TC"
    assert columns.GetColumn(1).GetValue(0) == 12.5
    assert columns.GetColumn(2).GetValue(1) == 8
    assert table.GetColumnName(1) == "Volume (ml)"


def test_a_missing_number_is_not_a_number(table, set_table):
    set_table(table, {"Dice": [0.5, None]})

    assert table.GetTable().GetColumn(0).GetValue(1) != table.GetTable().GetColumn(0).GetValue(1)


def test_new_rows_replace_the_old_ones(table, set_table):
    set_table(table, {"A": [1, 2, 3], "B": [1, 2, 3]})
    set_table(table, {"C": ["x"]})

    assert table.GetNumberOfColumns() == 1
    assert table.GetNumberOfRows() == 1


def test_columns_of_different_length_are_refused(table, set_table):
    with pytest.raises(ValueError, match="one length"):
        set_table(table, {"A": [1], "B": [1, 2]})
