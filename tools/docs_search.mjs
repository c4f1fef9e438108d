// Ask the built documentation's own search 20 questions, and keep where the answer stands.
//
//     node tools/docs_search.mjs path/to/html docs/reference/docs-search.json
//
// The scripts of the pages do the search, as a reader's browser would run them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";

// What is asked, and the pages that answer it beside the answers to common questions.
const QUICK = "how-to/answer-a-question";
const QUESTIONS = [
  ["How do I get an exact p-value?", ["how-to/exact-tests"]],
  ["How do I read an Excel file?", ["how-to/read-a-table", "tutorial/your-own-file"]],
  ["How do I use my own column names?", ["how-to/read-a-table"]],
  ["How do I import from REDCap?", ["how-to/read-redcap", "tutorial/redcap-study"]],
  ["How do I get a Word document?", ["tutorial/read-a-report", "tutorial/results-section"]],
  ["How do I get the confidence interval of a median?", ["iph.stats.median_interval"]],
  ["How do I correct for multiple comparisons?", ["explanation/which-test-when", "iph.stats.adjust_p_values"]],
  ["How do I measure agreement with kappa?", ["iph.stats.weighted_kappa", "iph.stats.agreement"]],
  ["How do I handle missing data?", ["explanation/missing-and-unknown"]],
  ["How do I analyze competing risks?", ["iph.stats.cumulative_incidence", "explanation/which-test-when"]],
  ["How do I come from SPSS?", ["how-to/come-from-another-program"]],
  ["How do I open a Stata file?", ["how-to/read-a-table", "how-to/come-from-another-program"]],
  ["How do I change the size and colors of a figure?", ["reference/figures", "iph.report.FigureOptions"]],
  ["How do I plot a Kaplan-Meier curve?", ["iph.stats.kaplan_meier", "iph.report.recovery_figure", "how-to/recovery-at-visits"]],
  ["How do I define my own visits?", ["how-to/write-the-study-file"]],
  ["How do I define my own endpoint?", ["how-to/write-the-study-file"]],
  ["How do I compare surgery with conservative treatment?", ["tutorial/two-arm-series"]],
  ["How do I turn dates into days?", ["how-to/read-a-table"]],
  ["How do I find the sample size?", ["tutorial/how-many-patients", "how-to/plan-a-study"]],
  ["How do I work in Jupyter?", ["tutorial/notebook"]],
];
const FIRST = 3;
// What search.html loads for it.
const SCRIPTS = [
  "_static/documentation_options.js",
  "_static/doctools.js",
  "_static/sphinx_highlight.js",
  "_static/searchtools.js",
  "_static/language_data.js",
  "searchindex.js",
];

/** Load the search of a built documentation, and return what it finds for a query. */
function searchOf(folder) {
  const nothing = () => undefined;
  const world = {
    console,
    URLSearchParams,
    URL,
    location: { search: "", href: "http://localhost/" },
    addEventListener: nothing,
    localStorage: { getItem: () => null, setItem: nothing },
    document: {
      documentElement: { dataset: { content_root: "./" } },
      getElementById: () => null,
      querySelectorAll: () => [],
      querySelector: () => null,
      addEventListener: nothing,
      readyState: "loading",
    },
  };
  world.window = vm.createContext(world);
  for (const name of SCRIPTS) {
    vm.runInContext(readFileSync(join(folder, name), "utf8"), world, { filename: name });
  }
  const code = "(asked) => Search._performSearch(...Search._parseQuery(asked)).reverse()";
  return vm.runInContext(code, world);
}

const [folder, out] = process.argv.slice(2);
const search = searchOf(folder);
const asked = QUESTIONS.map(([question, own]) => {
  const answers = [QUICK, ...own];
  const pages = [...new Set(search(question).map((hit) => hit[0]))];
  const place = pages.findIndex((name) => answers.some((a) => name === a || name.endsWith(`/${a}`)));
  return { question, answers, place: place < 0 ? null : place + 1, first: pages.slice(0, FIRST) };
});
const answered = asked.filter(({ place }) => place !== null && place <= FIRST).length;
for (const one of asked) {
  const mark = one.place !== null && one.place <= FIRST ? "      " : "FAILS ";
  console.log(`${mark}${one.place ?? "-"}  ${one.question}  ${one.first.join(" ")}`);
}
console.log(`${answered} of ${asked.length}`);
if (out) {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(out, `${JSON.stringify({ date, answered, questions: asked }, null, 1)}\n`);
}
process.exitCode = answered === asked.length ? 0 : 1;
