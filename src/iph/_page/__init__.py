"""The page: a sheet is checked, mended and reported without a line typed.

One interface (``interface/``: HTML, CSS and JavaScript) asks questions, and `answer`
answers them. `python -m iph page` puts a server on this computer between the two; the
page of ``web/`` puts Python itself into the browser.
"""

from iph._page._answers import LARGEST, Answer, Stopped, Tell, answer

__all__ = ["LARGEST", "Answer", "Stopped", "Tell", "answer"]
