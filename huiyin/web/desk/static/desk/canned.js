/* Replies kept ready: `/` and a few letters search name, title and text, names that begin so first; arrows choose, Enter puts it where the `/` was.
   The server has filled in {name} {order_no} {agent_no} {time} already; what it does not know stands between 〔 〕 and is
   chosen for whoever types on. */

const MOST = 6;
const START = /(?:^|\s)\/([^\s/]{0,30})$/;

export class Canned {
  constructor(place, field, url, changed) {
    Object.assign(this, { place, field, url, changed });
    this.replies = null;
    this.shown = [];
    place.addEventListener("pointerdown", (press) => {
      const at = [...place.querySelectorAll("[role=option]")].indexOf(press.target.closest("[role=option]"));
      if (at >= 0) { press.preventDefault(); this.put(this.shown[at]); }
    });
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() { return !this.place.hidden; }

  get asked() { return this.field.value.slice(0, this.field.selectionStart).match(START); }

  async typed() {
    const asked = this.asked;
    if (!asked) return this.close();
    if (!this.isOpen || !this.replies) {
      const answer = await fetch(this.url, { headers: { "Huiyin-Element": "talk" } }).catch(() => null);
      this.replies = answer?.ok ? (await answer.json()).replies : [];
    }
    // Elsewhere letters would be keys of the page while the list stands open.
    if (this.asked && document.activeElement === this.field) this.open(this.asked[1].toLowerCase());
  }

  open(word) {
    const has = (one) => one.toLowerCase().includes(word);
    const rank = ({ slug, title, text }) => [slug.toLowerCase().startsWith(word), has(title), has(slug), has(text)].indexOf(true);
    const found = this.replies.map((reply) => [rank(reply), reply]).filter(([at]) => at >= 0);
    this.shown = found.sort((one, other) => one[0] - other[0]).slice(0, MOST).map(([, reply]) => reply);
    this.at = 0;
    this.place.hidden = false;
    this.place.querySelector("[data-none]").hidden = this.shown.length > 0;
    this.draw();
  }

  draw() {
    this.place.querySelector("[role=listbox]").replaceChildren(...this.shown.map((reply, at) => {
      const option = document.createElement("li");
      option.setAttribute("role", "option");
      option.id = `canned-${at}`;
      option.setAttribute("aria-selected", at === this.at);
      const [name, text] = [document.createElement("b"), document.createElement("span")];
      name.textContent = `/${reply.slug} · ${reply.title}`;
      text.textContent = reply.text;
      option.append(name, text);
      return option;
    }));
    this.field.setAttribute("aria-activedescendant", this.shown.length ? `canned-${this.at}` : "");
  }

  close() {
    this.place.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /* True when the key was for the list. */
  press(key) {
    if (!this.isOpen) return false;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (key.key in moves && this.shown.length) {
      this.at = (this.at + moves[key.key] + this.shown.length) % this.shown.length;
      this.draw();
    } else if (["Enter", "Tab"].includes(key.key) && this.shown.length) this.put(this.shown[this.at]);
    else if (key.key === "Escape") this.close();
    else return false;
    key.preventDefault();
    return true;
  }

  put(reply) {
    const end = this.field.selectionStart, slash = this.asked?.[1].length ?? 0;
    const from = Math.max(0, end - slash - 1), place = reply.text.match(/〔[^〕]*〕/);
    this.field.setRangeText(reply.text, from, end, "end");
    if (place) this.field.setSelectionRange(from + place.index, from + place.index + place[0].length);
    this.close();
    this.changed();
  }
}
