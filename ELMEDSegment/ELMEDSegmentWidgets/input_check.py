"""The chosen volumes, looked at before a run: what was found, and what will be done about it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import qt

from ELMEDLib.bridge.volumes import imageFromVolume
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.inputs.findings import NOTE, PROBLEM, WARNING, Finding
from ELMEDSegmentLib.inputs.study import default_reference
from ELMEDSegmentLib.inputs.study_checks import findings_of
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentWidgets.background import Background
from ELMEDSegmentWidgets.study_volumes import factsOf

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import Any

    import slicer

    Volumes = Mapping[str, slicer.vtkMRMLScalarVolumeNode]

SETTLED_MS = 200
"""A user who fills four selectors shall not wait for three checks of what is incomplete."""

MARKS = {PROBLEM: ("✖", "#b00020"), WARNING: ("⚠", "#9a5b00"), NOTE: ("ℹ", "#1b5e92")}
"""Sign and colour of each severity; colours that can be read on light and dark windows."""

NOTHING_UNUSUAL = "✓ Checked: nothing unusual about these volumes."
CHECKING = "Looking at the chosen volumes..."


class InputCheck:
    """Shows findings in a label, whenever the chosen volumes have changed."""

    def __init__(self, label: Any, checked: Callable[[], None]) -> None:
        """Prepare the check.

        Args:
            label: shows the findings.
            checked: called when there are new findings.
        """
        self.findings: tuple[Finding, ...] = ()
        self._label = label
        self._checked = checked
        self._key: tuple = ()
        self._volumes: dict[str, Any] = {}
        self._preparing = True
        self._workingMm: float | None = None
        self._looking = Background()
        self._waiting = qt.QTimer()
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(SETTLED_MS)
        self._waiting.connect("timeout()", self._start)
        self.forget()

    @property
    def busy(self) -> bool:
        """Whether the findings are still to come."""
        return self._looking.running or self._waiting.isActive()

    @property
    def problem(self) -> str:
        """What keeps the volumes from being segmented, "" when nothing does."""
        return next((str(each) for each in self.findings if each.severity == PROBLEM), "")

    def look(
        self, volumes: Volumes, missing: str, preparing: bool, workingMm: float | None = None
    ) -> None:
        """Look at the chosen volumes unless they have been looked at.

        Args:
            volumes: node by channel; fewer than two are not looked at.
            missing: the channel that the model does without, "" when all are there.
            preparing: whether volumes are registered and resampled where needed.
            workingMm: voxel size that the model works on, None where it is not known.
        """
        key = (missing, preparing, workingMm, *(_key(name, node) for name, node in volumes.items()))
        if key == self._key:
            return
        self.forget()
        if len(volumes) < 2:  # noqa: PLR2004
            return
        self._key, self._volumes, self._preparing = key, dict(volumes), preparing
        self._missing, self._workingMm = missing, workingMm
        self._label.text = CHECKING
        self._label.visible = True
        self._waiting.start()

    def forget(self) -> None:
        """Show nothing: there is nothing to look at."""
        self._waiting.stop()
        self._looking.cancel()
        self.findings, self._key, self._volumes = (), (), {}
        self._missing = ""
        self._label.text = ""
        self._label.visible = False

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.forget()
        self._looking.cleanup()

    def _start(self) -> None:
        self._looking.start(self._steps(), self._show)

    def _steps(self) -> Generator[None, None, tuple[Finding, ...]]:
        images, acquired = {}, {}
        for channel, node in self._volumes.items():
            images[channel] = imageFromVolume(node)
            facts = factsOf(node)
            if facts and facts.acquired:
                acquired[channel] = facts.acquired
            yield
        reference = default_reference(images)

        def check() -> tuple[Finding, ...]:
            return findings_of(
                images,
                reference,
                preparing=self._preparing,
                acquired=acquired,
                working_mm=self._workingMm,
            )

        return (yield from self._looking.inThread(check))

    def _show(self, answer: tuple[Finding, ...] | ELMEDError) -> None:
        if isinstance(answer, ELMEDError):
            found = [Finding(PROBLEM, "values", answer.message, answer.advice)]
        else:
            found = list(answer)
        if self._missing:
            found.insert(0, _withoutOne(self._missing))
        self.findings = tuple(found)
        self._label.text = "<br>".join(map(_line, found)) if found else NOTHING_UNUSUAL
        self._label.visible = True
        self._checked()


def _key(channel: str, node: slicer.vtkMRMLScalarVolumeNode) -> tuple:
    data = node.GetImageData()
    transform = node.GetTransformNodeID() or ""
    geometry = (*node.GetSpacing(), *node.GetOrigin())
    return channel, node.GetID(), data.GetMTime() if data else 0, transform, geometry


def _withoutOne(channel: str) -> Finding:
    return Finding(
        WARNING,
        "missing",
        f"There is no {CHANNEL_TITLES[channel]} volume.",
        "This model works without it; the result is less exact than with all contrasts.",
        (channel,),
    )


def _line(finding: Finding) -> str:
    sign, colour = MARKS[finding.severity]
    sentence, action = html.escape(finding.sentence), html.escape(finding.action)
    return f'<span style="color:{colour}">{sign}</span> {sentence} <i>{action}</i>'
