"""What every view of an experiment is to the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import qt


class View:
    """One way to look at a network while it learns.

    The panel asks `suits` when data or network change, sends `request` to the worker with each
    frame while the view is on screen, and hands the answer to `show`. A view never asks the worker
    itself: when its own choices change (a layer, an image), it calls `changed`, and the panel
    fetches what `request` then says.

    The class attributes:
        name: of the engine's view that answers (a key of `ELMEDPlaygroundLib.views.VIEWS`).
        title: what its tab says; two or three words.
        help: one sentence: what is to be seen, and what to look for.
    """

    name = ""
    title = ""
    help = ""

    def __init__(self) -> None:
        """Make the widget; nothing is shown yet."""
        self.widget: Any = None
        self.onChange: Callable[[], None] | None = None
        """Set by the panel."""

    def suits(self, summary: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for subclasses
        """Tell whether the view makes sense for the data and the network.

        Args:
            summary: what the worker said of the experiment when it was created; among others
                `input_shape` (list: one number for points, channel, y, x for images), `classes`
                (list of names) and `layers` (list of {name, kind, shape, parameters}, in order).
                A view that lets the user choose a layer takes up the names here.
        """
        return True

    def request(self) -> dict[str, Any]:
        """Return the options for the engine's view function; what JSON can carry."""
        return {}

    def show(self, data: Mapping[str, Any]) -> None:
        """Draw what the engine's view function returned; arrays are numpy arrays again."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget what was drawn: the experiment is another one now."""

    def picture(self) -> qt.QImage:
        """Return what is shown, for an export."""
        return self.widget.grab().toImage()

    def changed(self) -> None:
        """Tell the panel that a choice of the view has changed, so that it fetches it anew."""
        if self.onChange is not None:
            self.onChange()
