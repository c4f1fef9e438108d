"""Two graded or measured variables of the same patients: rank correlation."""
