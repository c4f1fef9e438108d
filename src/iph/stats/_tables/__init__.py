"""Counts: proportions, cross tables, and agreement of two ratings."""

from iph._wings import publish

publish(__name__, __path__)
