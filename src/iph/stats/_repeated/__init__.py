"""The same patients on two or more occasions, compared by ranks."""

from iph._wings import publish

publish(__name__, __path__)
