"""The notebook of the tutorial, run by a kernel of its own.

That needs the packages of the dependency group ``docs``, so it is collected only with
``IPH_NOTEBOOK=1``; what is missing then is a failure.
"""

import os

if os.environ.get("IPH_NOTEBOOK") != "1":
    collect_ignore_glob = ["test_*.py"]
