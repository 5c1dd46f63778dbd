"""What the user is asked before the hub hears of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDPlaygroundLib.large.hub import host_of, site_address
from ELMEDSegmentLib.models.download import megabytes

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = "ELMED Playground"
ASK = (
    "Ask {site} about the model '{model}'?\n\n"
    "The model's name is sent, and nothing else. Nothing is downloaded yet."
)
DOWNLOAD = (
    "Download the model '{model}' from {site}?\n\n"
    "Size: {size}. Licence: {licence}. It is kept on this computer, in your folder of models. "
    "Whether the licence allows what you intend is for you to decide."
)


def site() -> str:
    """Return the site that consent is asked for."""
    return host_of(site_address())


def mayAsk(model: str) -> bool:
    """Ask whether the hub may be asked about a model; its name is all that is sent."""
    return _agrees(ASK.format(site=site(), model=model))


def mayDownload(facts: Mapping[str, Any]) -> bool:
    """Ask whether a model may be downloaded, naming site, size and licence."""
    return _agrees(
        DOWNLOAD.format(
            site=site(),
            model=facts["name"],
            size=sizeText(facts["size_bytes"]),
            licence=facts["licence"],
        )
    )


def sizeText(count: int) -> str:
    """Return a number of bytes for people."""
    return megabytes(count)


def _agrees(question: str) -> bool:
    return bool(slicer.util.confirmOkCancelDisplay(question, windowTitle=TITLE))
