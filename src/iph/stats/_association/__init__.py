"""Two graded or measured variables of the same patients: rank correlation."""

from iph._wings import publish

publish(__name__, __path__)
