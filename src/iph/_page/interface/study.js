// The form that describes a study: drafted from the columns, corrected by a person.

import { made } from "./dom.js";
import { say } from "./words.js";

const KINDS = {
  known: "kind_known", number: "kind_number", yes_no: "kind_yes_no", grades: "kind_grades",
  codes: "kind_codes", choices: "kind_choices", leave: "kind_leave",
};
const LISTED = ["grades", "codes", "choices"];
const UNITS = ["days", "hours", "minutes"];

const option = (value, label, chosen) => made("option", { value, selected: value === chosen }, label);

function changed(field, use) {
  field.addEventListener("change", () => use(field.value));
  return field;
}

const entry = (held, key, label, more = {}) => changed(
  made("input", { value: held[key], autocomplete: "off", "aria-label": label, ...more }),
  (value) => { held[key] = value; });

function choice(held, key, label, options, after = () => {}) {
  const field = made("select", { "aria-label": label },
    ...options.map(([value, text]) => option(value, text, String(held[key]))));
  return changed(field, (value) => { held[key] = value; after(); });
}

const labeled = (key, field) => made("label", {}, made("span", {}, say(key)), field);

const nameOf = (field) => field.label || field.name;

const isFollowed = (field) => field.at_visit && (field.kind === "number" || field.kind === "grades" || field.kind === "known");

const headed = (keys) => made("thead", {}, made("tr", {}, ...keys.map((key) => made("th", { scope: "col" }, say(key)))));

// On a phone the head of the table is not seen, and each cell says its own.
const headedCell = (key, field) => made("td", { "data-head": say(key) }, field);

function boxed(caption, head, rows) {
  const table = made("table", { class: "asked described" }, made("caption", {}, caption), head, made("tbody", {}, ...rows));
  return made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

// Draws the form anew after each change that changes what is asked.
export function studyForm(draft, wrong, { use, leave }) {
  const place = made("div", {});
  const redraw = (focused) => {
    place.replaceChildren(...parts(draft, wrong, redraw));
    if (focused) place.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  };
  redraw();
  const useIt = made("button", { type: "button", class: "main", id: "use-study" }, say("use_study"));
  useIt.addEventListener("click", use);
  const no = made("button", { type: "button" }, say("cancel"));
  no.addEventListener("click", leave);
  return [place, made("p", {}, useIt, " ", no)];
}

function parts(draft, wrong, redraw) {
  const parted = draft.fields.filter((field) => !field.at_visit && ["codes", "grades", "yes_no", "known"].includes(field.kind));
  const followed = draft.fields.filter((field) => isFollowed(field) && field.better);
  const named = (fields) => [["", say("none")], ...fields.map((field) => [field.name, nameOf(field)])];
  const visits = [["", say("none")], ...draft.visits.map((visit) => [visit.code, visit.label || visit.code])];
  return [
    ...mistakes(draft, wrong),
    made("div", { class: "form" },
      labeled("study_title", entry(draft, "title", say("study_title"))),
      labeled("condition", entry(draft, "condition", say("condition"), { placeholder: say("condition_such") })),
      labeled("day_zero", entry(draft, "day_zero", say("day_zero"), { placeholder: say("day_zero_such") })),
      labeled("time_unit", choice(draft, "time_unit", say("time_unit"), UNITS.map((unit) => [unit, say(unit)])))),
    visitTable(draft, wrong, redraw),
    fieldTable(draft, wrong, redraw),
    made("div", { class: "form" },
      labeled("group", choice(draft, "group", say("group"), named(parted))),
      labeled("primary_outcome", choice(draft, "primary_outcome", say("primary_outcome"), named(followed))),
      labeled("primary_visit", choice(draft, "primary_visit", say("primary_visit"), visits))),
  ];
}

function mistakes(draft, wrong) {
  if (!wrong.length) return [];
  const lines = wrong.map(({ key, said }) => made("li", {}, key ? made("b", {}, key) : null, `${key ? ": " : ""}${said}`));
  return [made("h3", {}, say("study_wrong", { n: wrong.length })), made("ul", { class: "mistakes" }, ...lines)];
}

const isWrong = (wrong, tables, name) => wrong.some(({ key }) => tables.some((table) => `${key}.`.startsWith(`${table}.${name}.`)));

function visitTable(draft, wrong, redraw) {
  const rows = draft.visits.map((visit, place) => {
    const named = visit.label || visit.code;
    const away = made("button", { type: "button", class: "row", "aria-label": say("remove_visit", { named }) }, say("remove"));
    away.addEventListener("click", () => { draft.visits.splice(place, 1); redraw(); });
    return made("tr", { class: isWrong(wrong, ["visits"], visit.code) ? "wrong" : "" },
      headedCell("visit_code", entry(visit, "code", say("visit_name", { n: place + 1 }))),
      headedCell("visit_time", entry(visit, "time", say("visit_time_of", { named }))),
      headedCell("visit_words", entry(visit, "label", say("visit_words_of", { named }))),
      made("td", {}, away));
  });
  const more = made("button", { type: "button" }, say("add_visit"));
  more.addEventListener("click", () => {
    draft.visits.push({ code: `visit_${draft.visits.length + 1}`, time: "", label: "" });
    redraw(say("visit_name", { n: draft.visits.length }));
  });
  return made("div", {},
    boxed(say("visits", { n: rows.length }), headed(["visit_code", "visit_time", "visit_words", "remove"]), rows),
    made("p", { class: "soft" }, say("visits_help")), made("p", {}, more));
}

function fieldTable(draft, wrong, redraw) {
  const rows = draft.fields.map((field) => fieldRow(field, wrong, redraw));
  return made("div", {},
    boxed(say("fields", { n: rows.length }), headed(["column", "recorded", "holds", "details", "better_end", "remark"]), rows),
    made("p", { class: "soft" }, say("fields_help")));
}

function fieldRow(field, wrong, redraw) {
  const named = nameOf(field);
  const again = (key) => () => redraw(say(key, { named }));
  const roles = [["", say("once")], ["yes", say("each_visit")]];
  const role = { value: field.at_visit ? "yes" : "" };
  const where = choice(role, "value", say("recorded_of", { named }), roles, () => {
    field.at_visit = Boolean(role.value);
    if (!isFollowed(field)) field.better = "";
    redraw(say("recorded_of", { named }));
  });
  const kinds = Object.entries(KINDS).filter(([kind]) => kind !== "known" || field.is_known).map(([kind, key]) => [kind, say(key)]);
  const kind = choice(field, "kind", say("holds_of", { named }), kinds, () => {
    if (!isFollowed(field)) field.better = "";
    again("holds_of")();
  });
  const ends = [["", say("not_followed")], ["low", say("low_better")], ["high", say("high_better")]];
  return made("tr", { class: isWrong(wrong, ["patient", "at_visit", "outcomes"], field.name) ? "wrong" : field.kind === "leave" ? "left" : "" },
    made("th", { scope: "row" }, named), field.kind === "leave" ? made("td") : headedCell("recorded", where), headedCell("holds", kind),
    made("td", { class: "details" }, ...details(field, named)),
    isFollowed(field) ? headedCell("better_end", choice(field, "better", say("better_of", { named }), ends, again("better_of"))) : made("td"),
    made("td", {}, field.remark));
}

function details(field, named) {
  const small = (key) => labeled(key, entry(field, key, `${named}: ${say(key)}`, { size: "5" }));
  if (field.kind === "number") return ["low", "high", "step", "unit", "missing_numbers"].map((key) => (
    key === "missing_numbers" ? labeled(key, entry(field, "missing", `${named}: ${say(key)}`, { size: "5" })) : small(key)));
  if (LISTED.includes(field.kind)) {
    const key = field.kind === "grades" ? "words_in_order" : "words_listed";
    return [labeled(key, entry(field, "words", `${named}: ${say(key)}`, { size: "28" }))];
  }
  return [];
}
