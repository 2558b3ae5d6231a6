/* Fragments that show something live: <section data-live="topic topic" hx-get="…" hx-trigger="live" hx-swap="morph">.

   A refresh is a `live` event at the fragment, which htmx answers by fetching and morphing it: at most one in half a
   second, later when the tab is hidden. What somebody is typing or has typed, and what they have opened, stays. */

const APART = 500;
const stale = new Set();
const clocks = new WeakMap(); // fragment → { last, timer }

export const refreshAll = () => document.querySelectorAll("[data-live]").forEach(refresh);
export const refreshTopic = (topic) => document.querySelectorAll(`[data-live~="${topic}"]`).forEach(refresh);

function refresh(fragment) {
  if (document.hidden) return stale.add(fragment);
  const clock = clocks.get(fragment) ?? { last: -APART, timer: 0 };
  clocks.set(fragment, clock);
  clock.timer ||= setTimeout(() => {
    clock.timer = 0;
    clock.last = performance.now();
    // It does not bubble: a fragment around this one must not fetch as well.
    if (fragment.isConnected) fragment.dispatchEvent(new CustomEvent("live"));
  }, Math.max(0, clock.last + APART - performance.now()));
}

/* Whether another option is chosen than the page came with: the one marked so, else the first. */
function isChosenAnew(node) {
  if (!node.matches("select:not([multiple])")) return false;
  const came = [...node.options].find((one) => one.defaultSelected) ?? node.options[0];
  return came !== node.selectedOptions[0];
}

function isTouched(node) {
  if (!node.matches?.("input, textarea, select, [contenteditable]")) return false;
  // What a form was filled in for stays with it: its version is checked when it is sent.
  if (node.type === "hidden") return [...(node.form?.elements ?? [])].some((one) => one.type !== "hidden" && isTouched(one));
  return node === document.activeElement
    || isChosenAnew(node)
    || (node.defaultValue !== undefined && node.value !== node.defaultValue)
    || (node.defaultChecked !== undefined && node.checked !== node.defaultChecked);
}

/* A form that says why it was refused stays as it came back, with what was typed, until it is sent again. */
const holdsRefusal = (node) => Boolean(node.querySelector?.("[data-refused]"));
const isRefused = (node) => node.matches?.("[data-refused]") || (node.matches?.("form") && holdsRefusal(node));

const holdsTouched = (node) => node.querySelectorAll
  && [node, ...node.querySelectorAll("input, textarea, select, [contenteditable]")].some(isTouched);

/* Whoever asked for it: a live event, the clock, a form that was sent. */
document.addEventListener("htmx:beforeSwap", () => {
  const callbacks = window.Idiomorph?.defaults.callbacks;
  if (!callbacks || callbacks.isKeeping) return;
  Object.assign(callbacks, {
    isKeeping: true,
    beforeNodeMorphed: (old) => !isTouched(old) && !isRefused(old) && !old.matches?.("[data-saying], hy-sound, .sound-words:not(:has([hx-get]))"),
    beforeNodeRemoved: (old) => !holdsTouched(old) && !isRefused(old) && !holdsRefusal(old),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
  });
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  stale.forEach(refresh);
  stale.clear();
});

/* Options of a list that are fetched again: what was chosen meanwhile stays chosen while it is among them. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const list = detail.target.closest?.("select"), chosen = list?.value;
  if (!list) return;
  const choose = () => { if ([...list.options].some((one) => one.value === chosen)) list.value = chosen; };
  detail.target.addEventListener("htmx:afterSwap", choose, { once: true });
});

/* A refresh may take a form away before its answer comes. htmx looks for the way to swap around whoever asked: around
   what is gone it finds none, and would put the fragment into itself. */
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig } }) => {
  const asked = requestConfig?.elt;
  if (asked && !asked.isConnected) asked.setAttribute("hx-ext", "morph");
});
