"""Pictures that customers send, drawn here so that none ships with the program."""

import functools
import io

type Colour = tuple[int, int, int]
type FilledRectangle = tuple[int, int, int, int, Colour]
"""Filled rectangle: left, top, right, bottom in pixels, and its colour."""

_PAPER: Colour = (236, 232, 224)
_CARTON: Colour = (196, 150, 96)
_CARTON_DARK: Colour = (162, 118, 70)
_TAPE: Colour = (226, 205, 160)
_TEAR: Colour = (74, 58, 46)
_LABEL: Colour = (250, 250, 248)
_INK: Colour = (60, 64, 70)

_TORN_BOX: tuple[FilledRectangle, ...] = (
    (60, 70, 300, 230, _CARTON),
    (60, 70, 300, 96, _CARTON_DARK),
    (166, 70, 194, 230, _TAPE),
    (214, 120, 288, 176, _LABEL),
    (222, 130, 280, 136, _INK),
    (222, 144, 266, 150, _INK),
    (222, 158, 274, 164, _INK),
    (60, 180, 108, 230, _TEAR),
    (60, 160, 84, 180, _TEAR),
    (108, 206, 124, 230, _TEAR),
)

_COVER: tuple[FilledRectangle, ...] = (
    (0, 0, 520, 416, (226, 244, 233)),
    (150, 110, 370, 320, (10, 138, 79)),
    (190, 70, 206, 150, (7, 131, 74)),
    (314, 70, 330, 150, (7, 131, 74)),
    (190, 70, 330, 86, (7, 131, 74)),
)


def torn_box() -> bytes:
    """Draw a parcel with a torn corner, as a PNG of 360 by 280."""
    return _png(360, 280, _PAPER, _TORN_BOX)


def cover() -> bytes:
    """Draw a shopping bag for mini-program cards, as a PNG of 520 by 416."""
    return _png(520, 416, _PAPER, _COVER)


@functools.cache
def _png(width: int, height: int, ground: Colour, boxes: tuple[FilledRectangle, ...]) -> bytes:
    from PIL import Image  # here, because what only sends pictures needs none of these

    image, out = Image.new("RGB", (width, height), ground), io.BytesIO()
    for left, top, right, bottom, colour in boxes:
        image.paste(colour, (left, top, right, bottom))
    image.save(out, "PNG")
    return out.getvalue()
