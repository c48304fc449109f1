"""The part of the world that the first `mini` weights learn: fifty subjects, ten motions, twelve backgrounds."""

from vitascope.world import backgrounds, motion, subjects
from vitascope.world.scene import Palette


def palette() -> Palette:
    """One subject a clip, its own colours, by day; the camera moves in a quarter of the clips."""
    return Palette(
        subjects=tuple(s.name for s in subjects.SUBJECTS[:50]),
        motions=tuple(m.name for m in motion.MOTIONS[:10]),
        backgrounds=tuple(b.name for b in backgrounds.BACKGROUNDS[:12]),
        cameras=tuple(c.name for c in motion.CAMERA_MOVES[1:]),
        camera_share=0.25,
        size_share=0.2,
    )
