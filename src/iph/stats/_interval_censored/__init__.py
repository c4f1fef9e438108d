"""Time to an event that was seen only at visits, so that its day is an interval."""

from iph._wings import publish

publish(__name__, __path__)
