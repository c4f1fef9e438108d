"""Time to an event that was seen only at visits, so that its day is an interval."""
