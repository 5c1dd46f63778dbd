"""The tree of feature classes and features, each with a check box, and the search box above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDRadiomicsLib.names import FEATURES, ON_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MARK = ":"
"""Stands between class and feature in an item's key."""


class FeaturesTree:
    """Shows which features are chosen; the owner keeps the choice."""

    def __init__(
        self, tree: Any, searchBox: Any, onChange: Callable[[dict[str, set[str]]], None]
    ) -> None:
        """Take over the widgets.

        Args:
            tree: an empty `QTreeWidget`.
            searchBox: narrows what is shown.
            onChange: called with the new choice, features by class, when the user has made one.
        """
        self._tree = tree
        self._search = searchBox
        self._onChange = onChange
        self._chosen: dict[str, set[str]] = {}
        tree.connect("itemChanged(QTreeWidgetItem*,int)", self._changed)
        searchBox.connect("textChanged(QString)", lambda *_: self._fill())
        self._fill()

    def show(self, chosen: Mapping[str, Sequence[str]]) -> None:
        """Show a choice, features by class."""
        self._chosen = {kind: set(names) for kind, names in chosen.items()}
        self._showStates()

    def _fill(self) -> None:
        """Make the items that the search box lets through."""
        words = self._search.text.lower().split()
        wasBlocked = self._tree.blockSignals(True)
        self._tree.clear()
        for kind, own in FEATURES.items():
            names = [*own, *ON_REQUEST.get(kind, ())]
            shown = [n for n in names if all(word in f"{kind} {n}".lower() for word in words)]
            if not shown:
                continue
            parent = self._item(kind, kind, f"All features of the class {kind}.")
            self._tree.addTopLevelItem(parent)
            for name in shown:
                parent.addChild(self._item(f"{kind}{MARK}{name}", name, f"{kind}: {name}."))
            parent.setExpanded(bool(words))
        self._tree.blockSignals(wasBlocked)
        self._showStates()

    @staticmethod
    def _item(key: str, text: str, toolTip: str) -> Any:
        item = qt.QTreeWidgetItem()
        item.setText(0, text)
        item.setToolTip(0, toolTip)
        item.setData(0, qt.Qt.UserRole, key)
        item.setCheckState(0, qt.Qt.Unchecked)
        return item

    def _showStates(self) -> None:
        wasBlocked = self._tree.blockSignals(True)
        for row in range(self._tree.topLevelItemCount):
            parent = self._tree.topLevelItem(row)
            kind = parent.data(0, qt.Qt.UserRole)
            chosen = self._chosen.get(kind, set())
            for place in range(parent.childCount()):
                child = parent.child(place)
                on = child.data(0, qt.Qt.UserRole).partition(MARK)[2] in chosen
                child.setCheckState(0, qt.Qt.Checked if on else qt.Qt.Unchecked)
            state = qt.Qt.PartiallyChecked if chosen else qt.Qt.Unchecked
            if chosen >= set(FEATURES[kind]):
                state = qt.Qt.Checked
            parent.setCheckState(0, state)
            parent.setText(0, f"{kind}  ({len(chosen)} of {len(FEATURES[kind])})")
        self._tree.blockSignals(wasBlocked)

    def _changed(self, item: Any, _column: int) -> None:
        kind, _, name = item.data(0, qt.Qt.UserRole).partition(MARK)
        on = item.checkState(0) == qt.Qt.Checked
        choice = {key: set(names) for key, names in self._chosen.items()}
        own = choice.setdefault(kind, set())
        if name:
            names = {name}
        else:  # of a class, what the search box shows
            children = [item.child(place) for place in range(item.childCount())]
            shown = {child.data(0, qt.Qt.UserRole).partition(MARK)[2] for child in children}
            names = shown & set(FEATURES[kind]) if on else shown
        choice[kind] = own | names if on else own - names
        self._onChange(choice)
