"""The same patients on two or more occasions, compared by ranks."""
