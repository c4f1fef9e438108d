// Runs Python in a worker. It follows the loader of Pyodide in one script, and finds
// what that loader would fetch among the parts that the page handed over.

const NOWHERE = "https://iph.invalid/"; // asked for, never reached
const FIGURES = "agg";

let python = null;
let answered = null;

function within(parts) {
  return async (asked) => {
    const name = String(asked.url ?? asked).split("/").pop();
    if (!(name in parts)) throw new TypeError(`${name} is not part of this page`);
    const kind = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(parts[name], { headers: { "Content-Type": kind } });
  };
}

async function boot(parts) {
  self.fetch = within(parts);
  const step = (done) => self.postMessage({ step: [done, 4] });
  step(0);
  python = await loadPyodide({
    indexURL: NOWHERE, env: { MPLBACKEND: FIGURES, HOME: "/home/pyodide" },
  });
  step(1);
  const { packages } = JSON.parse(new TextDecoder().decode(parts["pyodide-lock.json"]));
  const silent = { messageCallback: () => {}, errorCallback: () => {} };
  await python.loadPackage(Object.keys(packages), silent);
  step(2);
  const site = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(parts["site.zip"], "zip", { extractDir: site });
  for (const name of Object.keys(parts)) delete parts[name];
  step(3);
  answered = python.runPython(`
import importlib, json, logging
importlib.invalidate_caches()
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it tells of its cache
import iph.report, iph.study, iph.records
from iph._page import answer

def answered(action, given, files, tell):
    dropped = {name: bytes(content) for name, content in files.to_py().items()}
    found = answer(action, json.loads(given), dropped, tell)
    return json.dumps(found.said), found.files

answered`);
  self.postMessage({ ready: true });
}

function reply({ action, given, files }) {
  const tell = (what, done, total) => self.postMessage({ step: [what, done, total] });
  const found = answered(action, JSON.stringify(given), files, tell);
  const [said, made] = found.toJs({ dict_converter: Object.fromEntries });
  found.destroy();
  self.postMessage({ said: JSON.parse(said), files: made });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.parts) await boot(data.parts);
    else reply(data);
  } catch (problem) {
    self.postMessage({ failed: problem.message.trim().split("\n").pop() });
  }
};
