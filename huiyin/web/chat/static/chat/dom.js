/* Making elements. Text is always text: what somebody writes, or is called, never becomes markup. No innerHTML, so that
   pages that demand Trusted Types are content as well. */

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  talk: ["M4 6.500a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6.500L7 20v-3.500H6a2 2 0 0 1-2-2z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  more: ["M5.500 12h.01", "M12 12h.01", "M18.500 12h.01"],
  clip: ["M8 12.500l6-6a3 3 0 0 1 4.300 4.300l-8 8a5 5 0 0 1-7.100-7.100L11 4"],
  send: ["M12 19.500v-15", "M6 10l6-5.500 6 5.500"],
  down: ["M12 5v13", "M6.500 13l5.500 5.500 5.500-5.500"],
  file: ["M7 3.500h7l4 4v13H7z", "M14 3.500v4h4"],
};

/* el("p", { class: "x", onclick: fn, text: "words" }, child, …); undefined, null and false are left out. */
export function el(name, facts = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "text") node.textContent = value;
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

function svg(name, facts, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export function icon(name) {
  const lines = SHAPES[name].map((d) => svg("path", { d }));
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, ...lines);
}

/* The promise ring: `share` (0–1) of the time is left, `text` stands inside. What it means is always written beside it. */
export function ring(share, text, tone) {
  const at = { cx: 22, cy: 22, r: 20 };
  const left = { ...at, class: "left", pathLength: 100, "stroke-dasharray": `${Math.round(100 * share)} 100`, transform: "rotate(-90 22 22)" };
  const inside = svg("text", { x: 22, y: 22, "text-anchor": "middle", "dominant-baseline": "central" });
  inside.textContent = text;
  return svg("svg", { viewBox: "0 0 44 44", class: `ring ${tone}`, "aria-hidden": "true" }, svg("circle", { ...at, class: "track" }), svg("circle", left), inside);
}

const LINK = /https?:\/\/[^\s<>"'，。；！？、）】》“”]+/g;

/* Text with its web addresses as links that tell the other page nothing about this one. */
export function linked(text) {
  const parts = [];
  let at = 0;
  for (const { 0: href, index } of text.matchAll(LINK)) {
    parts.push(text.slice(at, index), el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", text: href }));
    at = index + href.length;
  }
  return [...parts, text.slice(at)].filter(Boolean);
}

/* Lets a file be kept. */
export function download(blob, name) {
  const href = URL.createObjectURL(blob);
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

export const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
