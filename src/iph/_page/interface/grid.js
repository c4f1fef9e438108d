// The sheet as a grid: wrong cells are marked, say why, and can be mended where they are.

import { made } from "./dom.js";
import { say } from "./words.js";

const placeOf = (table, row, column) => JSON.stringify([table, row, column]);

// Returns the list of errors and the grids. `mended` maps a place to what was typed.
export function sheetView(said, mended) {
  const fields = new Map();
  const wrong = wrongPlaces(said);
  const grids = said.tables.map((table) => grid(table, wrong, mended, fields));
  return { errors: errorList(said, fields), grids };
}

function wrongPlaces(said) {
  const wrong = new Map();
  said.errors.forEach((error, index) => {
    for (const column of error.columns) {
      const place = placeOf(error.table, error.row, column);
      wrong.set(place, [...(wrong.get(place) ?? []), index]);
    }
  });
  return wrong;
}

const told = (error) => error.hint ? `${error.said}; ${error.hint}` : error.said;

function errorList(said, fields) {
  if (!said.errors.length) return [];
  const items = said.errors.slice(0, 200).map((error, index) => {
    const column = error.columns.join(", ");
    const where = error.row === null ? column || error.table
      : say("where", { row: error.row, column });
    const field = error.columns.map((name) => fields.get(placeOf(error.table, error.row, name)))
      .find((found) => found);
    let name = made("b", {}, where);
    if (field) {
      name = made("button", { type: "button", class: "row" }, where);
      name.addEventListener("click", () => field.focus());
    }
    const value = error.value ? ` “${error.value}”` : "";
    return made("li", { id: `error-${index}` }, name, `${field ? " " : ": "}${told(error)}${value ? ` (${say("here")}${value})` : ""}`);
  });
  const parts = [made("h3", {}, say("errors", { n: said.n_errors })), made("ol", {}, ...items)];
  if (said.n_errors > items.length) parts.push(made("p", {}, say("more_errors", { n: said.n_errors - items.length })));
  return parts;
}

function grid(table, wrong, mended, fields) {
  const head = made("tr", {}, made("th", { scope: "col" }, say("row")));
  table.header.forEach((name) => {
    const isWrong = [...wrong.keys()].includes(placeOf(table.name, null, name));
    head.append(made("th", { scope: "col", class: isWrong ? "wrong" : "" }, name));
  });
  const body = made("tbody");
  for (const [number, cells] of table.rows) {
    const line = made("tr", {}, made("th", { scope: "row" }, String(number)));
    table.header.forEach((name, place) => {
      const where = placeOf(table.name, number, name);
      const text = cells[place] ?? "";
      const reasons = wrong.get(where);
      const isHidden = table.hidden.includes(place);
      const canMend = !isHidden && (reasons || mended.has(where));
      line.append(canMend ? cell(where, text, reasons, mended, fields, number, name)
        : made("td", {}, isHidden ? "•••" : text));
    });
    body.append(line);
  }
  const caption = say("grid", { name: table.name, shown: table.rows.length, n: table.n_rows });
  const whole = made("table", { class: "grid" }, made("caption", {}, caption), made("thead", {}, head), body);
  return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, whole);
}

function cell(where, text, reasons, mended, fields, number, name) {
  const field = made("input", {
    value: text, autocomplete: "off", "aria-label": say("where", { row: number, column: name }),
    size: String(Math.max(4, Math.min(24, text.length + 1))),
  });
  const box = made("td", { class: reasons ? "wrong" : "mended" }, field);
  if (reasons) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", reasons.map((index) => `error-${index}`).join(" "));
  }
  field.addEventListener("change", () => {
    mended.set(where, field.value);
    box.className = "mended";
    field.removeAttribute("aria-invalid");
  });
  fields.set(where, field);
  return box;
}

// Returns what was mended as the desk asks for it.
export const corrections = (mended) => [...mended].map(([where, text]) => [...JSON.parse(where), text]);
