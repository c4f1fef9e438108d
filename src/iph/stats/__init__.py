"""Statistics of small cohorts: pure functions of arrays and counts.

What do you ask, and in which wing is it answered? Every name is reached as
``iph.stats.name``; the wings are where its code stands.

============================================================  ======================
One sample: what are its middle, spread and quartiles?        `_description`
Independent groups of grades or measures: do they differ?     `_groups`
The same patients on several occasions: do they change?       `_repeated`
Counts: how large is a share, do two variables depend,        `_tables`
do two ratings agree?
Two graded or measured variables: do they rise together?      `_association`
Time to an event on a known day: when, and in whom sooner?    `_survival`
Time to an event that was seen only at visits?                `_interval_censored`
Several covariates at once: on a time, or on a yes or no?     `_regression`
What do tests share: exact and simulated distributions,       `_inference`
tails, adjustment of p-values, estimates?
============================================================  ======================

A wing knows only those that it needs; `lint-imports` holds the order.
"""

# The one list of the public names is `__init__.pyi`: type checkers read it, and here
# each of its names is loaded when it is first used, with the rest of its wing.
from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
