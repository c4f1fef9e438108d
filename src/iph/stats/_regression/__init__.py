"""Several covariates at once: of the time to an event, and of a yes or no."""

from iph._wings import publish

publish(__name__, __path__)
