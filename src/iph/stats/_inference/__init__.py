"""What tests share: exact and simulated distributions, tails, adjustment, results."""

from iph._wings import publish

publish(__name__, __path__)
