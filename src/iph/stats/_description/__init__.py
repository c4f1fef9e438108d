"""One sample of numbers: its quartiles, its middle, and intervals for them."""

from iph._wings import publish

publish(__name__, __path__)
