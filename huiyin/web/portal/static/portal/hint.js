/* <hy-hint form="form" for="box" check="/complain/check">: says in one line what would make a demand easier to meet, and
   offers wording that one tap adds to the box. It never keeps anybody from sending. */

const CALM = 700;

customElements.define("hy-hint", class extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.box = document.getElementById(this.getAttribute("for"));
    [this.line, this.quote] = this.querySelectorAll("p");
    this.button = this.querySelector("button");
    this.button.onclick = () => this.take();
    for (const event of ["input", "change", "restored"]) this.form.addEventListener(event, () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), CALM);
  }

  async ask() {
    this.last?.abort();
    this.last = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(this.form));
      const answer = await fetch(this.getAttribute("check"), { method: "POST", body, signal: this.last.signal });
      if (answer.ok) this.show(await answer.json());
    } catch { /* no line, no hint */ }
  }

  show({ says, suggestion }) {
    this.hidden = !says;
    this.line.textContent = says;
    this.wording = suggestion;
    this.quote.textContent = suggestion;
    this.quote.hidden = this.button.hidden = !suggestion;
  }

  take() {
    this.box.value = [this.box.value.trim(), this.wording].filter(Boolean).join("\n");
    this.hidden = true;
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.box.focus();
  }
});
