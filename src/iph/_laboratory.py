"""Blood count and clotting tests at admission."""

from collections.abc import Iterable

import attrs

from iph import _fields
from iph._bound import Bound
from iph.scales._reference_ranges import ReferenceRange, one_each


def _ranges(values: Iterable[ReferenceRange]) -> tuple[ReferenceRange, ...]:
    name = "reference_ranges"
    return one_each(_fields.sequence_of(values, ReferenceRange, name), name)


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Laboratory:
    """Blood count and clotting tests at admission; None where not measured.

    A result beyond what the laboratory measures is a `Bound`, such as an INR ">8".

    Attributes
    ----------
    hemoglobin_g_l : float, Bound or None
        Hemoglobin. Units: g/L.
    platelets_10e9_l : float, Bound or None
        Platelets. Units: 10^9/L.
    pt_s, aptt_s, tt_s : float, Bound or None
        Prothrombin, activated partial thromboplastin and thrombin time. Units: s.
    inr : float, Bound or None
        International normalized ratio.
    fibrinogen_g_l : float, Bound or None
        Fibrinogen. Units: g/L.
    factor_viii_percent, factor_ix_percent, factor_xi_percent : float, Bound or None
        Factor activity. Units: % of normal (IU/dL).
    reference_ranges : tuple of ReferenceRange
        The laboratory's own ranges, where known; they go before the defaults.

    Raises
    ------
    FieldError
        If a value is outside the plausible bounds, with a hint at the unit.
    InputError
        If there are two ranges of one test.

    Examples
    --------
    >>> from iph import Laboratory
    >>> Laboratory(hemoglobin_g_l=13.0)
    Traceback (most recent call last):
    iph.errors.FieldError: hemoglobin_g_l must be a number from 20 to 250 g/L, got 13.0; is it in g/dL? (130 g/L)
    """  # noqa: E501 - the message is one line

    hemoglobin_g_l: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Hemoglobin",
            unit="g/L",
            ucum="g/L",
            low=20,
            high=250,
            step="0.1",
            other_units={"g/dL": 10, "mmol/L": "16.114"},
            loinc="718-7",
            bounded=True,
        ),
    )
    platelets_10e9_l: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Platelets",
            unit="10^9/L",
            ucum="10*9/L",
            low=1,
            high=2000,
            step="0.1",
            other_units={"cells per microliter": "0.001"},
            loinc="777-3",
            bounded=True,
        ),
    )
    pt_s: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Prothrombin time",
            unit="s",
            ucum="s",
            low=5,
            high=300,
            step="0.1",
            loinc="5902-2",
            bounded=True,
        ),
    )
    inr: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "INR",
            ucum="{INR}",
            low=0.5,
            high=30,
            step="0.01",
            loinc="6301-6",
            bounded=True,
        ),
    )
    aptt_s: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "APTT",
            unit="s",
            ucum="s",
            low=10,
            high=400,
            step="0.1",
            loinc="14979-9",
            bounded=True,
        ),
    )
    tt_s: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Thrombin time",
            unit="s",
            ucum="s",
            low=5,
            high=300,
            step="0.1",
            loinc="3243-3",
            bounded=True,
        ),
    )
    fibrinogen_g_l: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Fibrinogen",
            unit="g/L",
            ucum="g/L",
            low=0,
            high=15,
            step="0.01",
            other_units={"mg/dL": "0.01"},
            loinc="3255-7",
            bounded=True,
        ),
    )
    factor_viii_percent: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Factor VIII activity",
            unit="%",
            ucum="%",
            low=0,
            high=600,
            step="0.1",
            other_units={"IU/mL": 100},
            loinc="3209-4",
            bounded=True,
        ),
    )
    factor_ix_percent: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Factor IX activity",
            unit="%",
            ucum="%",
            low=0,
            high=600,
            step="0.1",
            other_units={"IU/mL": 100},
            loinc="3187-2",
            bounded=True,
        ),
    )
    factor_xi_percent: float | Bound | None = attrs.field(
        default=None,
        converter=_fields.number_or_bound,
        metadata=_fields.quantity(
            "Factor XI activity",
            unit="%",
            ucum="%",
            low=0,
            high=600,
            step="0.1",
            other_units={"IU/mL": 100},
            loinc="3226-8",
            bounded=True,
        ),
    )
    reference_ranges: tuple[ReferenceRange, ...] = attrs.field(
        default=(), converter=_ranges
    )
