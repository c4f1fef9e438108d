"""Several covariates at once: of the time to an event, and of a yes or no."""
