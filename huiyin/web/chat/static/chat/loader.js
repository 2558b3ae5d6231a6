/* Huiyin's chat for any page, one tag:

     <script src="https://help.example/chat.js" data-identity="{signed}" data-order="{signed order link}" async></script>

   data-lang (zh | en), data-position (left | right) and data-theme (light | dark) may be left out. A page that is drawn
   anew without a reload, and runs the tag again, keeps the chat it has. */

import { start } from "./widget.js";

const tag = document.currentScript;
const options = { home: tag?.dataset.huiyin || (tag && new URL(tag.src).origin), ...tag?.dataset };

/* Until the centre can be reached. Nothing is shown before: a button that leads nowhere would be worse. */
async function load(wait) {
  try {
    window.huiyinChat = await start(options);
  } catch {
    setTimeout(load, wait * (0.5 + Math.random()), Math.min(wait * 2, 120_000));
  }
}

if (window.huiyinChat) window.huiyinChat.renew?.(options);
else if (tag) {
  window.huiyinChat = {};
  load(3000);
}
