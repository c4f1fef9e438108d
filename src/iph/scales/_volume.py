"""Volume of a hematoma from its three diameters."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, overload

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph._display import Displayed
from iph.errors import InputError
from iph.scales._measure import Column, Number, column, expression, is_column, measured

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["VOLUME_RULES", "VolumeRule", "ellipsoid_volume_ml"]

_LOW: Final = 0.1
_HIGH: Final = 40.0
_HINT: Final = "a diameter in cm; is it in mm? divide by 10"


@attrs.frozen(kw_only=True)
class VolumeRule(Displayed):
    """A volume as a multiple of the product of three diameters.

    Attributes
    ----------
    name : str
        The name of the rule.
    factor : float
        What the product of the diameters is multiplied by.
    reference : str
        Where it is from.
    """

    name: str
    factor: float
    reference: str

    def expr(
        self, a: "str | nw.Expr", b: "str | nw.Expr", c: "str | nw.Expr"
    ) -> "nw.Expr":
        """Return the volume of the rows of a data frame or database.

        Parameters
        ----------
        a, b, c : str or narwhals expression
            The columns of the three diameters. Units: cm.

        Returns
        -------
        narwhals expression
            The volume in mL; null where a diameter is missing or outside 0.1 to 40 cm.
        """
        import narwhals.stable.v2 as nw

        sides = [expression(x, n) for x, n in ((a, "a"), (b, "b"), (c, "c"))]
        first, second, third = sides
        legal = (first - first) == 0  # false for NaN, see Cutpoints
        for side in sides:
            legal = legal & ((side - side) == 0) & (side >= _LOW) & (side <= _HIGH)
        # Times 1.0, so that whole centimeters do not make an integer column.
        return nw.when(legal).then(first * 1.0 * second * third * self.factor)


VOLUME_RULES: Final[Mapping[str, VolumeRule]] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            VolumeRule(
                name="ellipsoid",
                factor=math.pi / 6,
                reference="geometry: 4/3 pi (a/2) (b/2) (c/2)",
            ),
            VolumeRule(
                name="abc/2",
                factor=1 / 2,
                reference=(
                    "Kothari RU, et al. Stroke 1996;27:1304-1305. "
                    "doi:10.1161/01.STR.27.8.1304"
                ),
            ),
            VolumeRule(
                name="abc/3",
                factor=1 / 3,
                reference=(
                    "Huttner HB, et al. Stroke 2006;37:404-408. "
                    "doi:10.1161/01.STR.0000198806.67472.5c"
                ),
            ),
        )
    }
)


@overload
def ellipsoid_volume_ml(
    a: Number | None, b: Number | None, c: Number | None, *, rule: str = ...
) -> float | None: ...
@overload
def ellipsoid_volume_ml(
    a: Column, b: Column, c: Column, *, rule: str = ...
) -> npt.NDArray[np.float64]: ...
def ellipsoid_volume_ml(
    a: Number | Column | None,
    b: Number | Column | None,
    c: Number | Column | None,
    *,
    rule: str = "ellipsoid",
) -> float | npt.NDArray[np.float64] | None:
    """Estimate the volume of a hematoma from three diameters at right angles.

    How large is the hematoma, if all that the report gives is its length, width and
    depth?

    Parameters
    ----------
    a, b, c : number, None, or sequence of them
        The diameters, in any order. Units: cm, from 0.1 to 40. None or NaN where one
        was not measured.
    rule : {"ellipsoid", "abc/2", "abc/3"}, default "ellipsoid"
        One of `VOLUME_RULES`: pi/6, 1/2 or 1/3 of the product of the diameters.

    Returns
    -------
    float, None, or array of float
        The volume in mL; None (in an array NaN) where a diameter is missing.

    Raises
    ------
    InputError
        If a diameter is out of range, or no number, the lengths differ, or the rule is
        not known.

    Notes
    -----
    ABC/2 [1]_ is the ellipsoid with pi set to 3, 4.5 percent less; ABC/3 [2]_ was
    proposed for irregular and separated bleeds under anticoagulants.
    Both come from hematomas of the brain; none was found validated for the iliopsoas.

    The muscle is long, and a diameter is often given in two planes alone, so take the
    answer as an order of magnitude: in one published patient with a hematoma of
    8 x 5 x 7 cm, 400 mL were evacuated, where the ellipsoid gives 147 mL.
    Do not mix volumes by formula with measured or evacuated ones.

    References
    ----------
    .. [1] Kothari RU, et al. The ABCs of measuring intracerebral hemorrhage volumes.
       Stroke 1996;27:1304-1305. doi:10.1161/01.STR.27.8.1304
    .. [2] Huttner HB, et al. Comparison of ABC/2 estimation technique to
       computer-assisted planimetric analysis in warfarin-related intracerebral
       parenchymal hemorrhage. Stroke 2006;37:404-408.
       doi:10.1161/01.STR.0000198806.67472.5c

    Examples
    --------
    >>> from iph.scales import ellipsoid_volume_ml
    >>> print(f"{ellipsoid_volume_ml(8, 5, 7):.0f} mL")
    147 mL
    >>> print(f"{ellipsoid_volume_ml(8, 5, 7, rule='abc/2'):.0f} mL")
    140 mL
    """
    factor = VOLUME_RULES[one_of(rule, "rule", tuple(VOLUME_RULES))].factor
    single = True
    volume = np.array([factor])
    for name, side in (("a", a), ("b", b), ("c", c)):
        if is_column(side, name):
            single = False
            values = column(side, name, low=_LOW, high=_HIGH, hint=_HINT)  # type: ignore[arg-type] # is_column says so
        else:
            values = np.array([measured(side, name, low=_LOW, high=_HIGH, hint=_HINT)])
        if volume.size != values.size and 1 not in {volume.size, values.size}:
            raise InputError(name, f"as long as a ({volume.size})", values.size)
        volume = volume * values
    if single:
        return None if np.isnan(volume[0]) else float(volume[0])
    return volume
