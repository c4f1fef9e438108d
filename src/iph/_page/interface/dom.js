// Makes and finds elements; texts are never read as HTML.

export const byId = (id) => document.getElementById(id);

export function made(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && typeof value !== "string") element[name] = value;
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function show(element, isShown = true) {
  element.hidden = !isShown;
}
