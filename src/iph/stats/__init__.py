"""Statistics of small cohorts: pure functions of arrays and counts."""

# Each name is loaded when it is first used: all of them together take longer to load
# than numpy does, and a script uses few. Type checkers read `__init__.pyi` instead.
from importlib import import_module
from typing import Any

_HOMES = {
    "QUANTILE_RULES": "_quartiles",
    "Agreement": "_kappa",
    "AnovaTypeStatistic": "_anova_type",
    "AssumedDays": "_assumed_days",
    "AssumedMedian": "_assumed_days",
    "AttainableP": "_attainable",
    "Bowker": "_symmetry",
    "CochranQ": "_cochran",
    "CoxRegression": "_cox",
    "CumulativeIncidence": "_cumulative_incidence",
    "Description": "_description",
    "DunnComparison": "_dunn",
    "Estimate": "_result",
    "FisherExact": "_fisher",
    "Friedman": "_friedman",
    "FriedmanComparison": "_friedman_pairs",
    "GrayTest": "_gray",
    "HazardRatio": "_cox",
    "IntervalLogrank": "_interval_logrank",
    "IntervalSensitivity": "_assumed_days",
    "JonckheereTerpstra": "_jonckheere",
    "KruskalWallis": "_kruskal",
    "LocationEstimate": "_location",
    "Logrank": "_logrank",
    "LogrankTrend": "_logrank_trend",
    "MannWhitney": "_mann_whitney",
    "McNemar": "_mcnemar",
    "PageTrend": "_page_trend",
    "QuantileInterval": "_turnbull",
    "Quartiles": "_quartiles",
    "RankCorrelation": "_correlation_result",
    "RecoveredByVisit": "_recovered_by_visit",
    "RestrictedMean": "_restricted_mean",
    "RestrictedMeanDifference": "_restricted_mean_difference",
    "SampleQuantile": "_quartiles",
    "SignTest": "_sign_test",
    "SkillingsMack": "_skillings_mack",
    "StuartMaxwell": "_symmetry",
    "SurvivalAt": "_survival_curve",
    "SurvivalBounds": "_turnbull",
    "SurvivalCurve": "_survival_curve",
    "SurvivalQuantile": "_survival_quantile",
    "TurnbullBootstrap": "_turnbull_bootstrap",
    "TurnbullEstimate": "_turnbull",
    "WilcoxonSignedRank": "_signed_rank",
    "adjust_p_values": "_adjust",
    "anova_type_statistic": "_anova_type",
    "assumed_days": "_assumed_days",
    "bowker": "_symmetry",
    "cliffs_delta": "_superiority",
    "cochran_q": "_cochran",
    "cox_regression": "_cox",
    "cumulative_incidence": "_cumulative_incidence",
    "describe": "_description",
    "dunn": "_dunn",
    "epsilon_squared": "_epsilon",
    "fisher_exact": "_fisher",
    "friedman": "_friedman",
    "friedman_pairs": "_friedman_pairs",
    "gray_test": "_gray",
    "hazard_ratio": "_hazard_ratio",
    "hodges_lehmann": "_location",
    "interval_logrank": "_interval_logrank",
    "interval_sensitivity": "_assumed_days",
    "jonckheere_terpstra": "_jonckheere",
    "kaplan_meier": "_kaplan_meier",
    "kendall": "_kendall",
    "kendalls_w": "_concordance",
    "kruskal_wallis": "_kruskal",
    "logrank": "_logrank",
    "logrank_trend": "_logrank_trend",
    "mann_whitney": "_mann_whitney",
    "mcnemar": "_mcnemar",
    "mean_difference": "_mean_difference",
    "median_follow_up": "_reverse_kaplan_meier",
    "median_interval": "_location",
    "odds_ratio": "_odds_ratio",
    "page_trend": "_page_trend",
    "probability_of_superiority": "_superiority",
    "proportion": "_proportion",
    "proportion_difference": "_proportion",
    "quantile": "_quartiles",
    "quartiles": "_quartiles",
    "recovered_by_visit": "_recovered_by_visit",
    "restricted_mean_difference": "_restricted_mean_difference",
    "reverse_kaplan_meier": "_reverse_kaplan_meier",
    "risk_difference": "_risk",
    "risk_ratio": "_risk",
    "sign_test": "_sign_test",
    "skillings_mack": "_skillings_mack",
    "smallest_attainable_p": "_attainable",
    "spearman": "_spearman",
    "standardized_mean_difference": "_standardized_difference",
    "standardized_share_difference": "_standardized_difference",
    "stuart_maxwell": "_symmetry",
    "turnbull": "_turnbull",
    "turnbull_bootstrap": "_turnbull_bootstrap",
    "weighted_kappa": "_kappa",
    "wilcoxon_signed_rank": "_signed_rank",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
