"""Figures of the results of a study."""
