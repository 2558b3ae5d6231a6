/* <hy-paste for="q" hidden>: puts what was copied into the field. Shown only where the browser lets a page read it. */

customElements.define("hy-paste", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard?.readText) return;
    this.hidden = false;
    this.querySelector("button").onclick = () => this.paste();
  }

  async paste() {
    const field = document.getElementById(this.getAttribute("for"));
    field.focus();
    try {
      field.value = (await navigator.clipboard.readText()).slice(0, 200);
    } catch { // not allowed: the field is ready for the buyer's own paste
      this.hidden = true;
    }
  }
});
