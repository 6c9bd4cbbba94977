"""Pictures of the simulated customers."""

from wxdesk.paths import resource


def torn_box() -> bytes:
    """A parcel with a torn corner, a PNG of 360 by 280."""
    return resource("sandbox", "torn-box.png").read_bytes()


def cover() -> bytes:
    """A shopping bag for mini-program cards, a PNG of 520 by 416."""
    return resource("sandbox", "cover.png").read_bytes()
