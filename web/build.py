"""Make the page that runs iph in a browser, without a server and a network.

    python web/build.py PYODIDE OUT

PYODIDE is an unpacked Pyodide release with its packages; OUT gets ``iph.html``, one
file that opens from anywhere, ``iph/``, the same page as a folder for an intranet
server, and ``small/``, which leaves the files of Pyodide where that project serves them
and takes none but those that were in PYODIDE. web/README.md says where Pyodide comes
from and how to check it.
"""

import argparse
import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
INTERFACE = HERE.parent / "src" / "iph" / "_page" / "interface"
MODULES = (
    *("texts", "words", "dom", "grid", "printing", "questions", "study", "desk"),
    "main",
)

# Without these iph does not run; the others it uses where it finds them.
NEEDED = ("numpy", "scipy", "matplotlib")
USED = ("lxml",)
PURE = (
    *("attrs", "defusedxml", "et-xmlfile", "jinja2", "lazy-loader", "markupsafe"),
    *("narwhals", "openpyxl", "python-docx", "typing-extensions"),
)
COMPILED = (".so", ".pyd")
LEFT_OUT = re.compile(r"/tests?/|\.dist-info/RECORD$")
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)  # the same commit gives the same bytes

SERVED_AT = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"  # as Pyodide's docs say

POLICY = (
    "default-src 'none'; script-src {script} 'wasm-unsafe-eval' blob:; "
    "worker-src blob:; style-src {style} 'unsafe-inline'; img-src data:; "
    "connect-src {connect}; base-uri 'none'; form-action 'none'"
)


def lock_of(pyodide: Path) -> dict[str, Any]:
    """Return the list of packages of a release, or say what is missing."""
    path = pyodide / "pyodide-lock.json"
    if not path.is_file():
        sys.exit(f"{path}: not there; give the folder of a Pyodide release")
    if not (pyodide / "pyodide.asm.js").is_file():
        sys.exit(f"{pyodide}: lacks pyodide.asm.js; web/README.md says which releases")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def wanted(lock: Mapping[str, Any], pyodide: Path) -> dict[str, Any]:
    """Return the packages of the release that are taken, with what they need."""
    packages = lock["packages"]
    here = {n for n, p in packages.items() if (pyodide / p["file_name"]).is_file()}
    missing = [name for name in NEEDED if name not in here]
    if missing:
        sys.exit(f"{pyodide} lacks the packages {', '.join(missing)}")
    taken: dict[str, Any] = {}
    waiting = [*NEEDED, *(name for name in USED if name in here)]
    while waiting:
        name = waiting.pop()
        if name in taken or name == "matplotlib-pyodide":  # figures are files here
            continue
        if name not in here:
            sys.exit(f"{pyodide} lacks the package {name}")
        taken[name] = {**packages[name]}
        waiting += packages[name]["depends"]
    for package in taken.values():
        package["depends"] = [name for name in package["depends"] if name in taken]
    return dict(sorted(taken.items()))


def checked(path: Path, digest: str) -> bytes:
    """Return the content of a file of the release, if it is the one that is listed."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"{path}: is not the file that pyodide-lock.json lists")
    return content


def wheels(names: Iterable[str], version: str, folder: Path) -> Iterator[Path]:
    """Download wheels; of a compiled one the part in Python is used."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    options = ["--only-binary=:all:", f"--python-version={version}", f"--dest={folder}"]
    platforms = ["--platform=any", "--platform=manylinux_2_17_x86_64"]
    subprocess.run([*pip, *options, *platforms, *names], check=True)
    yield from sorted(folder.glob("*.whl"))


def own_wheel(folder: Path) -> Path:
    """Build the wheel of iph as it stands here."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, f"--wheel-dir={folder}", str(HERE.parent)], check=True)
    (found,) = folder.glob("iph-*.whl")
    return found


def site(packed: Iterable[Path]) -> bytes:
    """Return one archive of all modules that need no compiler."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in packed:
            with zipfile.ZipFile(path) as wheel:
                for name in sorted(wheel.namelist()):
                    if name.endswith(("/", *COMPILED)) or LEFT_OUT.search(name):
                        continue
                    entry = zipfile.ZipInfo(name, date_time=WRITTEN_AT)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, wheel.read(name))
    return held.getvalue()


def parts_of(pyodide: Path, wheel: Path | None) -> dict[str, bytes]:
    """Return all that the page hands to its worker, by name."""
    lock = lock_of(pyodide)
    packages = wanted(lock, pyodide)
    kept = json.dumps({**lock, "packages": packages}).encode()
    parts = {"pyodide-lock.json.gz": kept}
    for package in packages.values():
        name = package["file_name"]
        parts[name] = checked(pyodide / name, package["sha256"])
    for name in ("pyodide.asm.wasm", "python_stdlib.zip"):
        parts[f"{name}.gz"] = (pyodide / name).read_bytes()
    scripts = [pyodide / "pyodide.asm.js", pyodide / "pyodide.js", HERE / "worker.js"]
    parts["worker.js.gz"] = b"\n;\n".join(path.read_bytes() for path in scripts)
    version = ".".join(lock["info"]["python"].split(".")[:2])
    pure = [name for name in PURE if name not in packages]
    with tempfile.TemporaryDirectory() as place:
        own = own_wheel(Path(place)) if wheel is None else wheel
        others = Path(place) / "others"
        parts["site.zip"] = site([own, *wheels(pure, version, others)])
    return {
        name: gzip.compress(content, mtime=0) if name.endswith(".gz") else content
        for name, content in parts.items()
    }


def bundled() -> str:
    """Return the modules of the interface as one, in the order of their needs."""
    texts = []
    for name in MODULES:
        folder = HERE if name == "desk" else INTERFACE
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r"^import .*;\n", "", text, flags=re.MULTILINE)
        texts.append(re.sub(r"^export ", "", text, flags=re.MULTILINE))
    return "\n".join(texts)


def page(script: str, style: str, data: str, policy: str) -> str:
    """Return the page with its script, its style and what it carries."""
    text = (INTERFACE / "index.html").read_text(encoding="utf-8")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    changes = {
        '<meta charset="utf-8">\n': f'<meta charset="utf-8">\n{meta}\n',
        '<link rel="stylesheet" href="style.css">\n': style,
        '<script type="module" src="main.js"></script>\n': "",
        "</body>": f"{data}{script}</body>",
    }
    for old, new in changes.items():
        if text.count(old) != 1:
            sys.exit(f"index.html: {old.strip()} must stand there once")
        text = text.replace(old, new)
    return text


def listed(parts: Iterable[str], far: Mapping[str, str], address: str = "") -> str:
    """Return the parts as the page reads them: name, and address and digest if far."""
    near = [[name, "", ""] for name in parts]
    others = [[name, address + name, digest] for name, digest in far.items()]
    text = json.dumps(near + others)
    return f'<script type="application/json" id="parts">{text}</script>\n'


def integrity(content: bytes) -> str:
    """Return the digest by which a browser knows a file."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def left_there(
    parts: Mapping[str, bytes], pyodide: Path
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Part what the small page brings from what it takes from the release elsewhere."""
    near: dict[str, bytes] = {}
    far: dict[str, str] = {}
    for name, content in parts.items():
        plain = name.removesuffix(".gz")
        if plain != "pyodide-lock.json" and (pyodide / plain).is_file():
            far[plain] = integrity((pyodide / plain).read_bytes())
        else:
            near[name] = content
    return near, far


def write_single(parts: Mapping[str, bytes], path: Path) -> None:
    """Write one file that carries everything as data."""
    code = f"\n{bundled()}"
    style = (INTERFACE / "style.css").read_text(encoding="utf-8")
    data = listed(parts, {}) + "".join(
        f'<script type="text/plain" id="part-{name}">'
        f"{base64.b64encode(content).decode()}</script>\n"
        for name, content in parts.items()
    )
    policy = POLICY.format(
        script=f"'{integrity(code.encode())}'", style="", connect="'none'"
    )
    script = f'<script type="module">{code}</script>\n'
    text = page(script, f"<style>\n{style}</style>\n", data, policy)
    path.write_text(text, encoding="utf-8")


def write_folder(
    parts: Mapping[str, bytes],
    folder: Path,
    far: Mapping[str, str] | None = None,
    address: str = "",
) -> None:
    """Write the page and its parts as files for a server; `far` ones stay elsewhere."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "parts").mkdir(parents=True)
    for name, content in parts.items():
        (folder / "parts" / name).write_bytes(content)
    shutil.copyfile(INTERFACE / "style.css", folder / "style.css")
    (folder / "page.js").write_text(bundled(), encoding="utf-8")
    connect = f"'self' {address}".rstrip()
    policy = POLICY.format(script="'self'", style="'self'", connect=connect)
    style = '<link rel="stylesheet" href="style.css">\n'
    script = '<script type="module" src="page.js"></script>\n'
    text = page(script, style, listed(parts, far or {}, address), policy)
    (folder / "index.html").write_text(text, encoding="utf-8")


def main() -> None:
    """Build all forms and print what they weigh."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pyodide", type=Path, help="the folder of a Pyodide release")
    parser.add_argument("out", type=Path, help="the folder to write to")
    parser.add_argument("--wheel", type=Path, help="of iph; built if not given")
    where = "where small/ finds the files of Pyodide; default: as its docs say"
    parser.add_argument("--address", default=SERVED_AT, help=where)
    given = parser.parse_args()
    parts = parts_of(given.pyodide, given.wheel)
    given.out.mkdir(parents=True, exist_ok=True)
    write_single(parts, given.out / "iph.html")
    write_folder(parts, given.out / "iph")
    near, far = left_there(parts, given.pyodide)
    version = lock_of(given.pyodide)["info"]["version"]
    address = f"{given.address.format(version=version).rstrip('/')}/"
    write_folder(near, given.out / "small", far, address)
    for name, content in sorted(parts.items(), key=lambda part: -len(part[1])):
        print(f"{len(content) / 1e6:7.2f} MB  {name}")
    whole = (given.out / "iph.html").stat().st_size / 1e6
    print(f"{sum(map(len, parts.values())) / 1e6:7.2f} MB  {given.out / 'iph'}")
    print(f"{whole:7.2f} MB  {given.out / 'iph.html'}")
    here = sum(map(len, near.values())) / 1e6
    print(f"{here:7.2f} MB  {given.out / 'small'}, the rest from {address}")


if __name__ == "__main__":
    main()
