"""One sample of numbers: its quartiles, its middle, and intervals for them."""
