"""Planning: how many patients, what power, and how wide an interval will be.

- `_outcomes`: what a plan assumes of the patients of each arm.
- `_rank_sum`, `_two_shares`, `_pairs`: all outcomes of a study, enumerated.
- `_simulated`: outcomes drawn where they are too many.
- `_power`, `_sample_size`, `_precision`: the questions of an ethics form.
- `_sentences`: the answers in words.
"""

from iph.design._outcomes import proportional_odds
from iph.design._power import Power, power
from iph.design._precision import Precision, precision
from iph.design._sample_size import Detectable, SampleSize, detectable, sample_size
from iph.design._sentences import sentence

__all__ = [
    "Detectable",
    "Power",
    "Precision",
    "SampleSize",
    "detectable",
    "power",
    "precision",
    "proportional_odds",
    "sample_size",
    "sentence",
]
