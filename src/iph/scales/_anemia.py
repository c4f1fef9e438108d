"""Anemia by hemoglobin, sex, age and pregnancy."""

import enum

from iph.scales._grade import Grade

__all__ = ["AnemiaGrade", "Pregnancy"]


class Pregnancy(enum.Enum):
    """Whether, and in which trimester, a patient is pregnant."""

    NOT_PREGNANT = "not_pregnant"
    TRIMESTER_1 = "trimester_1"
    TRIMESTER_2 = "trimester_2"
    TRIMESTER_3 = "trimester_3"


class AnemiaGrade(Grade):
    """How severe an anemia is: none, mild, moderate, severe, very severe."""

    NONE = (0, "0", "none", "hemoglobin at or above the limit of the group")
    MILD = (1, "1", "mild", "mild anemia")
    MODERATE = (2, "2", "moderate", "moderate anemia")
    SEVERE = (3, "3", "severe", "severe anemia")
    VERY_SEVERE = (4, "4", "very severe", "very severe anemia, a level in China alone")
