from ._association.kendall import kendall as kendall
from ._association.rank_correlation import RankCorrelation as RankCorrelation
from ._association.spearman import spearman as spearman
from ._description.bounded_quartiles import BoundedMedian as BoundedMedian
from ._description.bounded_quartiles import BoundedQuartiles as BoundedQuartiles
from ._description.bounded_quartiles import (
    bounded_median_interval as bounded_median_interval,
)
from ._description.bounded_quartiles import bounded_quartiles as bounded_quartiles
from ._description.describe import Description as Description
from ._description.describe import describe as describe
from ._description.location import LocationEstimate as LocationEstimate
from ._description.location import hodges_lehmann as hodges_lehmann
from ._description.location import median_interval as median_interval
from ._description.quartiles import QUANTILE_RULES as QUANTILE_RULES
from ._description.quartiles import Quartiles as Quartiles
from ._description.quartiles import SampleQuantile as SampleQuantile
from ._description.quartiles import quantile as quantile
from ._description.quartiles import quartiles as quartiles
from ._description.value_range import ValueRange as ValueRange
from ._groups.clustered_mann_whitney import ClusteredMannWhitney as ClusteredMannWhitney
from ._groups.clustered_mann_whitney import (
    clustered_mann_whitney as clustered_mann_whitney,
)
from ._groups.dunn import DunnComparison as DunnComparison
from ._groups.dunn import dunn as dunn
from ._groups.epsilon_squared import epsilon_squared as epsilon_squared
from ._groups.higher_grades import GradeCut as GradeCut
from ._groups.higher_grades import OddsOfHigherGrades as OddsOfHigherGrades
from ._groups.higher_grades import odds_of_higher_grades as odds_of_higher_grades
from ._groups.higher_grades import odds_within_margins as odds_within_margins
from ._groups.jonckheere_terpstra import JonckheereTerpstra as JonckheereTerpstra
from ._groups.jonckheere_terpstra import jonckheere_terpstra as jonckheere_terpstra
from ._groups.kruskal_wallis import KruskalWallis as KruskalWallis
from ._groups.kruskal_wallis import kruskal_wallis as kruskal_wallis
from ._groups.mann_whitney import MannWhitney as MannWhitney
from ._groups.mann_whitney import mann_whitney as mann_whitney
from ._groups.mean_difference import mean_difference as mean_difference
from ._groups.proportional_odds import ProportionalOdds as ProportionalOdds
from ._groups.proportional_odds import proportional_odds as proportional_odds
from ._groups.rank_covariance import RankCovariance as RankCovariance
from ._groups.rank_covariance import rank_covariance as rank_covariance
from ._groups.scores_within_margins import (
    scores_within_margins as scores_within_margins,
)
from ._groups.standardized_difference import (
    standardized_mean_difference as standardized_mean_difference,
)
from ._groups.standardized_difference import (
    standardized_share_difference as standardized_share_difference,
)
from ._groups.superiority import cliffs_delta as cliffs_delta
from ._groups.superiority import (
    probability_of_superiority as probability_of_superiority,
)
from ._groups.van_elteren import VanElteren as VanElteren
from ._groups.van_elteren import van_elteren as van_elteren
from ._groups.win_result import WinsOfOutcome as WinsOfOutcome
from ._groups.win_result import WinStatistics as WinStatistics
from ._groups.win_statistics import win_statistics as win_statistics
from ._inference.adjust import adjust_p_values as adjust_p_values
from ._inference.margins import MarginTest as MarginTest
from ._inference.multiplicity import EndpointVerdict as EndpointVerdict
from ._inference.multiplicity import MultiplicityRule as MultiplicityRule
from ._inference.result import Estimate as Estimate
from ._interval_censored.assumed_days import AssumedDays as AssumedDays
from ._interval_censored.assumed_days import AssumedMedian as AssumedMedian
from ._interval_censored.assumed_days import IntervalSensitivity as IntervalSensitivity
from ._interval_censored.assumed_days import assumed_days as assumed_days
from ._interval_censored.assumed_days import (
    interval_sensitivity as interval_sensitivity,
)
from ._interval_censored.interval_logrank import IntervalLogrank as IntervalLogrank
from ._interval_censored.interval_logrank import interval_logrank as interval_logrank
from ._interval_censored.recovered_by_visit import RecoveredByVisit as RecoveredByVisit
from ._interval_censored.recovered_by_visit import (
    recovered_by_visit as recovered_by_visit,
)
from ._interval_censored.turnbull import QuantileInterval as QuantileInterval
from ._interval_censored.turnbull import SurvivalBounds as SurvivalBounds
from ._interval_censored.turnbull import TurnbullEstimate as TurnbullEstimate
from ._interval_censored.turnbull import turnbull as turnbull
from ._interval_censored.turnbull_bootstrap import (
    TurnbullBootstrap as TurnbullBootstrap,
)
from ._interval_censored.turnbull_bootstrap import (
    turnbull_bootstrap as turnbull_bootstrap,
)
from ._regression.cox import AdjustedHazardRatio as AdjustedHazardRatio
from ._regression.cox import CoxRegression as CoxRegression
from ._regression.cox import cox_regression as cox_regression
from ._regression.exact_logistic import ExactLogistic as ExactLogistic
from ._regression.exact_logistic import ExactOddsRatio as ExactOddsRatio
from ._regression.exact_logistic import exact_logistic as exact_logistic
from ._regression.inference import ModelTest as ModelTest
from ._regression.logistic import AdjustedOddsRatio as AdjustedOddsRatio
from ._regression.logistic import LogisticRegression as LogisticRegression
from ._regression.logistic import logistic_regression as logistic_regression
from ._regression.negative_binomial import (
    NegativeBinomialRates as NegativeBinomialRates,
)
from ._regression.negative_binomial import RateRatio as RateRatio
from ._regression.negative_binomial import (
    negative_binomial_rates as negative_binomial_rates,
)
from ._regression.proportional_hazards import CovariateHazards as CovariateHazards
from ._regression.proportional_hazards import ProportionalHazards as ProportionalHazards
from ._regression.proportional_hazards import (
    proportional_hazards as proportional_hazards,
)
from ._repeated.anova_type import AnovaTypeStatistic as AnovaTypeStatistic
from ._repeated.anova_type import anova_type_statistic as anova_type_statistic
from ._repeated.cochran_q import CochranQ as CochranQ
from ._repeated.cochran_q import cochran_q as cochran_q
from ._repeated.effect_contrast import EffectContrast as EffectContrast
from ._repeated.factor_tests import FactorTest as FactorTest
from ._repeated.friedman import Friedman as Friedman
from ._repeated.friedman import friedman as friedman
from ._repeated.friedman_pairs import FriedmanComparison as FriedmanComparison
from ._repeated.friedman_pairs import friedman_pairs as friedman_pairs
from ._repeated.group_by_visit import GroupByVisit as GroupByVisit
from ._repeated.group_by_visit import group_by_visit as group_by_visit
from ._repeated.icc import IntraclassCorrelation as IntraclassCorrelation
from ._repeated.icc import icc as icc
from ._repeated.kendalls_w import kendalls_w as kendalls_w
from ._repeated.limits_of_agreement import LimitsOfAgreement as LimitsOfAgreement
from ._repeated.limits_of_agreement import limits_of_agreement as limits_of_agreement
from ._repeated.page_trend import PageTrend as PageTrend
from ._repeated.page_trend import page_trend as page_trend
from ._repeated.relative_effects import RelativeEffect as RelativeEffect
from ._repeated.sign import SignTest as SignTest
from ._repeated.sign import sign_test as sign_test
from ._repeated.signed_rank import WilcoxonSignedRank as WilcoxonSignedRank
from ._repeated.signed_rank import wilcoxon_signed_rank as wilcoxon_signed_rank
from ._repeated.skillings_mack import SkillingsMack as SkillingsMack
from ._repeated.skillings_mack import skillings_mack as skillings_mack
from ._survival.attainable import AttainableP as AttainableP
from ._survival.attainable import smallest_attainable_p as smallest_attainable_p
from ._survival.cumulative_incidence import CumulativeIncidence as CumulativeIncidence
from ._survival.cumulative_incidence import IncidenceAt as IncidenceAt
from ._survival.cumulative_incidence import cumulative_incidence as cumulative_incidence
from ._survival.gray import GrayTest as GrayTest
from ._survival.gray import gray_test as gray_test
from ._survival.hazard_ratio import hazard_ratio as hazard_ratio
from ._survival.kaplan_meier import kaplan_meier as kaplan_meier
from ._survival.kaplan_meier import median_follow_up as median_follow_up
from ._survival.kaplan_meier import reverse_kaplan_meier as reverse_kaplan_meier
from ._survival.logrank import logrank as logrank
from ._survival.logrank_result import Logrank as Logrank
from ._survival.logrank_trend import LogrankTrend as LogrankTrend
from ._survival.logrank_trend import logrank_trend as logrank_trend
from ._survival.one_sample_logrank import OneSampleLogrank as OneSampleLogrank
from ._survival.one_sample_logrank import one_sample_logrank as one_sample_logrank
from ._survival.restricted_mean import RestrictedMean as RestrictedMean
from ._survival.restricted_mean_difference import (
    RestrictedMeanDifference as RestrictedMeanDifference,
)
from ._survival.restricted_mean_difference import (
    restricted_mean_difference as restricted_mean_difference,
)
from ._survival.simultaneous_band import CurveBand as CurveBand
from ._survival.survival_at import SurvivalAt as SurvivalAt
from ._survival.survival_curve import SurvivalCurve as SurvivalCurve
from ._survival.survival_difference import SurvivalDifference as SurvivalDifference
from ._survival.survival_difference import (
    kaplan_meier_difference as kaplan_meier_difference,
)
from ._survival.survival_quantile import SurvivalQuantile as SurvivalQuantile
from ._tables.agreement import ReaderAgreement as ReaderAgreement
from ._tables.agreement import agreement as agreement
from ._tables.barnard import UnconditionalTest as UnconditionalTest
from ._tables.barnard import barnard as barnard
from ._tables.barnard import boschloo as boschloo
from ._tables.fisher import FisherExact as FisherExact
from ._tables.fisher import fisher_exact as fisher_exact
from ._tables.homogeneity import OddsRatioHomogeneity as OddsRatioHomogeneity
from ._tables.homogeneity import odds_ratio_homogeneity as odds_ratio_homogeneity
from ._tables.kappa import Agreement as Agreement
from ._tables.kappa import weighted_kappa as weighted_kappa
from ._tables.mantel_haenszel import CochranMantelHaenszel as CochranMantelHaenszel
from ._tables.mantel_haenszel import cochran_mantel_haenszel as cochran_mantel_haenszel
from ._tables.mcnemar import McNemar as McNemar
from ._tables.mcnemar import mcnemar as mcnemar
from ._tables.missing_bounds import MissingBounds as MissingBounds
from ._tables.missing_bounds import MissingWay as MissingWay
from ._tables.missing_bounds import missing_bounds as missing_bounds
from ._tables.odds_ratio import odds_ratio as odds_ratio
from ._tables.proportion import proportion as proportion
from ._tables.rate import poisson_rate as poisson_rate
from ._tables.rate import rate_ratio as rate_ratio
from ._tables.responders import ResponderRow as ResponderRow
from ._tables.responders import responder_table as responder_table
from ._tables.risk import risk_difference as risk_difference
from ._tables.risk import risk_ratio as risk_ratio
from ._tables.share_bounds import ShareBounds as ShareBounds
from ._tables.share_bounds import share_bounds as share_bounds
from ._tables.shares_within_margins import (
    shares_within_margins as shares_within_margins,
)
from ._tables.symmetry import Bowker as Bowker
from ._tables.symmetry import StuartMaxwell as StuartMaxwell
from ._tables.symmetry import bowker as bowker
from ._tables.symmetry import stuart_maxwell as stuart_maxwell

__all__ = [
    "QUANTILE_RULES",
    "AdjustedHazardRatio",
    "AdjustedOddsRatio",
    "Agreement",
    "AnovaTypeStatistic",
    "AssumedDays",
    "AssumedMedian",
    "AttainableP",
    "BoundedMedian",
    "BoundedQuartiles",
    "Bowker",
    "ClusteredMannWhitney",
    "CochranMantelHaenszel",
    "CochranQ",
    "CovariateHazards",
    "CoxRegression",
    "CumulativeIncidence",
    "CurveBand",
    "Description",
    "DunnComparison",
    "EffectContrast",
    "EndpointVerdict",
    "Estimate",
    "ExactLogistic",
    "ExactOddsRatio",
    "FactorTest",
    "FisherExact",
    "Friedman",
    "FriedmanComparison",
    "GradeCut",
    "GrayTest",
    "GroupByVisit",
    "IncidenceAt",
    "IntervalLogrank",
    "IntervalSensitivity",
    "IntraclassCorrelation",
    "JonckheereTerpstra",
    "KruskalWallis",
    "LimitsOfAgreement",
    "LocationEstimate",
    "LogisticRegression",
    "Logrank",
    "LogrankTrend",
    "MannWhitney",
    "MarginTest",
    "McNemar",
    "MissingBounds",
    "MissingWay",
    "ModelTest",
    "MultiplicityRule",
    "NegativeBinomialRates",
    "OddsOfHigherGrades",
    "OddsRatioHomogeneity",
    "OneSampleLogrank",
    "PageTrend",
    "ProportionalHazards",
    "ProportionalOdds",
    "QuantileInterval",
    "Quartiles",
    "RankCorrelation",
    "RankCovariance",
    "RateRatio",
    "ReaderAgreement",
    "RecoveredByVisit",
    "RelativeEffect",
    "ResponderRow",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "SampleQuantile",
    "ShareBounds",
    "SignTest",
    "SkillingsMack",
    "StuartMaxwell",
    "SurvivalAt",
    "SurvivalBounds",
    "SurvivalCurve",
    "SurvivalDifference",
    "SurvivalQuantile",
    "TurnbullBootstrap",
    "TurnbullEstimate",
    "UnconditionalTest",
    "ValueRange",
    "VanElteren",
    "WilcoxonSignedRank",
    "WinStatistics",
    "WinsOfOutcome",
    "adjust_p_values",
    "agreement",
    "anova_type_statistic",
    "assumed_days",
    "barnard",
    "boschloo",
    "bounded_median_interval",
    "bounded_quartiles",
    "bowker",
    "cliffs_delta",
    "clustered_mann_whitney",
    "cochran_mantel_haenszel",
    "cochran_q",
    "cox_regression",
    "cumulative_incidence",
    "describe",
    "dunn",
    "epsilon_squared",
    "exact_logistic",
    "fisher_exact",
    "friedman",
    "friedman_pairs",
    "gray_test",
    "group_by_visit",
    "hazard_ratio",
    "hodges_lehmann",
    "icc",
    "interval_logrank",
    "interval_sensitivity",
    "jonckheere_terpstra",
    "kaplan_meier",
    "kaplan_meier_difference",
    "kendall",
    "kendalls_w",
    "kruskal_wallis",
    "limits_of_agreement",
    "logistic_regression",
    "logrank",
    "logrank_trend",
    "mann_whitney",
    "mcnemar",
    "mean_difference",
    "median_follow_up",
    "median_interval",
    "missing_bounds",
    "negative_binomial_rates",
    "odds_of_higher_grades",
    "odds_ratio",
    "odds_ratio_homogeneity",
    "odds_within_margins",
    "one_sample_logrank",
    "page_trend",
    "poisson_rate",
    "probability_of_superiority",
    "proportion",
    "proportional_hazards",
    "proportional_odds",
    "quantile",
    "quartiles",
    "rank_covariance",
    "rate_ratio",
    "recovered_by_visit",
    "responder_table",
    "restricted_mean_difference",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "scores_within_margins",
    "share_bounds",
    "shares_within_margins",
    "sign_test",
    "skillings_mack",
    "smallest_attainable_p",
    "spearman",
    "standardized_mean_difference",
    "standardized_share_difference",
    "stuart_maxwell",
    "turnbull",
    "turnbull_bootstrap",
    "van_elteren",
    "weighted_kappa",
    "wilcoxon_signed_rank",
    "win_statistics",
]
