"""Laying an autoencoder of the scan's slices on the bench."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.scan_runs import CopyRun
from ELMEDPlaygroundWidgets.slices_run import subjectsOf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench
    from ELMEDPlaygroundWidgets.scan_work import ScanWork
    from ELMEDPlaygroundWidgets.slices_run import SlicesWish

MODEL = "slices-vae"
VIEWS = ("slices-walk",)
SEGMENT = "the segment"
BEGUN = "An autoencoder with a plane for its latent space is on the bench. Press Run, and walk."


class SlicesBench:
    """Copies volumes for the experiment, and shows its views when it is there."""

    def __init__(self, bench: Bench, work: ScanWork) -> None:
        self._bench = bench
        self._work = work
        self._folder: Path | None = None
        self._wantsViews = False

    def lay(self, wish: SlicesWish) -> None:
        """Copy what is asked for, and begin the experiment."""
        segments = {} if wish.segment is None else {SEGMENT: wish.segment}

        def copied(files: dict[str, str]) -> str:
            self.forget()
            self._folder = Path(next(iter(files.values()))).parent
            labels = {"labels": files.pop(SEGMENT)} if segments else {}
            self._wantsViews = True
            self._bench.change(
                generate={
                    "model": MODEL,
                    "subjects": subjectsOf(files, wish.apart, labels),
                    "plane": wish.settings["plane"],
                    "seed": wish.settings["seed"],
                }
            )
            return BEGUN

        self._work.start(
            lambda worker, onProgress, onEnd: CopyRun(
                worker, wish.volumes, segments, onProgress, onEnd
            ),
            copied,
        )

    def created(self, summary: Mapping[str, Any]) -> None:
        """Show the plane, where the experiment was begun here."""
        if summary.get("generates") == MODEL and self._wantsViews:
            # After all others have heard of the experiment: the panes must know what suits it.
            qt.QTimer.singleShot(0, lambda: self._bench.views.show(VIEWS))
        self._wantsViews = False

    def forget(self) -> None:
        """Remove the copies of the volumes."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None
