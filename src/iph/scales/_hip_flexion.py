"""Hip flexion in three grades, from the bins of the Harris hip score."""

from iph.scales._grade import Grade

__all__ = ["HipFlexionGrade"]


class HipFlexionGrade(Grade):
    """Flexion of the hip in three grades: 1 (least) to 3 (90 degrees and above)."""

    BELOW_45 = (1, "1", "below 45°", "flexion below 45 degrees")
    FROM_45 = (2, "2", "45° to below 90°", "flexion from 45 to below 90 degrees")
    FROM_90 = (3, "3", "90° and above", "flexion of 90 degrees and above")
