/* Keys of the desk. What a key does stands on the page: <button data-key="e">, <summary data-key="h">, <a data-key="g i">.
   `j` and `k` walk through the list, `?` opens the sheet. While somebody types, none of them is a key. */

const PAUSE = 900;
let first = "", timer = 0;

const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])";
const isTyping = (target) => target.matches?.(TYPED);
const isSeen = (one) => one.checkVisibility?.() ?? one.offsetParent !== null;

const find = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isSeen);

function act(target) {
  if (target.dataset.says) return document.dispatchEvent(new CustomEvent(target.dataset.says));
  if (target.matches("textarea, input")) return target.focus();
  const before = document.activeElement;
  target.click();
  if (target.matches("summary")) {
    const field = target.parentElement.open && target.parentElement.querySelector("input:not([type=hidden]), select, textarea, button");
    (field || target).focus();
  } else if (target.matches("button") && document.activeElement === before) target.focus(); // what it opened may want it
}

function walk(step) {
  const lines = [...document.querySelectorAll(".line")].filter(isSeen);
  if (!lines.length) return;
  const from = lines.findIndex((line) => line === document.activeElement);
  const open = lines.findIndex((line) => line.hasAttribute("aria-current"));
  const at = from >= 0 ? from + step : open >= 0 ? open + step : step > 0 ? 0 : lines.length - 1;
  lines[Math.min(Math.max(at, 0), lines.length - 1)].focus();
}

function press(key) {
  if (key.defaultPrevented || key.ctrlKey || key.metaKey || key.altKey || key.isComposing) return;
  if (isTyping(key.target)) return;
  const sheet = document.getElementById("keys");
  if (key.key === "?") { key.preventDefault(); sheet?.open ? sheet.close() : sheet?.showModal(); return; }
  if (sheet?.open || key.key.length !== 1) return;
  const typed = first ? `${first} ${key.key}` : key.key;
  clearTimeout(timer);
  first = "";
  if (key.key === "g" && typed === "g") {
    first = "g";
    timer = setTimeout(() => { first = ""; }, PAUSE);
    return;
  }
  if (typed === "j" || typed === "k") { key.preventDefault(); walk(typed === "j" ? 1 : -1); return; }
  const target = find(typed);
  if (target) { key.preventDefault(); act(target); }
}

document.addEventListener("keydown", press);
/* Escape closes an open form and gives the focus back to its button. */
document.addEventListener("keydown", (key) => {
  if (key.key !== "Escape") return;
  const open = [...document.querySelectorAll("details.verb[open], details.who[open], details.presence-menu[open]")].at(-1);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  if (target.matches("dialog")) target.close(); // beside the sheet
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
});
