"""Muscle strength by the Medical Research Council scale."""

from iph.scales._grade import Grade

__all__ = ["MRCGrade"]


class MRCGrade(Grade):
    """Strength of a muscle: MRC grade 0 (no contraction) to 5 (normal)."""

    NO_CONTRACTION = (0, "0", "no contraction", "no contraction to be seen or felt")
    TRACE = (1, "1", "trace", "flicker or trace of contraction, no movement")
    GRAVITY_ELIMINATED = (
        2,
        "2",
        "gravity eliminated",
        "active movement once gravity is eliminated",
    )
    AGAINST_GRAVITY = (3, "3", "against gravity", "active movement against gravity")
    AGAINST_RESISTANCE = (
        4,
        "4",
        "against resistance",
        "active movement against gravity and some resistance",
    )
    NORMAL = (5, "5", "normal", "normal strength")
