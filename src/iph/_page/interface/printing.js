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

// Who presses Ctrl+P means the report, if there is one, wherever the cursor stands.
export function wirePrinting() {
  const frames = [...document.querySelectorAll("iframe")];
  const onKey = (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "p";
    const frame = isAsked && frames.find(isShown);
    if (!frame) return;
    event.preventDefault();
    printOut(frame);
  };
  document.addEventListener("keydown", onKey);
  for (const frame of frames) {
    frame.addEventListener("load", () => frame.contentDocument.addEventListener("keydown", onKey));
  }
}
