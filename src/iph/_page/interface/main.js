// The page: which question is asked when, and where its answer is shown.

import { openDesk } from "./desk.js";
import { byId, made, show } from "./dom.js";
import { corrections, sheetView } from "./grid.js";
import { printButton, wirePrinting } from "./printing.js";
import { mappingFile, questionForm } from "./questions.js";
import { studyForm } from "./study.js";
import { say, speak } from "./words.js";

const LARGEST = 50 * 1024 * 1024;

const BESIDE = /assess|visit|follow/i; // what a table of assessments is called

const state = {
  file: null, second: null, study: null, draft: null, wrong: [], answers: new Map(), mended: new Map(), said: null, unread: [],
};
const STEPS = { "synthetic patients": "making_up", patients: "checking" };
const NOTHING = () => "";

let desk = null;
let isBusy = false;
let complaint = NOTHING;

function tell(what, done, total) {
  byId("step").textContent = total > 1 ? `${what} (${done}/${total})` : what;
  const bar = byId("progress");
  if (total > 1) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
}

// Shows what is wrong; `text` is called again when the language changes.
function complain(text) {
  complaint = text;
  const trouble = byId("trouble");
  trouble.textContent = text();
  show(trouble, trouble.textContent !== "");
}

// Says what Python is doing, which tells of it in English.
function stepWords(what) {
  if (what in STEPS) return say(STEPS[what]);
  const name = what.match(/^rows of (.*)$/s)?.[1];
  return name === undefined ? say("drawing") : say("reading", { name });
}

// Says what is wrong; if it is not clear which sheet is meant, lets one choose.
function refused({ error, sheets }) {
  complain(() => (sheets ? `${error}\n${say("choose_sheet")}` : error));
  if (!sheets) return;
  listSheets(sheets);
  byId("options").open = true;
}

function listSheets(sheets) {
  const field = byId("sheet-name");
  const chosen = sheets.includes(field.value) ? field.value : "";
  field.replaceChildren(made("option", { value: "" }, say("by_itself")), ...sheets.map((name) => made("option", { value: name }, name)));
  field.value = chosen;
  field.disabled = sheets.length < 2;
}

// Asks one question at a time; returns null if it was stopped or could not be answered.
async function ask(action, given, files = {}, doing = say("working")) {
  if (isBusy) return null;
  isBusy = true;
  complain(NOTHING);
  tell(doing, 0, 0);
  show(byId("working"));
  for (const button of document.querySelectorAll("main button:not(#stop, [role=tab])")) button.disabled = true;
  try {
    const found = await desk.ask(action, given, files, (what, done, total) => tell(stepWords(what), done, total));
    if (found === null) complain(() => say("stopped"));
    else if (found.said.error) refused(found.said);
    return found === null || found.said.error ? null : found;
  } catch (problem) {
    complain(() => say("failed", { why: problem.message }));
    return null;
  } finally {
    isBusy = false;
    show(byId("working"), false);
    for (const button of document.querySelectorAll("main button")) button.disabled = false;
  }
}

const given = () => ({
  file: state.file.name,
  assessments: state.second?.name ?? null,
  study: state.study?.name ?? null,
  answers: [...state.answers].map(([key, readAs]) => [...JSON.parse(key), readAs]),
  corrections: corrections(state.mended),
  sheet: byId("sheet-name").value,
  decimal: byId("decimal").value,
  missing: byId("missing").value.split(";").map((code) => code.trim()).filter(Boolean),
  encoding: byId("encoding").value.trim(),
});

function filesOf() {
  const files = {};
  for (const file of [state.file, state.second, state.study]) if (file) files[file.name] = file.bytes;
  return files;
}

async function bytesOf(file) {
  if (file.size > LARGEST) {
    complain(() => say("too_large", { name: file.name }));
    return null;
  }
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

// Takes what was dropped: a sheet, or one of patients and one of assessments; a study file beside them.
async function take(...files) {
  if (isBusy) return;
  const held = await Promise.all(files.map(bytesOf));
  if (held.includes(null)) return;
  const studies = held.filter(({ name }) => name.toLowerCase().endsWith(".toml"));
  const tables = held.filter((file) => !studies.includes(file)).sort((a, b) => BESIDE.test(a.name) - BESIDE.test(b.name));
  if (tables.length > 2 || studies.length > 1) {
    complain(() => say("too_many"));
    return;
  }
  if (studies.length) [state.study] = studies;
  if (tables.length) {
    const [file, second = null] = tables;
    Object.assign(state, { file, second, answers: new Map(), mended: new Map(), said: null, draft: null });
    byId("second").value = "";
    listSheets([]);
    for (const name of ["found", "describing", "making", "made"]) show(byId(name), false);
  }
  await look();
}

async function look() {
  if (!state.file) {
    const name = state.study?.name;
    if (name) complain(() => say("study_waits", { name }));
    return;
  }
  const found = await ask("look", given(), filesOf(), say("reading", { name: state.file.name }));
  if (!found) return;
  state.said = found.said;
  listSheets(found.said.sheets);
  showSheet();
  byId("step-2").focus();
}

async function describe() {
  if (!state.draft) {
    const found = await ask("draft", given(), filesOf());
    if (!found) return;
    const { text, ...form } = found.said;
    Object.assign(state, { draft: { ...form, primary_outcome: "", primary_visit: "" }, wrong: [] });
    byId("study-text").value = text;
  }
  showStudy();
  byId("step-study").focus();
}

function showStudy() {
  const use = () => useStudy({ form: state.draft });
  const leave = () => { show(byId("describing"), false); byId("describe").focus(); };
  byId("study-form").replaceChildren(...studyForm(state.draft, state.wrong, { use, leave }));
  show(byId("describing"));
}

// Has a study file written and checked; uses it if nothing is wrong with it.
async function useStudy(given) {
  const found = await ask("study", given);
  if (!found) return;
  byId("study-text").value = found.said.text;
  const { wrong } = found.said;
  state.wrong = wrong;
  showStudy();
  if (wrong.length) {
    if (given.text) complain(() => wrong.map(({ line, key, said }) => `${line && `${say("line")} ${line}, `}${key}: ${said}`).join("\n"));
    byId("step-study").focus();
    return;
  }
  const [[name, bytes]] = Object.entries(found.files);
  state.study = { name, bytes };
  show(byId("describing"), false);
  await look();
}

function showSheet() {
  const said = state.said;
  const verdict = byId("verdict");
  verdict.textContent = say(said.ok ? "sound" : "unsound", {
    name: state.file.name, patients: said.n_patients, assessments: said.n_assessments, errors: said.n_errors,
  });
  verdict.classList.toggle("wrong", !said.ok);
  byId("belongs").textContent = say("belongs", { study: said.study });
  show(byId("leave-study"), state.study !== null);
  show(byId("swap"), state.second !== null);
  const notes = [["warnings", said.warnings], ["not_read", said.not_read], ["read_otherwise", said.read_as]];
  byId("notes").replaceChildren(...notes.filter(([, lines]) => lines.length).map(([key, lines]) =>
    made("details", { open: key === "warnings" }, made("summary", {}, say(key, { n: lines.length })),
      made("ul", {}, ...lines.map((line) => made("li", {}, line))))));
  const view = sheetView(said, state.mended);
  byId("errors").replaceChildren(...view.errors);
  byId("questions").replaceChildren(...questionForm(said.questions, said.fields, state.answers));
  const keep = made("button", { type: "button" }, say("keep_answers"));
  keep.addEventListener("click", () => save("iph_mapping.csv", new TextEncoder().encode(mappingFile(state.answers))));
  if (state.answers.size) byId("questions").append(made("p", {}, keep));
  byId("grids").replaceChildren(...view.grids);
  show(byId("found"));
  show(byId("making"), said.ok);
}

function link(name, bytes, key = null) {
  const kinds = { html: "text/html", json: "application/json", zip: "application/zip" };
  const blob = new Blob([bytes], { type: kinds[name.split(".").pop()] ?? "application/octet-stream" });
  return made("a", { class: "button", download: name, href: URL.createObjectURL(blob), "data-text": key }, key ? say(key) : name);
}

function save(name, bytes) {
  link(name, bytes).click();
}

function showReport(found) {
  const labels = { "report.html": "as_html", "report.docx": "as_word", "results.json": "as_json", "iph-report.zip": "as_zip" };
  byId("summary").replaceChildren(...found.said.summary.map((line) => made("li", {}, line)));
  if (found.said.n_records && !found.said.n_patients) complain(() => say("none_included", { n: found.said.n_unknown }));
  const links = Object.entries(found.files).map(([name, bytes]) => link(name, bytes, labels[name]));
  byId("downloads").replaceChildren(printButton(byId("shown")), ...links);
  const text = new TextDecoder().decode(found.files["report.html"]);
  // The frame runs no script, and the report is whole without its own.
  byId("shown").srcdoc = text.replace(/<script>[^]*?<\/script>/, "");
  show(byId("made"));
  byId("step-4").focus();
}

async function report() {
  const found = await ask("report", { ...given(), population: byId("population").value }, filesOf(), say("reporting"));
  if (found) showReport(found);
}

async function demo() {
  const found = await ask("demo", {}, {}, say("reporting"));
  if (found) showReport(found);
}

async function audit(file) {
  const held = file ? await bytesOf(file) : null;
  if (file && !held) return;
  const files = held ? { [held.name]: held.bytes } : {};
  const found = await ask("audit", { file: held?.name ?? null }, files, say("auditing"));
  if (!found) return;
  byId("verdicts").replaceChildren(...found.said.verdicts.map(([verdict, n]) => made("li", {}, `${verdict}: ${n}`)));
  byId("audit-downloads").replaceChildren(
    printButton(byId("findings")), link("findings.html", found.files["findings.html"], "as_html"));
  byId("findings").srcdoc = new TextDecoder().decode(found.files["findings.html"]);
  show(byId("findings"));
}

async function plan(event) {
  event.preventDefault();
  const found = await ask("plan", Object.fromEntries(new FormData(byId("planned"))));
  byId("sentence").textContent = found ? found.said.sentence : "";
}

function choose(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    show(byId(other.getAttribute("aria-controls")), isChosen);
  }
  complain(NOTHING);
}

function wireTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
}

function wireDrop() {
  const drop = byId("drop");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault(); // else the browser would leave the page for the file
      drop.classList.toggle("over", name === "dragenter" || name === "dragover");
    });
  }
  document.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    choose(byId("tab-sheet"));
    take(...files);
  });
}

function wire() {
  wireTabs();
  wireDrop();
  wirePrinting();
  const onFile = (id, use) => byId(id).addEventListener("change", async (event) => {
    const files = [...event.target.files];
    event.target.value = ["study", "second"].includes(id) ? event.target.value : ""; // the same file can be chosen again
    if (files.length) await use(...files);
  });
  onFile("file", take);
  onFile("claims", audit);
  onFile("study", async (file) => { state.study = await bytesOf(file); await look(); });
  onFile("second", async (file) => { state.second = await bytesOf(file); await look(); });
  const onClick = (id, use) => byId(id).addEventListener("click", () => use());
  onClick("demo", demo);
  onClick("describe", describe);
  onClick("leave-study", async () => { state.study = null; byId("study").value = ""; await look(); });
  onClick("swap", async () => { [state.file, state.second] = [state.second, state.file]; await look(); });
  onClick("use-text", () => useStudy({ text: byId("study-text").value }));
  onClick("keep-study", () => save("study.toml", new TextEncoder().encode(byId("study-text").value)));
  onClick("look-again", look);
  onClick("look-again-options", look);
  onClick("report", report);
  onClick("audit-li", () => audit(null));
  onClick("stop", () => desk.stop());
  onClick("take-pasted", () => {
    const text = byId("pasted").value;
    if (text.trim()) take(new File([text], text.includes("\t") ? "pasted.tsv" : "pasted.csv"));
  });
  byId("planned").addEventListener("submit", plan);
  byId("language").addEventListener("change", (event) => {
    speak(event.target.value);
    complain(complaint);
    byId("promise").textContent = desk ? say(desk.promise) : "";
    showUnread();
    if (state.said) showSheet();
    if (state.draft && !byId("describing").hidden) showStudy();
  });
}

function showUnread() {
  byId("unread").textContent = say("unread", { kinds: state.unread.join("; ") });
  show(byId("unread"), state.unread.length > 0);
}

async function start() {
  byId("language").value = speak(navigator.language.slice(0, 2));
  wire();
  isBusy = true;
  show(byId("working"));
  try {
    desk = await openDesk(tell, say);
    byId("promise").textContent = say(desk.promise);
    isBusy = false;
    const found = await ask("hello", {}, {}, say("starting"));
    if (found) {
      byId("version").textContent = `iph ${found.said.version}.`;
      state.unread = found.said.unread;
      showUnread();
    }
    document.documentElement.dataset.ready = "true";
  } catch (problem) {
    show(byId("working"), false);
    complain(() => say("failed", { why: problem.message }));
  }
}

start();
