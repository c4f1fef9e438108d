// Answers in this browser: Python runs in a worker, and the page may ask nobody else.

const RESTRICTED = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
  + "worker-src blob:; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'none'";

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function inlined(element) {
  const text = atob(element.textContent.trim());
  element.remove();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// A file that lies elsewhere is taken only if it is the one for which the page was built.
async function fetched(name, address, integrity) {
  const place = address || `parts/${name}`;
  let response = null;
  try {
    response = await fetch(place, integrity ? { integrity, credentials: "omit", referrerPolicy: "no-referrer" } : {});
  } catch {
    throw new Error(`${place} cannot be had, or is not the file for which this page was made`);
  }
  if (!response.ok) throw new Error(`${place}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

// Returns the parts of Python by name: they stand in the page, beside it, or elsewhere.
async function gathered(tell, doing) {
  const parts = {};
  const listed = JSON.parse(document.getElementById("parts").textContent);
  for (const [done, [name, address, integrity]] of listed.entries()) {
    tell(doing, done, listed.length);
    const element = document.getElementById(`part-${name}`);
    const bytes = element ? inlined(element) : await fetched(name, address, integrity);
    if (name.endsWith(".gz")) parts[name.slice(0, -3)] = await inflated(bytes);
    else parts[name] = bytes;
  }
  return parts;
}

// From here on nothing can be asked from anywhere, whatever runs in this page.
function close() {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = RESTRICTED;
  document.head.append(policy);
}

// Opens the desk at which questions are answered.
export async function openDesk(tell, say) {
  const doing = say("loading");
  const parts = await gathered(tell, doing);
  close();
  const script = new Blob([parts["worker.js"]], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  delete parts["worker.js"];
  let worker = null;
  let ready = null;
  let waiting = null;

  function start(onStep) {
    worker = new Worker(address);
    ready = new Promise((resolve, reject) => {
      worker.onerror = (event) => {
        failed(new Error(event.message || "the worker failed"), reject);
      };
      worker.onmessage = ({ data }) => {
        if (data.ready) resolve();
        else if (data.failed) failed(new Error(data.failed), reject);
        else if (data.step) (waiting?.tell ?? onStep)(...data.step);
        else waiting?.resolve(data);
      };
    });
    worker.postMessage({ parts });
  }

  // What ended in no answer may have ended Python as well, so that it is started anew.
  function failed(problem, reject) {
    if (!waiting) {
      reject(problem);
      return;
    }
    worker.terminate();
    start(() => {});
    waiting.reject(problem);
  }

  start((done, total) => tell(doing, done, total));
  await ready;

  const ask = async (action, given, files, onStep) => {
    await ready;
    return new Promise((resolve, reject) => {
      const ended = (settle) => (value) => { waiting = null; settle(value); };
      waiting = { resolve: ended(resolve), reject: ended(reject), tell: onStep };
      worker.postMessage({ action, given, files });
    });
  };
  const stop = async () => {
    worker.terminate();
    waiting?.resolve(null);
    start(() => {});
    await ready;
  };
  return { ask, stop, promise: "promise_browser" };
}
