"""Statistics of small cohorts: pure functions of arrays and counts."""

# Each name is loaded when it is first used: all of them together take longer to load
# than numpy does, and a script uses few. Type checkers read `__init__.pyi` instead.
from importlib import import_module
from typing import Any

_HOMES = {
    "QUANTILE_RULES": "_description.quartiles",
    "Agreement": "_tables.kappa",
    "AnovaTypeStatistic": "_repeated.anova_type",
    "AssumedDays": "_interval_censored.assumed_days",
    "AssumedMedian": "_interval_censored.assumed_days",
    "AttainableP": "_survival.attainable",
    "Bowker": "_tables.symmetry",
    "CochranQ": "_repeated.cochran_q",
    "CoxRegression": "_survival.cox",
    "CumulativeIncidence": "_survival.cumulative_incidence",
    "Description": "_description.describe",
    "DunnComparison": "_groups.dunn",
    "Estimate": "_inference.result",
    "FisherExact": "_tables.fisher",
    "Friedman": "_repeated.friedman",
    "FriedmanComparison": "_repeated.friedman_pairs",
    "GrayTest": "_survival.gray",
    "HazardRatio": "_survival.cox",
    "IncidenceAt": "_survival.cumulative_incidence",
    "IntervalLogrank": "_interval_censored.interval_logrank",
    "IntervalSensitivity": "_interval_censored.assumed_days",
    "JonckheereTerpstra": "_groups.jonckheere_terpstra",
    "KruskalWallis": "_groups.kruskal_wallis",
    "LocationEstimate": "_description.location",
    "Logrank": "_survival.logrank_result",
    "LogrankTrend": "_survival.logrank_trend",
    "MannWhitney": "_groups.mann_whitney",
    "McNemar": "_tables.mcnemar",
    "PageTrend": "_repeated.page_trend",
    "QuantileInterval": "_interval_censored.turnbull",
    "Quartiles": "_description.quartiles",
    "RankCorrelation": "_association.rank_correlation",
    "RecoveredByVisit": "_interval_censored.recovered_by_visit",
    "RestrictedMean": "_survival.restricted_mean",
    "RestrictedMeanDifference": "_survival.restricted_mean_difference",
    "SampleQuantile": "_description.quartiles",
    "SignTest": "_repeated.sign",
    "SkillingsMack": "_repeated.skillings_mack",
    "StuartMaxwell": "_tables.symmetry",
    "SurvivalAt": "_survival.survival_curve",
    "SurvivalBounds": "_interval_censored.turnbull",
    "SurvivalCurve": "_survival.survival_curve",
    "SurvivalDifference": "_survival.survival_difference",
    "SurvivalQuantile": "_survival.survival_quantile",
    "TurnbullBootstrap": "_interval_censored.turnbull_bootstrap",
    "TurnbullEstimate": "_interval_censored.turnbull",
    "WilcoxonSignedRank": "_repeated.signed_rank",
    "adjust_p_values": "_inference.adjust",
    "anova_type_statistic": "_repeated.anova_type",
    "assumed_days": "_interval_censored.assumed_days",
    "bowker": "_tables.symmetry",
    "cliffs_delta": "_groups.superiority",
    "cochran_q": "_repeated.cochran_q",
    "cox_regression": "_survival.cox",
    "cumulative_incidence": "_survival.cumulative_incidence",
    "describe": "_description.describe",
    "dunn": "_groups.dunn",
    "epsilon_squared": "_groups.epsilon_squared",
    "fisher_exact": "_tables.fisher",
    "friedman": "_repeated.friedman",
    "friedman_pairs": "_repeated.friedman_pairs",
    "gray_test": "_survival.gray",
    "hazard_ratio": "_survival.hazard_ratio",
    "hodges_lehmann": "_description.location",
    "interval_logrank": "_interval_censored.interval_logrank",
    "interval_sensitivity": "_interval_censored.assumed_days",
    "jonckheere_terpstra": "_groups.jonckheere_terpstra",
    "kaplan_meier": "_survival.kaplan_meier",
    "kaplan_meier_difference": "_survival.survival_difference",
    "kendall": "_association.kendall",
    "kendalls_w": "_repeated.kendalls_w",
    "kruskal_wallis": "_groups.kruskal_wallis",
    "logrank": "_survival.logrank",
    "logrank_trend": "_survival.logrank_trend",
    "mann_whitney": "_groups.mann_whitney",
    "mcnemar": "_tables.mcnemar",
    "mean_difference": "_groups.mean_difference",
    "median_follow_up": "_survival.kaplan_meier",
    "median_interval": "_description.location",
    "odds_ratio": "_tables.odds_ratio",
    "page_trend": "_repeated.page_trend",
    "probability_of_superiority": "_groups.superiority",
    "proportion": "_tables.proportion",
    "proportion_difference": "_tables.proportion",
    "quantile": "_description.quartiles",
    "quartiles": "_description.quartiles",
    "recovered_by_visit": "_interval_censored.recovered_by_visit",
    "restricted_mean_difference": "_survival.restricted_mean_difference",
    "reverse_kaplan_meier": "_survival.kaplan_meier",
    "risk_difference": "_tables.risk",
    "risk_ratio": "_tables.risk",
    "sign_test": "_repeated.sign",
    "skillings_mack": "_repeated.skillings_mack",
    "smallest_attainable_p": "_survival.attainable",
    "spearman": "_association.spearman",
    "standardized_mean_difference": "_groups.standardized_difference",
    "standardized_share_difference": "_groups.standardized_difference",
    "stuart_maxwell": "_tables.symmetry",
    "turnbull": "_interval_censored.turnbull",
    "turnbull_bootstrap": "_interval_censored.turnbull_bootstrap",
    "weighted_kappa": "_tables.kappa",
    "wilcoxon_signed_rank": "_repeated.signed_rank",
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
