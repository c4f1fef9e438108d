"""What a report says of each kind of result: one module a part."""
