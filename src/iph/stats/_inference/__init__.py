"""What tests share: exact and simulated distributions, tails, adjustment, results."""
