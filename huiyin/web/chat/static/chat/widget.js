/* The chat in the corner of a page: a button with what is unread, and the panel it opens. */

import { Api } from "./api.js";
import { el, icon } from "./dom.js";
import { dressed } from "./look.js";
import { Panel } from "./panel.js";
import { ding } from "./sound.js";
import * as store from "./store.js";
import { Talk } from "./talk.js";
import { languageOf, wordsFrom } from "./words.js";

/* `options`: home, and what the tag's data attributes say. Gives { open, close, renew }. */
export async function start(options) {
  store.belongsTo(options.identity);
  return new Widget(options, await wordsFrom(options.home, languageOf(options.lang)));
}

class Widget {
  constructor(options, words) {
    Object.assign(this, { options, words });
    this.talk = new Talk(new Api(options.home, words.facts.language));
    this.panel = new Panel(this.talk, words, options, () => this.close());
    this.panel.node.hidden = true;
    this.badge = el("span", { class: "badge", hidden: true });
    this.label = el("span", { text: words.open });
    this.button = el("button", { type: "button", class: "launcher", "aria-expanded": "false", onclick: () => this.open() }, icon("talk"), this.label, this.badge);
    this.host = el("div", { "data-huiyin-chat": true });
    this.inside = dressed(this.host, options.theme, this.button, this.panel.node);
    this.inside.classList.add(options.position === "left" ? "left" : "right");
    document.documentElement.append(this.host); // not into the body: what a page does to its body does not reach it
    this.talk.addEventListener("change", () => this.count());
    this.talk.addEventListener("message", () => store.get("sound") && (document.hidden || !this.panel.isOpen || !document.hasFocus()) && ding());
    visualViewport?.addEventListener("resize", () => this.fit());
    this.count();
    if (sessionOpen.get()) this.open();
  }

  /* On a phone the keyboard covers what does not make room. */
  fit() { this.panel.node.style.setProperty("--seen", `${Math.round(visualViewport.height)}px`); }

  count() {
    const { unread } = this.talk;
    this.badge.hidden = !unread;
    this.badge.textContent = unread > 99 ? "99+" : String(unread);
    this.button.setAttribute("aria-label", unread ? `${this.words.open}, ${unread} ${this.words.unread}` : this.words.open);
  }

  open() {
    this.fit();
    this.panel.node.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.inside.classList.add("open");
    this.panel.show(true);
    sessionOpen.set(true);
  }

  close() {
    this.panel.show(false);
    this.panel.node.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.inside.classList.remove("open");
    this.button.focus();
    sessionOpen.set(false);
  }

  /* The page was drawn anew, or its buyer signed in or out: the chat stays, or starts afresh for somebody else. */
  renew({ identity, order }) {
    Object.assign(this.options, { identity, order });
    store.belongsTo(identity);
    if (this.talk.id !== (store.get("talk")?.id ?? "")) this.talk.resume();
    if (!this.host.isConnected) document.documentElement.append(this.host);
  }
}

/* Whether it was open in this tab: it is again after a reload. */
const sessionOpen = {
  get() { try { return sessionStorage.getItem("huiyin-chat-open") === "1"; } catch { return false; } },
  set(is) { try { sessionStorage.setItem("huiyin-chat-open", is ? "1" : "0"); } catch { /* forbidden */ } },
};
