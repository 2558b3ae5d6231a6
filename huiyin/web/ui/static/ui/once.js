/* A double tap sends a form once. Works for every POST form, plain or htmx, and again after an error, "back", or 10 s.
   While it is under way the form is aria-busy and its buttons are aria-disabled (not disabled: that would drop the
   pressed button's value). The server is idempotent as well: this only spares people a second look. */

const AGAIN = 10_000;
const sent = new Map(); // form → timer

function release(form) {
  if (!sent.has(form)) return; // a live fragment that was fetched again: its disabled buttons stay disabled
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.removeAttribute("aria-busy");
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
}

document.addEventListener("submit", (submit) => {
  const form = submit.target;
  if (!form.matches("[method=post i], [hx-post], [data-hx-post]")) return;
  if (sent.has(form)) {
    submit.preventDefault();
    submit.stopImmediatePropagation();
    return;
  }
  sent.set(form, setTimeout(() => release(form), AGAIN));
  form.setAttribute("aria-busy", "true");
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  // Something on the page kept the form from being sent: let it be sent later.
  setTimeout(() => submit.defaultPrevented && !form.matches("[hx-post], [data-hx-post]") && release(form));
}, true);

addEventListener("pageshow", () => [...sent.keys()].forEach(release));
document.addEventListener("htmx:afterRequest", ({ target }) => target.closest && release(target.closest("form") ?? target));
