"""Pictures for people: slices with letters, and everything on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.volumes import VolumeRow

# The letters at the left and at the upper edge of a slice, in the radiological convention.
EDGES = {"axial": ("R", "A"), "sagittal": ("A", "S"), "coronal": ("R", "S")}

INK = (235, 235, 235)
FAINT = (165, 170, 178)
PAPER = (14, 16, 20)
GAP = 6
COLUMNS = 4
HEADING = 58
FOOTING = 44


@dataclass(frozen=True)
class Swatch:
    """A colour and what it stands for.

    Attributes:
        colour: red, green, blue, 0 to 1, as Slicer has them.
        title: the segment's name.
        millilitres: its volume.
    """

    colour: tuple[float, float, float]
    title: str
    millilitres: float


def annotated(picture: Image.Image, title: str, orientation: str | None = None) -> Image.Image:
    """Return a copy of a picture with its title and the letters of its edges."""
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    draw.text((12, 9), title, INK, _font(19))
    if orientation:
        left, top = EDGES[orientation]
        draw.text((12, height // 2), left, INK, _font(18), anchor="lm")
        draw.text((width // 2, 10), top, INK, _font(18), anchor="mt")
    return picture


def sheet(
    tiles: Sequence[Image.Image],
    heading: str,
    footing: str,
    swatches: Sequence[Swatch],
    rows: Sequence[VolumeRow],
) -> Image.Image:
    """Return one picture with all tiles, and the legend as the last of them.

    Args:
        tiles: pictures of one size, in reading order.
        heading: the line above.
        footing: the line below.
        swatches: the colours' meaning.
        rows: volumes to list under the colours.
    """
    size = tiles[0].width
    everything = [*tiles, _legend(size, swatches, rows)]
    lines = -(-len(everything) // COLUMNS)
    width = COLUMNS * size + (COLUMNS + 1) * GAP
    height = HEADING + lines * (size + GAP) + FOOTING
    page = Image.new("RGB", (width, height), PAPER)
    for number, tile in enumerate(everything):
        line, column = divmod(number, COLUMNS)
        page.paste(tile, (GAP + column * (size + GAP), HEADING + line * (size + GAP)))
    draw = ImageDraw.Draw(page)
    draw.text((GAP + 12, HEADING / 2), heading, INK, _font(26), anchor="lm")
    draw.text((GAP + 12, height - FOOTING / 2 - 2), footing, FAINT, _font(18), anchor="lm")
    return page


def _legend(size: int, swatches: Sequence[Swatch], rows: Sequence[VolumeRow]) -> Image.Image:
    tile = Image.new("RGB", (size, size), PAPER)
    draw = ImageDraw.Draw(tile)
    y = size // 9
    for swatch in swatches:
        colour = tuple(round(255 * part) for part in swatch.colour)
        draw.rounded_rectangle((24, y - 13, 50, y + 13), 5, fill=colour)
        draw.text((64, y), swatch.title, INK, _font(21), anchor="lm")
        draw.text((size - 24, y), f"{swatch.millilitres:.1f} ml", INK, _font(21), anchor="rm")
        y += 44
    y += 4
    draw.line((24, y - 14, size - 24, y - 14), FAINT)
    y += 14
    for row in rows:
        draw.text((24, y), f"{row.title} ({row.code})", FAINT, _font(19), anchor="lm")
        draw.text((size - 24, y), f"{row.millilitres:.1f} ml", FAINT, _font(19), anchor="rm")
        y += 36
    return tile


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
