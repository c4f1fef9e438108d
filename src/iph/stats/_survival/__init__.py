"""Time to an event on a known day: curves, tests and regression."""

from iph._wings import publish

publish(__name__, __path__)
