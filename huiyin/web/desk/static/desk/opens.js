/* <details data-opens>: opens by itself when a live update brings it, once, and takes the keyboard from nobody. A form of
   the same group in which somebody is writing stays open; the summary says what waits. */

const opened = new WeakSet();

function open(form) {
  if (opened.has(form)) return;
  opened.add(form);
  const others = document.querySelectorAll(`details[name="${CSS.escape(form.getAttribute("name") ?? "")}"][open]`);
  if (![...others].some((one) => one !== form && one.contains(document.activeElement))) form.open = true;
}

document.querySelectorAll("details[data-opens]").forEach((form) => opened.add(form)); // as the page came
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("details[data-opens]").forEach(open));
