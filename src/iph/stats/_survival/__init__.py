"""Time to an event on a known day: curves and tests."""

from iph._wings import publish

publish(__name__, __path__)
