"""Counting the patients of a study inside an engine: only cells of tables come back."""
