// Says a text in the chosen language; what is not translated stands in English.

import { TEXTS } from "./texts.js";

let language = "en";

export function say(key, values = {}) {
  const text = TEXTS[language][key] ?? TEXTS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export function speak(chosen) {
  language = chosen in TEXTS ? chosen : "en";
  document.documentElement.lang = language;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = say(element.dataset.text);
  }
  return language;
}
