// What is wrong with the layout of a page, in words; an empty list if nothing is.
() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    wrong.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  }
  const name = (node) => JSON.stringify(node.textContent.trim().slice(0, 40));
  const pieces = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const owner = node.parentElement;
    if (!node.textContent.trim() || owner.closest(".hidden, .skip, style, svg")) continue;
    if (!owner.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const cell = owner.closest("td, th");
    const block = "p, li, h1, h2, h3, figcaption, summary, caption, button, label, div";
    const inside = (cell || owner.closest(block) || root).getBoundingClientRect();
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      if (box.left < inside.left - 1 || box.right > inside.right + 1) {
        wrong.push(`${name(node)} leaves its place by ${Math.round(
          Math.max(inside.left - box.left, box.right - inside.right))} px`);
      }
      if (!owner.closest(".scroll") && (box.left < 0 || box.right > root.clientWidth)) {
        wrong.push(`${name(node)} is cut by the edge of the page`);
      }
      pieces.push({ node, box });
    }
  }
  pieces.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < pieces.length; i += 1) {
    const one = pieces[i];
    for (let j = i + 1; j < pieces.length; j += 1) {
      const other = pieces[j];
      if (other.box.top >= one.box.bottom) break;
      if (one.node === other.node) continue;
      const wide = Math.min(one.box.right, other.box.right)
        - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom)
        - Math.max(one.box.top, other.box.top);
      const sticky = one.node.parentElement.closest("nav")
        || other.node.parentElement.closest("nav");
      // Lines of one paragraph stand closer than their boxes are high.
      if (wide > 1 && high > 0.35 * Math.min(one.box.height, other.box.height)
          && !sticky) {
        wrong.push(`${name(one.node)} and ${name(other.node)} overlap`);
      }
    }
  }
  for (const svg of document.querySelectorAll("figure svg")) {
    const box = svg.getBoundingClientRect();
    const place = svg.closest("figure").getBoundingClientRect();
    if (box.width < 200 || box.height < 60 || svg.querySelectorAll("path").length < 3) {
      wrong.push(`the figure ${svg.getAttribute("aria-labelledby")} is not drawn`);
    }
    if (box.right > place.right + 1 || box.right > root.clientWidth) {
      wrong.push(`the figure ${svg.getAttribute("aria-labelledby")} is cut`);
    }
  }
  return wrong;
}
