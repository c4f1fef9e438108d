"""Independent groups of graded or measured values, compared by their ranks."""
