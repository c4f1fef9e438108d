"""Counts: proportions, cross tables, and agreement of two ratings."""
