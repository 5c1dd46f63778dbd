"""What parts of the page Generate share that lay a generator on the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundLib.generative.models import model_class
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDPlaygroundWidgets.bench import Bench


class BenchPart(Section):
    """What such parts share; a subclass has a `form`, and says what its choices describe."""

    form: Any

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._wantsViews = False

    def _spec(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the generator that the choices describe."""
        raise NotImplementedError

    def _changed(self, values: Mapping[str, Any]) -> None:
        """Lay what was chosen on the bench, or say what keeps it from there."""
        raise NotImplementedError

    def _addBegin(self, layout: Any, prefix: str, help: str, off: str) -> None:  # noqa: A002 - what it is
        """Add the button and the line that says what is on the bench, `off` at first."""
        row = qt.QHBoxLayout()
        self.beginButton = qt.QPushButton("Begin")
        self.beginButton.setObjectName(f"{prefix}BeginButton")
        self.beginButton.setToolTip(help)
        self.beginButton.connect("clicked(bool)", self._begin)
        row.addWidget(self.beginButton)
        self.stateLabel = qt.QLabel(off)
        self.stateLabel.setObjectName(f"{prefix}StateLabel")
        self.stateLabel.setWordWrap(True)
        self.stateLabel.setToolTip("What is on the bench now.")
        row.addWidget(self.stateLabel, 1)
        layout.addLayout(row)

    def _showViews(self, views: Sequence[str]) -> None:
        """Show the views of a generator that was begun here; none of one that was not."""
        if views and self._wantsViews:
            # After all others have heard of the experiment: the panes must know what suits it.
            qt.QTimer.singleShot(0, lambda: self.bench.views.show(views))
        self._wantsViews = False

    def _lay(self, values: Mapping[str, Any], *, anew: bool = False) -> None:
        """Lay a generator on the bench, or change the one there if it can go on learning so.

        Args:
            values: of the form.
            anew: whether it begins anew even where it could go on.
        """
        spec, before = self._spec(values), self.bench.spec.get("generate") or {}
        usual = {name: field.default for name, field in self.form.fields.items()}
        known = {**usual, **before}
        changed = {name: value for name, value in spec.items() if known.get(name) != value}
        live = model_class(spec["model"]).Settings.LIVE
        if changed and not anew and set(changed) <= set(live):
            self.bench.changeGeneratorLive(**changed)
        else:
            self.bench.change(generate=spec)

    def _begin(self, *_) -> None:
        if self.form.problem:
            self.bench.troubled(self.form.problem)
            return
        self._wantsViews = True
        self._changed(self.form.values)
        if self._isChosen():
            self.bench.reset()

    def _isChosen(self) -> bool:
        return self.bench.spec.get("generate") == self._spec(self.form.values)
