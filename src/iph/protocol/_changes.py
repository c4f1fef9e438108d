"""By how much an outcome must change to count: the rules that its protocol names."""

from iph._fields import Declaration
from iph.protocol._outcomes import OutcomeRule
from iph.scales._change_rules import CHANGE_RULES, ChangeRule, reliable_change


def change_rules(outcome: OutcomeRule, declared: Declaration) -> tuple[ChangeRule, ...]:
    """Return the rules of change of an outcome, that of a reliable change last."""
    named = tuple(CHANGE_RULES[name] for name in outcome.changes)
    if outcome.standard_deviation is None or outcome.reliability is None:
        return named
    return (
        *named,
        reliable_change(
            standard_deviation=outcome.standard_deviation,
            reliability=outcome.reliability,
            better="lower" if declared.best == "low" else "higher",
            low=float(declared.low or 0),
            high=float(declared.high or 0),
        ),
    )


def changes_text(outcome: OutcomeRule, declared: Declaration) -> str:
    """Return the rules of change of an outcome in words, after a semicolon each."""
    return "".join(
        f"; {rule.kind}: {change_text(rule, declared)} ({rule.name})"
        for rule in change_rules(outcome, declared)
    )


def change_text(rule: ChangeRule, declared: Declaration) -> str:
    """Return how much counts by a rule, in the unit of the field."""
    points = f"{rule.points:.4g}"
    unit = declared.unit or ("point" if points == "1" else "points")
    return f"{'more than' if rule.strict else 'at least'} {points} {unit}"


def other_scale(rule: ChangeRule, declared: Declaration) -> tuple[str, str] | None:
    """Return the scale of a field and that of a rule in words, if they are not one."""
    better = {"low": "lower", "high": "higher", None: rule.better}[declared.best]
    if (declared.low, declared.high, better) == (rule.low, rule.high, rule.better):
        return None
    return (
        f"{declared.low:g} to {declared.high:g}, {better} is better",
        f"{rule.name} ({rule.low:g} to {rule.high:g}, {rule.better} is better)",
    )
