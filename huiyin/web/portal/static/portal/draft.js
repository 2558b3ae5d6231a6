/* <hy-draft form="form" name="want-4831…">: what is typed and ticked survives a reload, "back" and a killed tab, in
   this tab only. <hy-draft done="want-4831…"> on the page that follows forgets it. Nothing hidden or of a file is kept. */

const KEPT = "input:not([type=hidden], [type=file], [type=password]), textarea, select";
const key = (name) => `huiyin-draft:${name}`;

customElements.define("hy-draft", class extends HTMLElement {
  connectedCallback() {
    this.getAttribute("done")?.split(" ").forEach((name) => this.forget(name));
    this.form = document.getElementById(this.getAttribute("form"));
    if (!this.form) return;
    this.restore();
    for (const event of ["input", "change"]) this.form.addEventListener(event, () => this.keep());
  }

  forget(name) {
    try { sessionStorage.removeItem(key(name)); } catch { /* a browser that keeps nothing */ }
  }

  keep() {
    const fields = [...this.form.querySelectorAll(KEPT)];
    const values = fields.map((field) => [field.name, field.value, field.checked ?? null]);
    try { sessionStorage.setItem(key(this.getAttribute("name")), JSON.stringify(values)); } catch { /* full: the page itself still holds it */ }
  }

  restore() {
    let values = [];
    try { values = JSON.parse(sessionStorage.getItem(key(this.getAttribute("name"))) ?? "[]"); } catch { return; }
    const fields = [...this.form.querySelectorAll(KEPT)];
    for (const [name, value, checked] of values) {
      const ticks = fields.find((field) => field.name === name && field.value === value && ["checkbox", "radio"].includes(field.type));
      const field = ticks ?? fields.find((one) => one.name === name && !["checkbox", "radio"].includes(one.type));
      if (ticks) ticks.checked = checked;
      else if (field) field.value = value;
    }
    if (values.length) this.form.dispatchEvent(new Event("restored"));
  }
});
