/* The chat that a caller goes on in: kept where the chat page looks for it, then that page is opened. */

import * as store from "../chat/store.js";

export function openChat({ id, token }, page) {
  store.drop("talk", "seen");
  store.put("talk", { id, token });
  location.replace(page);
}

const given = document.getElementById("moved")?.dataset;
if (given) openChat(given, given.chat);
