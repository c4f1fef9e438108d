"""What the record of a patient says of a bleed."""

from collections.abc import Iterable
from typing import Any, Final

from iph._bound import Bound
from iph._options import instance
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._bleeding_rules import BleedingRule
from iph.scales._isth_bleeding import ISTH_BLEEDING
from iph.scales._measure import Number

__all__ = ["recorded_bleeding"]

# What leaves open whether something else was done as well.
_OPEN: Final = frozenset({"other", "unknown", "medical_unspecified"})
_NO_INTERVENTION: Final = frozenset({"analgesic", "rehabilitation"})
_RETROPERITONEAL: Final = "retroperitoneal"


def recorded_bleeding(
    patient: object, rule: BleedingRule[Any] = ISTH_BLEEDING
) -> dict[str, bool | Number | Bound | None]:
    """Read from a patient's record what a definition of bleeding asks for.

    What is known of this bleed without looking it up again?

    Parameters
    ----------
    patient : object
        What has the fields of `iph.Patient`. A field that bears the name of a finding,
        such as ``hemoglobin_fall_g_l`` or a ``transfused_units`` of the study's own,
        goes before what is derived.
    rule : BleedingRule, default ISTH_BLEEDING
        The definition.

    Returns
    -------
    dict
        Every finding of the rule; None where the record does not tell. Add what you
        know and give it to `BleedingRule.findings`.

    Raises
    ------
    InputError
        If it has none of the fields of a patient.

    Notes
    -----
    A retroperitoneal hematoma is at a critical site; of one within a muscle the record
    does not tell, since no compartment syndrome is in it.
    A patient seen at a visit after day 0 and not recorded as dead had no fatal bleed; a
    death may have another cause, so it stays open.
    Red cells among the treatments are one unit or more; where the treatments are listed
    without them, and without "other" or "unknown", there were none.
    A number of days from onset to admission says that the patient was in the hospital,
    and CT or MRI that the bleed was evaluated.
    An operation to evacuate a hematoma may or may not have been for control of the
    bleeding, and stays open.

    Examples
    --------
    >>> from iph import Hematoma, Patient
    >>> from iph.scales import ISTH_BLEEDING, recorded_bleeding
    >>> patient = Patient(
    ...     patient_id="P01",
    ...     symptom_days=2,
    ...     hematoma=Hematoma(muscle="iliacus"),
    ...     treatments=["vitamin_k1", "red_cells"],
    ... )
    >>> known = recorded_bleeding(patient)
    >>> known["transfused_units"], known["critical_site"]
    (Bound(operator='>=', value=1.0), None)
    >>> ISTH_BLEEDING.findings({**known, "hemoglobin_fall_g_l": 26}).grade
    <ISTHBleeding.MAJOR: 2>
    """
    if not any(hasattr(patient, f) for f in ("treatments", "hematoma", "follow_up")):
        rule_ = "an object with the fields of iph.Patient"
        raise InputError("patient", rule_, patient, "such as hematoma and treatments")
    instance(rule, "rule", BleedingRule, "a rule such as ISTH_BLEEDING")
    done = _words(getattr(patient, "treatments", None))
    whole = done is not None and not done & _OPEN
    derived: dict[str, bool | Number | Bound | None] = {
        "fatal": _fatal(getattr(patient, "follow_up", None)),
        "critical_site": _at_critical_site(getattr(patient, "hematoma", None)),
        "hospitalized": (
            None if is_missing(getattr(patient, "symptom_days", None)) else True
        ),
        "evaluated": _evaluated(getattr(patient, "imaging", None)),
    }
    if done is not None:
        if "red_cells" in done:
            derived["transfused_units"] = Bound(">=", 1)
        elif whole:
            derived["transfused_units"] = 0
        if done - _OPEN - _NO_INTERVENTION:
            derived["medical_intervention"] = True
        elif whole:
            derived["medical_intervention"] = False
        if whole and "surgical_evacuation" not in done:
            derived["surgery_for_control"] = False
    if derived["fatal"] is False:
        derived |= {"fatal_definite": False, "fatal_probable": False}
    found: dict[str, bool | Number | Bound | None] = {}
    for name in rule.inputs:
        own = getattr(patient, name, None)
        found[name] = derived.get(name) if is_missing(own) else own
    return found


def _words(values: Iterable[object] | None) -> frozenset[str] | None:
    """Return the codes of a set of categories."""
    if values is None:
        return None
    return frozenset(str(getattr(value, "value", value)) for value in values)


def _fatal(follow_up: object) -> bool | None:
    died_day = getattr(follow_up, "died_day", None)
    if getattr(follow_up, "died", None) is True or not is_missing(died_day):
        return None
    seen = getattr(follow_up, "assessments", ())
    days = [getattr(one, "day", None) for one in seen]
    return False if any(day is not None and day > 0 for day in days) else None


def _at_critical_site(hematoma: object) -> bool | None:
    muscle = getattr(hematoma, "muscle", None)
    return True if getattr(muscle, "value", muscle) == _RETROPERITONEAL else None


def _evaluated(imaging: object) -> bool | None:
    tests = [getattr(imaging, name, None) for name in ("ct", "mri")]
    words = {str(getattr(test, "value", test)) for test in tests}
    return True if words & {"yes", "no"} else None
