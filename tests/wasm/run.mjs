// Runs tests of this checkout on WebAssembly: node tests/wasm/run.mjs FOLDER TEST...
// FOLDER is what tests/wasm/interpreter.py wrote.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, ...tests] = process.argv.slice(2);
const home = path.resolve(folder, "pyodide");
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const { loadPyodide } = await import(pathToFileURL(path.join(home, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: `${home}/`,
  env: { HYPOTHESIS_PROFILE: "smoke", MPLBACKEND: "agg", HOME: "/home/pyodide" },
});
await python.loadPackage(["numpy", "scipy", "pandas"], { messageCallback: () => {} });
for (const name of readdirSync(path.join(folder, "wheels"))) {
  const bytes = new Uint8Array(readFileSync(path.join(folder, "wheels", name)));
  python.unpackArchive(bytes, "wheel", { extractDir: "/wheels" });
}
python.FS.mkdirTree("/iph");
python.FS.mount(python.FS.filesystems.NODEFS, { root }, "/iph");
python.globals.set("tests", python.toPy(tests));
// Capturing needs files without a name, which this system does not have.
process.exitCode = await python.runPythonAsync(`
import os, sys
sys.path[:0] = ["/iph/src", "/wheels"]
sys.dont_write_bytecode = True
os.chdir("/iph")
import numpy as np
assert np.arange(1).dtype == np.int32, "the whole numbers of this machine have 64 bits"
import pytest
int(pytest.main([
    "-q", "-s", "-c", "/dev/null", "--rootdir=/iph", "--import-mode=importlib",
    "-o", "markers=quick", "-p", "no:cacheprovider", "-m", "quick", "--tb=short", *tests,
]))
`);
