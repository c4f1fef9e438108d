"""What a command returns to the shell."""

from typing import Final

DONE: Final = 0
FOUND: Final = 1
WRONG: Final = 2
