"""Widgets of CTK and of Slicer's MRML widgets library, written small on PySide6."""

from host.widgets import (
    ctk_buttons,
    ctk_choices,
    ctk_numbers,
    ctk_paths,
    ctk_ranges,
    ctk_texts,
    mrml_checkable_nodes,
    mrml_node_combo_box,
    mrml_segment_selector,
    mrml_segments_table,
    mrml_table_view,
    mrml_views,
    mrml_widget,
    qmrml_utils,
)

__all__ = [
    "ctk_buttons",
    "ctk_choices",
    "ctk_numbers",
    "ctk_paths",
    "ctk_ranges",
    "ctk_texts",
    "mrml_checkable_nodes",
    "mrml_node_combo_box",
    "mrml_segment_selector",
    "mrml_segments_table",
    "mrml_table_view",
    "mrml_views",
    "mrml_widget",
    "qmrml_utils",
]
