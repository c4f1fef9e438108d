"""Planning: how many patients, what power, and how wide an interval will be.

- `_outcomes`, `_courses`: what a plan assumes of the patients of each arm.
- `_planned_tests`: the tests; by kind `_course_tests`, `_margin_tests`, `_rater_tests`
  and `_recovery_tests`, each with what "no difference" means.
- `_rank_sum`, `_fisher_region`, `_two_shares`, `_signs`: all outcomes at once, for the
  tests of two arms and of signs.
- `_chances`: which of them is significant, summed, or drawn where they are too many.
- `_power`, `_sample_size`, `_detectable`, `_precision`: what an ethics form asks.
- `_differences`: what one number, the difference looked for, makes of the arms.
- `_planning_values`, `_curves`: what to assume, and how much hangs on it.
- `_sentences`: the answers in words.
- `_analysis_plan`, `_plan_items`, `_plan_shells`: the plan of an analysis, what it lays
  down, and its tables before they are filled; `_plan_file` keeps it.
"""

from iph.design._analysis_plan import Deviation, Plan, plan
from iph.design._courses import Courses, courses
from iph.design._curves import PowerCurves, power_curves
from iph.design._detectable import Detectable, detectable
from iph.design._outcomes import proportional_odds
from iph.design._plan_file import read_plan_file, write_plan_file
from iph.design._plan_items import PlanItem
from iph.design._plan_shells import Shell
from iph.design._planning_values import PlanningValues, planning_values
from iph.design._power import Power, power
from iph.design._precision import Precision, precision
from iph.design._sample_size import SampleSize, sample_size
from iph.design._sentences import sentence

__all__ = [
    "Courses",
    "Detectable",
    "Deviation",
    "Plan",
    "PlanItem",
    "PlanningValues",
    "Power",
    "PowerCurves",
    "Precision",
    "SampleSize",
    "Shell",
    "courses",
    "detectable",
    "plan",
    "planning_values",
    "power",
    "power_curves",
    "precision",
    "proportional_odds",
    "read_plan_file",
    "sample_size",
    "sentence",
    "write_plan_file",
]
