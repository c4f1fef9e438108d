"""Statistics of small cohorts: pure functions of arrays and counts."""
