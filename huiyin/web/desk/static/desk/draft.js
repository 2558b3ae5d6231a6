/* What somebody types is kept in this tab until the server says that it has arrived:
     <hy-draft key="answer:483102759164" also="note:483102759164"><textarea name="text"></textarea></hy-draft>
   A page that shows <… data-done="answer:483102759164"> forgets the draft; `also` names other deeds that use it up. */

const name = (key) => `huiyin-draft:${key}`;

const arrived = (keys) => [...document.querySelectorAll("[data-done]")]
  .some((said) => said.dataset.done.split(" ").some((done) => keys.includes(done)));

customElements.define("hy-draft", class extends HTMLElement {
  connectedCallback() {
    if (this.isBound) return;
    this.isBound = true;
    this.field = this.querySelector("textarea, input");
    const key = this.getAttribute("key");
    if (arrived([key, this.getAttribute("also")])) sessionStorage.removeItem(name(key));
    const kept = sessionStorage.getItem(name(key));
    // What the server gives back after a refusal is newer than what we kept.
    if (kept && !this.field.value) this.field.value = kept;
    this.addEventListener("input", () => this.keep(key));
  }

  keep(key) {
    if (this.field.value) sessionStorage.setItem(name(key), this.field.value);
    else sessionStorage.removeItem(name(key));
  }
});
