// Prints what a frame shows: whole, on as many sheets of paper as it needs, and alone.
// A browser that prints the page around it would cut it where the frame ends.

import { made } from "./dom.js";
import { say } from "./words.js";

const printOut = (frame) => frame.contentWindow.print();

const isShown = (frame) => frame.srcdoc !== "" && frame.offsetParent !== null;

export function printButton(frame) {
  const button = made("button", { type: "button", "data-text": "print" }, say("print"));
  button.addEventListener("click", () => printOut(frame));
  return button;
}

// Who presses Ctrl+P means the report, if there is one.
export function wirePrinting() {
  document.addEventListener("keydown", (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "p";
    const frame = isAsked && [...document.querySelectorAll("iframe")].find(isShown);
    if (!frame) return;
    event.preventDefault();
    printOut(frame);
  });
}
