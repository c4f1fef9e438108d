"""The page that runs iph in a browser, beside the documentation.

The variable ``IPH_PAGE`` names the folder that ``web/build.py`` wrote. Its small page
is copied beside the pages, and one of them opens it; without it, that one says so.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SMALL = "small"
_HERE = """\
<p><a class="btn btn-primary" href="try/index.html">Open iph in this browser</a></p>
<details>
<summary>Or here, within this page</summary>
<iframe src="try/index.html" loading="lazy" title="iph in this browser"
 style="width: 100%; height: 60rem; border: 1px solid currentColor;"></iframe>
</details>

The first time, Python and its libraries are loaded, about 40 MB; the browser keeps \
them.
They come from where the Pyodide project serves its releases, and each file is \
compared with the one for which this page was built.
After that the page can ask for nothing more, and your sheet stays on your computer.
"""
_NOT_HERE = """\
```{note}
These pages were built without the page that runs iph in a browser.
To have it here, build it first and name its folder in the variable `IPH_PAGE`.
```

```sh
python web/build.py PYODIDE_FOLDER OUT
IPH_PAGE=OUT sphinx-build docs docs/_build/html
```
"""


def built() -> Path | None:
    """Return the folder of the small page; None if there is none."""
    named = os.environ.get("IPH_PAGE", "")
    folder = Path(named) / _SMALL
    return folder if named and (folder / "index.html").is_file() else None


def try_page() -> str:
    """Print how to open the page, or how to have it."""
    return _NOT_HERE if built() is None else _HERE


def setup(app: "Sphinx") -> dict[str, bool]:
    """Copy the page beside the others when they are written."""

    def copied(app: "Sphinx", problem: Exception | None) -> None:
        folder = built()
        if problem is None and folder is not None and app.builder.format == "html":
            shutil.copytree(folder, Path(app.outdir) / "try", dirs_exist_ok=True)

    app.connect("build-finished", copied)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
