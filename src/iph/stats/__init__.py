"""Statistics of small cohorts: pure functions of arrays and counts."""

# Each name is loaded when it is first used: all of them together take longer to load
# than numpy does, and a script uses few.
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iph.stats._adjust import (
        adjust_p_values,
    )
    from iph.stats._anova_type import (
        AnovaTypeStatistic,
        anova_type_statistic,
    )
    from iph.stats._assumed_days import (
        AssumedDays,
        AssumedMedian,
        IntervalSensitivity,
        assumed_days,
        interval_sensitivity,
    )
    from iph.stats._attainable import (
        AttainableP,
        smallest_attainable_p,
    )
    from iph.stats._cochran import (
        CochranQ,
        cochran_q,
    )
    from iph.stats._concordance import (
        kendalls_w,
    )
    from iph.stats._correlation_result import (
        RankCorrelation,
    )
    from iph.stats._cox import (
        CoxRegression,
        HazardRatio,
        cox_regression,
    )
    from iph.stats._cumulative_incidence import (
        CumulativeIncidence,
        cumulative_incidence,
    )
    from iph.stats._description import (
        Description,
        describe,
    )
    from iph.stats._dunn import (
        DunnComparison,
        dunn,
    )
    from iph.stats._epsilon import (
        epsilon_squared,
    )
    from iph.stats._fisher import (
        FisherExact,
        fisher_exact,
    )
    from iph.stats._friedman import (
        Friedman,
        friedman,
    )
    from iph.stats._friedman_pairs import (
        FriedmanComparison,
        friedman_pairs,
    )
    from iph.stats._gray import (
        GrayTest,
        gray_test,
    )
    from iph.stats._hazard_ratio import (
        hazard_ratio,
    )
    from iph.stats._interval_logrank import (
        IntervalLogrank,
        interval_logrank,
    )
    from iph.stats._jonckheere import (
        JonckheereTerpstra,
        jonckheere_terpstra,
    )
    from iph.stats._kaplan_meier import (
        kaplan_meier,
    )
    from iph.stats._kappa import (
        Agreement,
        weighted_kappa,
    )
    from iph.stats._kendall import (
        kendall,
    )
    from iph.stats._kruskal import (
        KruskalWallis,
        kruskal_wallis,
    )
    from iph.stats._location import (
        LocationEstimate,
        hodges_lehmann,
        median_interval,
    )
    from iph.stats._logrank import (
        Logrank,
        logrank,
    )
    from iph.stats._logrank_trend import (
        LogrankTrend,
        logrank_trend,
    )
    from iph.stats._mann_whitney import (
        MannWhitney,
        mann_whitney,
    )
    from iph.stats._mcnemar import (
        McNemar,
        mcnemar,
    )
    from iph.stats._mean_difference import (
        mean_difference,
    )
    from iph.stats._odds_ratio import (
        odds_ratio,
    )
    from iph.stats._page_trend import (
        PageTrend,
        page_trend,
    )
    from iph.stats._proportion import (
        proportion,
        proportion_difference,
    )
    from iph.stats._quartiles import (
        QUANTILE_RULES,
        Quartiles,
        SampleQuantile,
        quantile,
        quartiles,
    )
    from iph.stats._recovered_by_visit import (
        RecoveredByVisit,
        recovered_by_visit,
    )
    from iph.stats._restricted_mean import (
        RestrictedMean,
    )
    from iph.stats._restricted_mean_difference import (
        RestrictedMeanDifference,
        restricted_mean_difference,
    )
    from iph.stats._result import (
        Estimate,
    )
    from iph.stats._reverse_kaplan_meier import (
        median_follow_up,
        reverse_kaplan_meier,
    )
    from iph.stats._risk import (
        risk_difference,
        risk_ratio,
    )
    from iph.stats._sign_test import (
        SignTest,
        sign_test,
    )
    from iph.stats._signed_rank import (
        WilcoxonSignedRank,
        wilcoxon_signed_rank,
    )
    from iph.stats._skillings_mack import (
        SkillingsMack,
        skillings_mack,
    )
    from iph.stats._spearman import (
        spearman,
    )
    from iph.stats._standardized_difference import (
        standardized_mean_difference,
        standardized_share_difference,
    )
    from iph.stats._superiority import (
        cliffs_delta,
        probability_of_superiority,
    )
    from iph.stats._survival_curve import (
        SurvivalAt,
        SurvivalCurve,
    )
    from iph.stats._survival_quantile import (
        SurvivalQuantile,
    )
    from iph.stats._symmetry import (
        Bowker,
        StuartMaxwell,
        bowker,
        stuart_maxwell,
    )
    from iph.stats._turnbull import (
        QuantileInterval,
        SurvivalBounds,
        TurnbullEstimate,
        turnbull,
    )
    from iph.stats._turnbull_bootstrap import (
        TurnbullBootstrap,
        turnbull_bootstrap,
    )
else:
    _NAMES = {
        "_adjust": ("adjust_p_values",),
        "_anova_type": (
            "AnovaTypeStatistic",
            "anova_type_statistic",
        ),
        "_assumed_days": (
            "AssumedDays",
            "AssumedMedian",
            "IntervalSensitivity",
            "assumed_days",
            "interval_sensitivity",
        ),
        "_attainable": (
            "AttainableP",
            "smallest_attainable_p",
        ),
        "_cochran": (
            "CochranQ",
            "cochran_q",
        ),
        "_concordance": ("kendalls_w",),
        "_correlation_result": ("RankCorrelation",),
        "_cox": (
            "CoxRegression",
            "HazardRatio",
            "cox_regression",
        ),
        "_cumulative_incidence": (
            "CumulativeIncidence",
            "cumulative_incidence",
        ),
        "_description": (
            "Description",
            "describe",
        ),
        "_dunn": (
            "DunnComparison",
            "dunn",
        ),
        "_epsilon": ("epsilon_squared",),
        "_fisher": (
            "FisherExact",
            "fisher_exact",
        ),
        "_friedman": (
            "Friedman",
            "friedman",
        ),
        "_friedman_pairs": (
            "FriedmanComparison",
            "friedman_pairs",
        ),
        "_gray": (
            "GrayTest",
            "gray_test",
        ),
        "_hazard_ratio": ("hazard_ratio",),
        "_interval_logrank": (
            "IntervalLogrank",
            "interval_logrank",
        ),
        "_jonckheere": (
            "JonckheereTerpstra",
            "jonckheere_terpstra",
        ),
        "_kaplan_meier": ("kaplan_meier",),
        "_kappa": (
            "Agreement",
            "weighted_kappa",
        ),
        "_kendall": ("kendall",),
        "_kruskal": (
            "KruskalWallis",
            "kruskal_wallis",
        ),
        "_location": (
            "LocationEstimate",
            "hodges_lehmann",
            "median_interval",
        ),
        "_logrank": (
            "Logrank",
            "logrank",
        ),
        "_logrank_trend": (
            "LogrankTrend",
            "logrank_trend",
        ),
        "_mann_whitney": (
            "MannWhitney",
            "mann_whitney",
        ),
        "_mcnemar": (
            "McNemar",
            "mcnemar",
        ),
        "_mean_difference": ("mean_difference",),
        "_odds_ratio": ("odds_ratio",),
        "_page_trend": (
            "PageTrend",
            "page_trend",
        ),
        "_proportion": (
            "proportion",
            "proportion_difference",
        ),
        "_quartiles": (
            "QUANTILE_RULES",
            "Quartiles",
            "SampleQuantile",
            "quantile",
            "quartiles",
        ),
        "_recovered_by_visit": (
            "RecoveredByVisit",
            "recovered_by_visit",
        ),
        "_restricted_mean": ("RestrictedMean",),
        "_restricted_mean_difference": (
            "RestrictedMeanDifference",
            "restricted_mean_difference",
        ),
        "_result": ("Estimate",),
        "_reverse_kaplan_meier": (
            "median_follow_up",
            "reverse_kaplan_meier",
        ),
        "_risk": (
            "risk_difference",
            "risk_ratio",
        ),
        "_sign_test": (
            "SignTest",
            "sign_test",
        ),
        "_signed_rank": (
            "WilcoxonSignedRank",
            "wilcoxon_signed_rank",
        ),
        "_skillings_mack": (
            "SkillingsMack",
            "skillings_mack",
        ),
        "_spearman": ("spearman",),
        "_standardized_difference": (
            "standardized_mean_difference",
            "standardized_share_difference",
        ),
        "_superiority": (
            "cliffs_delta",
            "probability_of_superiority",
        ),
        "_survival_curve": (
            "SurvivalAt",
            "SurvivalCurve",
        ),
        "_survival_quantile": ("SurvivalQuantile",),
        "_symmetry": (
            "Bowker",
            "StuartMaxwell",
            "bowker",
            "stuart_maxwell",
        ),
        "_turnbull": (
            "QuantileInterval",
            "SurvivalBounds",
            "TurnbullEstimate",
            "turnbull",
        ),
        "_turnbull_bootstrap": (
            "TurnbullBootstrap",
            "turnbull_bootstrap",
        ),
    }
    _HOMES = {name: home for home, names in _NAMES.items() for name in names}

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


__all__ = [
    "QUANTILE_RULES",
    "Agreement",
    "AnovaTypeStatistic",
    "AssumedDays",
    "AssumedMedian",
    "AttainableP",
    "Bowker",
    "CochranQ",
    "CoxRegression",
    "CumulativeIncidence",
    "Description",
    "DunnComparison",
    "Estimate",
    "FisherExact",
    "Friedman",
    "FriedmanComparison",
    "GrayTest",
    "HazardRatio",
    "IntervalLogrank",
    "IntervalSensitivity",
    "JonckheereTerpstra",
    "KruskalWallis",
    "LocationEstimate",
    "Logrank",
    "LogrankTrend",
    "MannWhitney",
    "McNemar",
    "PageTrend",
    "QuantileInterval",
    "Quartiles",
    "RankCorrelation",
    "RecoveredByVisit",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "SampleQuantile",
    "SignTest",
    "SkillingsMack",
    "StuartMaxwell",
    "SurvivalAt",
    "SurvivalBounds",
    "SurvivalCurve",
    "SurvivalQuantile",
    "TurnbullBootstrap",
    "TurnbullEstimate",
    "WilcoxonSignedRank",
    "adjust_p_values",
    "anova_type_statistic",
    "assumed_days",
    "bowker",
    "cliffs_delta",
    "cochran_q",
    "cox_regression",
    "cumulative_incidence",
    "describe",
    "dunn",
    "epsilon_squared",
    "fisher_exact",
    "friedman",
    "friedman_pairs",
    "gray_test",
    "hazard_ratio",
    "hodges_lehmann",
    "interval_logrank",
    "interval_sensitivity",
    "jonckheere_terpstra",
    "kaplan_meier",
    "kendall",
    "kendalls_w",
    "kruskal_wallis",
    "logrank",
    "logrank_trend",
    "mann_whitney",
    "mcnemar",
    "mean_difference",
    "median_follow_up",
    "median_interval",
    "odds_ratio",
    "page_trend",
    "probability_of_superiority",
    "proportion",
    "proportion_difference",
    "quantile",
    "quartiles",
    "recovered_by_visit",
    "restricted_mean_difference",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "sign_test",
    "skillings_mack",
    "smallest_attainable_p",
    "spearman",
    "standardized_mean_difference",
    "standardized_share_difference",
    "stuart_maxwell",
    "turnbull",
    "turnbull_bootstrap",
    "weighted_kappa",
    "wilcoxon_signed_rank",
]
