/* <hy-steps form="form" next="next" send="send" left="{n} of {all}">: a long form becomes one question a screen. The address
   gets #2, #3 …, so that the browser's own "back" goes one question back. Without JavaScript the form is one page. */

customElements.define("hy-steps", class extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.next = document.getElementById(this.getAttribute("next"));
    this.send = document.getElementById(this.getAttribute("send"));
    this.steps = [...this.form.querySelectorAll("[data-step]")];
    this.next.onclick = () => this.isRight() && this.go(this.at + 1);
    this.form.addEventListener("keydown", (key) => this.enter(key));
    addEventListener("hashchange", () => this.show());
    if (this.hasAttribute("open-last")) location.replace(`#${this.steps.length}`);
    this.show();
  }

  enter(key) {
    if (key.key !== "Enter" || key.target.matches("textarea, button") || key.isComposing || this.next.hidden) return;
    key.preventDefault();
    this.next.click();
  }

  isRight() {
    return [...this.steps[this.at].querySelectorAll("input, textarea")].every((field) => field.reportValidity());
  }

  go(at) { location.hash = at + 1; }

  show() {
    const asked = (Number(location.hash.slice(1)) || 1) - 1;
    const firstOpen = this.steps.findIndex((step) => step.querySelector(":invalid"));
    this.at = Math.max(0, Math.min(asked, this.steps.length - 1, firstOpen < 0 ? asked : firstOpen));
    this.steps.forEach((step, at) => { step.hidden = at !== this.at; });
    const isLast = this.at === this.steps.length - 1;
    this.next.hidden = isLast;
    this.send.hidden = !isLast;
    const line = this.querySelector("p");
    line.hidden = false;
    line.textContent = this.getAttribute("left").replace("{n}", this.at + 1).replace("{all}", this.steps.length);
    scrollTo(0, 0);
    if (this.wasShown) this.steps[this.at].querySelector("textarea, input")?.focus({ preventScroll: true });
    this.wasShown = true;
  }
});
