/* <hy-unread topic="agent:1024" url="/desk/unread" words="{count} unread">: how much buyers have written that this agent
   has not read, whatever page of the desk they are on. What is new rings softly once; what is read meanwhile, here or in
   another window, does not. The conversation on this screen counts only while nobody looks at it. */

import { tick } from "./ringing.js";

const GLANCE = 1_200; // whoever looks at it has read it by then

customElements.define("hy-unread", class extends HTMLElement {
  connectedCallback() {
    this.known = null; // number of the conversation → how many unread
    this.look = this.look.bind(this);
    document.addEventListener(`live:${this.getAttribute("topic")}`, this.look);
    document.addEventListener("desk:back", this.look);
    document.addEventListener("visibilitychange", this.look);
    this.look();
  }

  disconnectedCallback() {
    document.removeEventListener(`live:${this.getAttribute("topic")}`, this.look);
    document.removeEventListener("desk:back", this.look);
    document.removeEventListener("visibilitychange", this.look);
    clearTimeout(this.later);
  }

  async look() {
    const talks = await this.fetchTalks();
    if (!talks) return;
    this.show(talks);
    const isNew = ({ no, unread }) => unread > (this.known?.get(no) ?? 0);
    if (this.known && talks.some(isNew)) this.later ??= setTimeout(() => this.ringForNew(), GLANCE);
    else this.keep(talks);
  }

  async ringForNew() {
    this.later = null;
    const talks = await this.fetchTalks();
    if (!talks) return;
    this.show(talks);
    for (const { no, who, last, unread } of talks) {
      if (unread > (this.known.get(no) ?? 0)) tick(`talk-${no}`, who, last, { isSeen: false });
    }
    this.keep(talks);
  }

  keep(talks) { this.known = new Map(talks.map(({ no, unread }) => [no, unread])); }

  async fetchTalks() {
    const answer = await fetch(this.getAttribute("url"), { headers: { "Huiyin-Element": "unread" } }).catch(() => null);
    if (!answer?.ok) return null;
    const { talks } = await answer.json();
    const here = !document.hidden && document.querySelector("hy-talk[reader]")?.getAttribute("no");
    return talks.filter(({ no }) => no !== here);
  }

  show(talks) {
    const count = talks.reduce((sum, { unread }) => sum + unread, 0);
    const [figure, words] = ["b", "span"].map((name) => document.createElement(name));
    Object.assign(figure, { textContent: count > 99 ? "99+" : count, ariaHidden: "true" });
    Object.assign(words, { textContent: this.getAttribute("words").replace("{count}", count), className: "visually-hidden" });
    this.replaceChildren(...(count ? [figure, words] : []));
  }
});
