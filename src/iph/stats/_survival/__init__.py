"""Time to an event on a known day: curves, tests and regression."""
