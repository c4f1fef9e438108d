"""The criteria of Li et al. 2023, as printed, with how each is read."""

from typing import Final, Literal

from iph._checks import one_of
from iph.criteria._criterion import Criteria, Criterion
from iph.criteria._rules import AllOf, Answered, AnyOf, Compare, HasAny, Not, OneOf

REFERENCE: Final = (
    "Li F, Peng M, Gong G, Ren C, Ou C, Zhang Y. Clinical case analysis of iliopsoas "
    "hematoma causing with femoral nerve compression. Research Square 2023. "
    "doi:10.21203/rs.3.rs-3346582/v1"
)

_AGE = Criterion("I1", "age > 14 years", Compare("age_years", ">", 14))
_CT = Criterion(
    "I2",
    "CT scan displaying hematoma characteristics",
    OneOf("ct", "yes"),
    reading="a scan that was not done displays nothing: not met",
)
_MRI = Criterion(
    "I3",
    "MRI findings indicating hematoma characteristics",
    OneOf("mri", "yes"),
    reading="an examination that was not done indicates nothing: not met",
)
_SURGERY = Criterion(
    "I4",
    "hematoma confirmed via surgical exploration",
    OneOf("surgical_confirmation", "yes"),
    reading="a patient who was not operated on: not met",
)
_CONFIRMED = Criterion(
    "I2-I4",
    "hematoma on CT, on MRI, or at surgical exploration",
    AnyOf((_CT.rule, _MRI.rule, _SURGERY.rule)),
    reading=(
        "the printed list asks for all of CT, MRI and operation, but 25 of the 28 "
        "patients included were never operated on, so any one of them is enough"
    ),
)

_EXCLUDE: Final = (
    Criterion(
        "E1",
        "incomplete medical records",
        Answered("records_complete", answer=False),
    ),
    Criterion(
        "E2",
        "hematoma involving other areas",
        Answered("other_areas", answer=True),
    ),
    Criterion(
        "E3",
        "retroperitoneal hematoma not causing femoral nerve compression",
        AllOf((OneOf("muscle", "retroperitoneal"), OneOf("femoral", "spared"))),
        reading="a hematoma within a muscle does not fall under it",
    ),
    Criterion(
        "E4",
        "accompanying lesions such as iliopsoas cyst, infection or tumor",
        HasAny("associated_lesions", ("cyst", "infection", "tumor", "other")),
        reading='"such as": any other recorded lesion counts as well',
    ),
    Criterion(
        "E5",
        "isolated lower limb neuropathic pain without hematoma",
        Answered("hematoma_present", answer=False),
    ),
    Criterion(
        "E6",
        "no CT or MRI, or imaging unavailable",
        AnyOf(
            (
                Answered("imaging_available", answer=False, missing_is_unmet=True),
                AllOf(
                    (
                        OneOf("ct", "not_done"),
                        OneOf("mri", "not_done"),
                        Not(
                            Answered(
                                "imaging_available", answer=True, missing_is_unmet=True
                            )
                        ),
                    )
                ),
            )
        ),
        reading=(
            "stated to be unavailable, or neither CT nor MRI done; an examination "
            "with a finding was available"
        ),
    ),
    Criterion(
        "E7",
        "lost to follow-up",
        Answered("lost_to_follow_up", answer=True),
    ),
)


def li_2023(*, confirmation: Literal["any", "all"] = "any") -> Criteria:
    """Return the four inclusion and seven exclusion criteria of Li et al. 2023.

    Parameters
    ----------
    confirmation : {"any", "all"}
        How the printed inclusion criteria (2) CT, (3) MRI and (4) surgical exploration
        are read. ``"any"``: one of them is enough. ``"all"``: as printed, each is
        required; then none of the 25 patients treated without surgery could have been
        included.

    Returns
    -------
    Criteria
        `LI_2023` or `LI_2023_AS_PRINTED`.

    References
    ----------
    .. [1] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.criteria import li_2023
    >>> [criterion.code for criterion in li_2023(confirmation="all").include]
    ['I1', 'I2', 'I3', 'I4']
    >>> li_2023().include[1].statement
    'hematoma on CT, on MRI, or at surgical exploration'
    """
    one_of(confirmation, "confirmation", ("any", "all"))
    return LI_2023 if confirmation == "any" else LI_2023_AS_PRINTED


LI_2023: Final = Criteria(
    name="Li 2023",
    include=(_AGE, _CONFIRMED),
    exclude=_EXCLUDE,
    reference=REFERENCE,
)
LI_2023_AS_PRINTED: Final = Criteria(
    name="Li 2023, as printed",
    include=(_AGE, _CT, _MRI, _SURGERY),
    exclude=_EXCLUDE,
    reference=REFERENCE,
)
