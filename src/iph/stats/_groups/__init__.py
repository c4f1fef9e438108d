"""Independent groups of graded or measured values, compared by their ranks."""

from iph._wings import publish

publish(__name__, __path__)
