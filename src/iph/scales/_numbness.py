"""Numbness by the Barrow Neurological Institute scale."""

from typing import Self

from iph._checks import whole
from iph.scales._grade import Grade

__all__ = ["NumbnessGrade"]


class NumbnessGrade(Grade):
    """Numbness of the leg: BNI grade I (none) to IV (very bothersome).

    How numb is the skin that the compressed nerve supplies, and how much does the
    patient mind?

    Attributes
    ----------
    numeral : str
        ``"I"`` to ``"IV"``.
    label : str
        The grade in words.
    meaning : str
        What the patient says.

    Notes
    -----
    The scale was made for numbness of the *face* after radiosurgery for trigeminal
    neuralgia and has not been validated for the leg. The abstract of its first report
    grades pain from I to V and says that numbness was graded similarly [1]_; the
    wording of grades I to IV is that of later reports.
    Dysfunction is grade II or more [2]_.

    Li et al. [3]_ print levels 0 to 3 in their methods and grades I to IV in their
    results.
    The two are the same four levels, one apart (`from_li2023`, `li2023_level`):

    ===========  ===========  ==================================
    Li, methods  BNI, here    integer value of this enumeration
    ===========  ===========  ==================================
    0            I            1
    1            II           2
    2            III          3
    3            IV           4
    ===========  ===========  ==================================

    So a bare "2" in a table is ambiguous: state which of the two it is.

    References
    ----------
    .. [1] Rogers CL, et al. Gamma knife radiosurgery for trigeminal neuralgia: the
       initial experience of the Barrow Neurological Institute. Int J Radiat Oncol
       Biol Phys 2000;47:1013-1019. PMID 10863073.
    .. [2] Matsuda S, Nagano O, Serizawa T, Higuchi Y, Ono J. Trigeminal nerve
       dysfunction after Gamma Knife surgery for trigeminal neuralgia: a detailed
       analysis. J Neurosurg 2010;113 Suppl:184-190.
    .. [3] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.scales import NumbnessGrade
    >>> grade = NumbnessGrade.from_li2023(2)
    >>> grade.numeral, grade.label
    ('III', 'moderate')
    >>> grade.li2023_level
    2
    """

    NONE = (1, "I", "none", "no numbness")
    MILD = (2, "II", "mild", "mild numbness, not bothersome")
    MODERATE = (3, "III", "moderate", "numbness, somewhat bothersome")
    SEVERE = (4, "IV", "severe", "numbness, very bothersome")

    @classmethod
    def from_li2023(cls, level: int) -> Self:
        """Return the grade for a level 0 to 3 of Li et al. 2023.

        Parameters
        ----------
        level : int
            0 none, 1 mild, 2 moderate, 3 severe, as in that paper's methods.

        Returns
        -------
        NumbnessGrade
            The grade, I to IV.

        Raises
        ------
        InputError
            If the level is not a whole number from 0 to 3.
        """
        return cls(whole(level, "level", low=0, high=3) + 1)

    @property
    def li2023_level(self) -> int:
        """The same level counted from 0, as the methods of Li et al. 2023 do."""
        return self.value - 1
