// The form that asks what unknown columns and words mean: the rows of a mapping file.

import { made } from "./dom.js";
import { say } from "./words.js";

const GUESS = "?";

export const keyOf = (column, cell) => JSON.stringify([column, cell]);

// Returns the form. `answers` maps a key to what a person said, and is kept up to date.
export function questionForm(questions, fields, answers) {
  const list = made("datalist", { id: "fields" });
  for (const [name, label] of fields) list.append(made("option", { value: name, label }));
  list.append(made("option", { value: "ignore" }));
  const open = [];
  const settled = [];
  const whole = [];
  for (const row of questions) {
    const group = isOptional(row) ? whole : isOpen(row, answers) ? open : settled;
    group.push(row);
  }
  const parts = [list];
  if (open.length) {
    const boxes = [];
    const table = asked(open, answers, boxes, say("asked", { n: open.length }));
    if (boxes.length > 1) {
      const all = made("button", { type: "button" }, say("take_guesses"));
      all.addEventListener("click", () => {
        for (const box of boxes) if (!box.checked) box.click();
      });
      parts.push(made("p", {}, all));
    }
    parts.push(table);
  }
  if (settled.length) parts.push(folded("understood", settled, answers));
  if (whole.length) parts.push(folded("whole_sheet", whole, answers));
  return parts;
}

function folded(key, rows, answers) {
  const caption = say(key, { n: rows.length });
  return made("details", {}, made("summary", {}, caption), asked(rows, answers, [], caption));
}

const isOptional = ([column]) => column === "(sheet)" || column === "(row)";

function isOpen([column, cell, readAs], answers) {
  return !answers.has(keyOf(column, cell)) && (readAs === "" || readAs.startsWith(GUESS));
}

function asked(rows, answers, boxes, caption) {
  const head = made("tr", {}, ...["column", "word", "read_as", "right", "remark"].map(
    (key) => made("th", { scope: "col" }, say(key))));
  const body = made("tbody", {}, ...rows.map((row) => question(row, answers, boxes)));
  const table = made("table", { class: "asked" },
    made("caption", {}, caption), made("thead", {}, head), body);
  return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

function question([column, cell, readAs, remark], answers, boxes) {
  const key = keyOf(column, cell);
  const isGuess = readAs.startsWith(GUESS) && !answers.has(key);
  const value = answers.get(key) ?? readAs.replace(/^\?\s*/, "");
  const named = cell ? `${column}: ${cell}` : column;
  const field = made("input", { value, autocomplete: "off", "aria-label": say("means", { named }) });
  if (!cell) field.setAttribute("list", "fields");
  let box = null;
  if (isGuess) {
    box = made("input", { type: "checkbox", "aria-label": say("guess_right", { named, value }) });
    boxes.push(box);
    box.addEventListener("change", () => keep());
  }
  const keep = () => {
    const text = field.value.trim();
    if (text && (!box || box.checked)) answers.set(key, text);
    else answers.delete(key);
  };
  field.addEventListener("change", () => {
    if (box) box.checked = field.value.trim() !== "";
    keep();
  });
  const said = remark.startsWith("a guess: remove the mark") ? say("a_guess") : remark;
  return made("tr", {}, made("th", { scope: "row" }, column), made("td", {}, cell),
    made("td", {}, field), made("td", {}, ...(box ? [box] : [])), made("td", {}, said));
}

// Returns the answers as a mapping file, to be given with --mapping.
export function mappingFile(answers) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = [...answers].map(([key, readAs]) => [...JSON.parse(key), readAs, ""].map(quoted).join(","));
  return `\ufeff${["column,cell,read_as,comment", ...lines].join("\r\n")}\r\n`;
}
