// What a reader can do with the page: sort and search tables, choose columns and
// groups, ask a figure. It adds all its controls itself: without it the page is whole.
"use strict";

const make = (name, properties = {}, ...inside) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
};

const box = (label, turned) => {
  const input = make("input", { type: "checkbox", checked: true });
  input.addEventListener("change", () => turned(input.checked));
  return make("label", {}, input, ` ${label}`);
};

// The share of a cell, else its first number; null if it begins with words.
const numberOf = (text) => {
  const plain = text.replace(/(\d)\u00b7(?=\d)/g, "$1.").replace(/\u2212/g, "-");
  if (!/^\W*\d|^[Pp] ?[=<>]|^-?\.\d/.test(plain)) return null;
  const found = plain.match(/-?[\d.,]*\d(?=\s*%)/) || plain.match(/-?[\d.,]*\d/);
  const value = Number(found[0].replace(/,/g, ""));
  return /^\W*<|^[Pp] ?</.test(plain) ? value - 1e-9 : value;
};

const compared = (one, other) => {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== null && b !== null) return a - b;
  if (a !== null || b !== null) return a !== null ? -1 : 1;
  return one.localeCompare(other, undefined, { numeric: true });
};

// Rows with the levels below them.
const blocksOf = (rows) => {
  const blocks = [];
  for (const row of rows) {
    const level = row.cells[0].classList.contains("level");
    if (level && blocks.length) blocks[blocks.length - 1].push(row);
    else blocks.push([row]);
  }
  return blocks;
};

const sorted = (rows, column, turn) => {
  const text = (row) => row.cells[column].textContent.trim();
  const empty = (row) => Number(text(row) === "");
  const order = (a, b) => empty(a) - empty(b) || turn * compared(text(a), text(b));
  return blocksOf(rows)
    .map(([head, ...levels]) => [head, ...levels.sort(order)])
    .sort(([a], [b]) => order(a, b))
    .flat();
};

const sortable = (table) => {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", className: "sort" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "none" };
      const now = next[head.getAttribute("aria-sort")] || "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (now !== "none") head.setAttribute("aria-sort", now);
      const turn = now === "descending" ? -1 : 1;
      body.append(...(now === "none" ? original : sorted(original, column, turn)));
    });
  });
};

const searched = (table) => {
  const field = make("input", { type: "search", placeholder: "Find in this table" });
  field.setAttribute("aria-label", "Find in this table");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const block of blocksOf(table.tBodies[0].rows)) {
      const whole = block[0].textContent.toLowerCase().includes(wanted);
      const found = block.map((row) => row.textContent.toLowerCase().includes(wanted));
      block.forEach((row, k) => {
        const kept = whole || found[k] || (k === 0 && found.some(Boolean));
        row.classList.toggle("away", !kept);
      });
    }
  });
  return field;
};

const chosenColumns = (table) => {
  const list = make("div", { className: "choices" });
  [...table.tHead.rows[0].cells].slice(1).forEach((head, k) => {
    list.append(box(head.textContent, (shown) => {
      for (const row of table.rows) row.cells[k + 1].classList.toggle("away", !shown);
    }));
  });
  return make("details", {}, make("summary", { textContent: "Columns" }), list);
};

const copied = (table) => {
  const button = make("button", { type: "button", textContent: "Copy" });
  button.addEventListener("click", () => {
    const range = document.createRange();
    range.selectNode(table);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const done = document.execCommand("copy");
    getSelection().removeAllRanges();
    button.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return button;
};

const LONG = 12; // rows; a shorter table needs no search
const WIDE = 4; // columns; in a narrower one none need be hidden

for (const table of document.querySelectorAll(".scroll > table")) {
  const tools = make("div", { className: "tools" }, copied(table));
  if (table.tBodies[0].rows.length > LONG) tools.append(searched(table));
  if (table.tHead.rows[0].cells.length >= WIDE) tools.append(chosenColumns(table));
  if (table.tBodies[0].rows.length > 1) sortable(table);
  table.parentElement.before(tools);
}

for (const paper of document.querySelectorAll(".paper")) {
  const parts = [...paper.querySelectorAll("[data-group]")];
  const groups = [...new Set(parts.map((part) => part.dataset.group))];
  if (groups.length < 2) continue;
  const boxes = groups.map((group) => box(group, (shown) => {
    for (const part of parts) {
      if (part.dataset.group === group) part.classList.toggle("away", !shown);
    }
  }));
  const legend = make("legend", { textContent: "Groups shown" });
  paper.after(make("fieldset", { className: "tools" }, legend, ...boxes));
}

const tip = make("div", { className: "tip", hidden: true });
tip.setAttribute("aria-hidden", "true"); // the numbers stand in the table of the figure
document.body.append(tip);
for (const title of document.querySelectorAll(".says > title")) {
  title.parentElement.dataset.says = title.textContent;
  title.remove(); // else the browser shows it once more
}
const pointed = (event) => {
  const part = event.target.closest?.(".says");
  tip.hidden = !part;
  if (!part) return;
  tip.textContent = part.dataset.says;
  const { clientWidth, clientHeight } = document.documentElement;
  const right = clientWidth - tip.offsetWidth - 8;
  const below = event.clientY + 18;
  const above = event.clientY - tip.offsetHeight - 12;
  tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, right))}px`;
  tip.style.top = `${below + tip.offsetHeight > clientHeight ? above : below}px`;
};
document.addEventListener("pointermove", pointed);
document.addEventListener("pointerdown", pointed);
addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
