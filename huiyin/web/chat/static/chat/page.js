/* The chat as a page of the portal: <div id="chat" data-lang data-order data-identity>, in place of the plain form. */

import { Api } from "./api.js";
import { dressed } from "./look.js";
import { Panel } from "./panel.js";
import { ding } from "./sound.js";
import * as store from "./store.js";
import { Talk } from "./talk.js";
import { wordsFrom } from "./words.js";

async function begin(place) {
  const options = { home: location.origin, ...place.dataset }, title = document.title;
  const words = await wordsFrom(options.home, options.lang);
  const talk = new Talk(new Api(options.home, options.lang));
  const panel = new Panel(talk, words, options);
  dressed(place, "", panel.node).classList.add("full");
  document.getElementById("plain").remove();
  document.body.classList.add("chatting");
  panel.show(true);
  talk.addEventListener("change", () => { document.title = document.hidden && talk.unread ? `(${talk.unread}) ${title}` : title; });
  talk.addEventListener("message", () => store.get("sound") && document.hidden && ding());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
  const fit = () => document.body.style.setProperty("--seen", `${Math.round(visualViewport.height)}px`); // less the keyboard
  visualViewport?.addEventListener("resize", fit);
}

begin(document.getElementById("chat"));
