from iph.stats._association.kendall import kendall as kendall
from iph.stats._association.rank_correlation import RankCorrelation as RankCorrelation
from iph.stats._association.spearman import spearman as spearman
from iph.stats._description.describe import Description as Description
from iph.stats._description.describe import describe as describe
from iph.stats._description.location import LocationEstimate as LocationEstimate
from iph.stats._description.location import hodges_lehmann as hodges_lehmann
from iph.stats._description.location import median_interval as median_interval
from iph.stats._description.quartiles import QUANTILE_RULES as QUANTILE_RULES
from iph.stats._description.quartiles import Quartiles as Quartiles
from iph.stats._description.quartiles import SampleQuantile as SampleQuantile
from iph.stats._description.quartiles import quantile as quantile
from iph.stats._description.quartiles import quartiles as quartiles
from iph.stats._groups.dunn import DunnComparison as DunnComparison
from iph.stats._groups.dunn import dunn as dunn
from iph.stats._groups.epsilon_squared import epsilon_squared as epsilon_squared
from iph.stats._groups.jonckheere_terpstra import (
    JonckheereTerpstra as JonckheereTerpstra,
)
from iph.stats._groups.jonckheere_terpstra import (
    jonckheere_terpstra as jonckheere_terpstra,
)
from iph.stats._groups.kruskal_wallis import KruskalWallis as KruskalWallis
from iph.stats._groups.kruskal_wallis import kruskal_wallis as kruskal_wallis
from iph.stats._groups.mann_whitney import MannWhitney as MannWhitney
from iph.stats._groups.mann_whitney import mann_whitney as mann_whitney
from iph.stats._groups.mean_difference import mean_difference as mean_difference
from iph.stats._groups.standardized_difference import (
    standardized_mean_difference as standardized_mean_difference,
)
from iph.stats._groups.standardized_difference import (
    standardized_share_difference as standardized_share_difference,
)
from iph.stats._groups.superiority import cliffs_delta as cliffs_delta
from iph.stats._groups.superiority import (
    probability_of_superiority as probability_of_superiority,
)
from iph.stats._inference.adjust import adjust_p_values as adjust_p_values
from iph.stats._inference.result import Estimate as Estimate
from iph.stats._interval_censored.assumed_days import AssumedDays as AssumedDays
from iph.stats._interval_censored.assumed_days import AssumedMedian as AssumedMedian
from iph.stats._interval_censored.assumed_days import (
    IntervalSensitivity as IntervalSensitivity,
)
from iph.stats._interval_censored.assumed_days import assumed_days as assumed_days
from iph.stats._interval_censored.assumed_days import (
    interval_sensitivity as interval_sensitivity,
)
from iph.stats._interval_censored.interval_logrank import (
    IntervalLogrank as IntervalLogrank,
)
from iph.stats._interval_censored.interval_logrank import (
    interval_logrank as interval_logrank,
)
from iph.stats._interval_censored.recovered_by_visit import (
    RecoveredByVisit as RecoveredByVisit,
)
from iph.stats._interval_censored.recovered_by_visit import (
    recovered_by_visit as recovered_by_visit,
)
from iph.stats._interval_censored.turnbull import QuantileInterval as QuantileInterval
from iph.stats._interval_censored.turnbull import SurvivalBounds as SurvivalBounds
from iph.stats._interval_censored.turnbull import TurnbullEstimate as TurnbullEstimate
from iph.stats._interval_censored.turnbull import turnbull as turnbull
from iph.stats._interval_censored.turnbull_bootstrap import (
    TurnbullBootstrap as TurnbullBootstrap,
)
from iph.stats._interval_censored.turnbull_bootstrap import (
    turnbull_bootstrap as turnbull_bootstrap,
)
from iph.stats._repeated.anova_type import AnovaTypeStatistic as AnovaTypeStatistic
from iph.stats._repeated.anova_type import anova_type_statistic as anova_type_statistic
from iph.stats._repeated.cochran_q import CochranQ as CochranQ
from iph.stats._repeated.cochran_q import cochran_q as cochran_q
from iph.stats._repeated.friedman import Friedman as Friedman
from iph.stats._repeated.friedman import friedman as friedman
from iph.stats._repeated.friedman_pairs import FriedmanComparison as FriedmanComparison
from iph.stats._repeated.friedman_pairs import friedman_pairs as friedman_pairs
from iph.stats._repeated.kendalls_w import kendalls_w as kendalls_w
from iph.stats._repeated.page_trend import PageTrend as PageTrend
from iph.stats._repeated.page_trend import page_trend as page_trend
from iph.stats._repeated.sign import SignTest as SignTest
from iph.stats._repeated.sign import sign_test as sign_test
from iph.stats._repeated.signed_rank import WilcoxonSignedRank as WilcoxonSignedRank
from iph.stats._repeated.signed_rank import wilcoxon_signed_rank as wilcoxon_signed_rank
from iph.stats._repeated.skillings_mack import SkillingsMack as SkillingsMack
from iph.stats._repeated.skillings_mack import skillings_mack as skillings_mack
from iph.stats._survival.attainable import AttainableP as AttainableP
from iph.stats._survival.attainable import (
    smallest_attainable_p as smallest_attainable_p,
)
from iph.stats._survival.cox import CoxRegression as CoxRegression
from iph.stats._survival.cox import HazardRatio as HazardRatio
from iph.stats._survival.cox import cox_regression as cox_regression
from iph.stats._survival.cumulative_incidence import (
    CumulativeIncidence as CumulativeIncidence,
)
from iph.stats._survival.cumulative_incidence import IncidenceAt as IncidenceAt
from iph.stats._survival.cumulative_incidence import (
    cumulative_incidence as cumulative_incidence,
)
from iph.stats._survival.gray import GrayTest as GrayTest
from iph.stats._survival.gray import gray_test as gray_test
from iph.stats._survival.hazard_ratio import hazard_ratio as hazard_ratio
from iph.stats._survival.kaplan_meier import kaplan_meier as kaplan_meier
from iph.stats._survival.kaplan_meier import (
    median_follow_up as median_follow_up,
)
from iph.stats._survival.kaplan_meier import (
    reverse_kaplan_meier as reverse_kaplan_meier,
)
from iph.stats._survival.logrank import logrank as logrank
from iph.stats._survival.logrank_result import Logrank as Logrank
from iph.stats._survival.logrank_trend import LogrankTrend as LogrankTrend
from iph.stats._survival.logrank_trend import logrank_trend as logrank_trend
from iph.stats._survival.restricted_mean import RestrictedMean as RestrictedMean
from iph.stats._survival.restricted_mean_difference import (
    RestrictedMeanDifference as RestrictedMeanDifference,
)
from iph.stats._survival.restricted_mean_difference import (
    restricted_mean_difference as restricted_mean_difference,
)
from iph.stats._survival.survival_curve import SurvivalAt as SurvivalAt
from iph.stats._survival.survival_curve import SurvivalCurve as SurvivalCurve
from iph.stats._survival.survival_difference import (
    SurvivalDifference as SurvivalDifference,
)
from iph.stats._survival.survival_difference import (
    kaplan_meier_difference as kaplan_meier_difference,
)
from iph.stats._survival.survival_quantile import SurvivalQuantile as SurvivalQuantile
from iph.stats._tables.fisher import FisherExact as FisherExact
from iph.stats._tables.fisher import fisher_exact as fisher_exact
from iph.stats._tables.kappa import Agreement as Agreement
from iph.stats._tables.kappa import weighted_kappa as weighted_kappa
from iph.stats._tables.mcnemar import McNemar as McNemar
from iph.stats._tables.mcnemar import mcnemar as mcnemar
from iph.stats._tables.odds_ratio import odds_ratio as odds_ratio
from iph.stats._tables.proportion import proportion as proportion
from iph.stats._tables.proportion import proportion_difference as proportion_difference
from iph.stats._tables.risk import risk_difference as risk_difference
from iph.stats._tables.risk import risk_ratio as risk_ratio
from iph.stats._tables.symmetry import Bowker as Bowker
from iph.stats._tables.symmetry import StuartMaxwell as StuartMaxwell
from iph.stats._tables.symmetry import bowker as bowker
from iph.stats._tables.symmetry import stuart_maxwell as stuart_maxwell

__all__: list[str]  # noqa: PYI035 - the names above; the module lists them
