"""Documents in the formats that are written: they know nothing but `Document`."""
