// Asks the server on this computer; the page without a server has its own such module.

const decoded = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

async function encoded(bytes) {
  const url = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return url.slice(url.indexOf(",") + 1);
}

async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

// Opens the desk at which questions are answered.
export async function openDesk() {
  const ask = async (action, given, files, tell) => {
    const packed = {};
    for (const [name, bytes] of Object.entries(files)) packed[name] = await encoded(bytes);
    const response = await fetch("ask", {
      method: "POST",
      body: JSON.stringify({ action, given, files: packed }),
    });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    for await (const line of lines(response)) {
      if (line.step) tell(...line.step);
      else if (line.stopped) return null;
      else {
        const made = Object.entries(line.files).map(([name, text]) => [name, decoded(text)]);
        return { said: line.said, files: Object.fromEntries(made) };
      }
    }
    throw new Error("the server stopped");
  };
  const stop = async () => { await fetch("stop", { method: "POST" }); };
  return { ask, stop, promise: "promise_local" };
}
