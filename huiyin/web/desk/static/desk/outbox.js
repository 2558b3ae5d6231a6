/* What an agent has sent and the server has not confirmed yet. It lies in localStorage, so that a reload, a dead network
   or a laptop that slept loses nothing; each piece has a name of its own (`client_id`), so that sending it again never
   doubles it. One after the other, in order. */

const LONGEST_WAIT = 20_000;

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  /* `post(item)` gives { status, said }; `changed()` is called whenever something in here has changed. */
  constructor(name, post, changed) {
    this.key = `huiyin-outbox:${name}`;
    this.post = post;
    this.changed = changed;
    this.wait = 500;
    this.items = JSON.parse(localStorage.getItem(this.key) ?? "[]");
  }

  get isEmpty() { return !this.items.length; }

  add(item) {
    this.items.push({ client_id: newId(), at: Date.now(), ...item });
    this.keep();
    this.flush();
  }

  drop(id) {
    this.items = this.items.filter((item) => item.client_id !== id);
    this.keep();
  }

  keep() {
    if (this.items.length) localStorage.setItem(this.key, JSON.stringify(this.items));
    else localStorage.removeItem(this.key);
    this.changed();
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.isSending) return;
    this.isSending = true;
    for (let item; (item = this.items.find((one) => !one.refused));) {
      const { status, said } = await this.post(item).catch(() => ({ status: 0 }));
      if (status === 200) {
        this.wait = 500;
        item.seq = said.seq;
        this.drop(item.client_id);
      } else if ([400, 403, 404, 409, 413, 422].includes(status)) {
        item.refused = said?.says ?? true;
        this.keep();
      } else {
        this.later(item);
        break;
      }
    }
    this.isSending = false;
  }

  later(item) {
    item.late = true;
    this.keep();
    this.timer = setTimeout(() => this.flush(), this.wait * (0.7 + 0.6 * Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}

/* What is in it, drawn below the conversation; what has arrived in `list` meanwhile is not drawn twice. */
export function draw(items, place, form, list) {
  const hasCome = (item) => list.querySelector(`[data-client="${CSS.escape(item.client_id)}"]`);
  place.replaceChildren(...items.filter((item) => !hasCome(item)).map((item) => {
    const shown = form.content.cloneNode(true).firstElementChild;
    shown.dataset.item = item.client_id;
    shown.dataset.state = item.refused ? "refused" : item.late ? "late" : "sending";
    shown.classList.toggle("note", item.fields.internal === "1");
    shown.querySelector(".pre").textContent = item.fields.text;
    if (typeof item.refused === "string") shown.querySelector("[data-says]").textContent = item.refused;
    return shown;
  }));
}
