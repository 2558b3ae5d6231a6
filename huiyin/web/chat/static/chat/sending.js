/* How what the buyer writes leaves: through the outbox, with a client id; the first words open the conversation. */

import { Trouble } from "./api.js";
import { random } from "./dom.js";
import { Outbox } from "./outbox.js";
import * as store from "./store.js";

export function outboxOf(talk) {
  return new Outbox({
    send: (entry) => send(talk, entry), arrived: (entry, answer) => arrived(talk, answer), changed: () => talk.tell(),
    refused: (entry, says) => refused(talk, entry, says),
  });
}

export function start(talk, opening) {
  const visitor = store.get("visitor") ?? random();
  store.put("visitor", visitor);
  const entry = fresh(opening.text);
  talk.outbox.add({ ...entry, opening: { channel: "chat", visitor, client_id: entry.client_id, ...opening } });
}

export const say = (talk, text) => talk.outbox.add(fresh(text));

const fresh = (text) => ({ client_id: random(), text, at: new Date().toISOString() });

async function send(talk, { opening, client_id: id, text }) {
  if (talk.id) return talk.api.call("POST", `/${talk.id}/messages`, { client_id: id, text }); // also: two tabs began at once
  if (!opening) throw new Trouble(409);
  const { identity, order_link: order, case_link: matter, ...plain } = opening;
  return talk.api.call("POST", "", opening).catch((trouble) => {
    if (!(identity || order || matter) || !/^(identity|link)_/.test(trouble.code)) throw trouble;
    talk.tell("unsigned"); // forged or too old: nothing that was written is lost by it, but nothing of it is believed
    return talk.api.call("POST", "", plain);
  });
}

/* First words that are not taken go back into the box, with the reason; whether they have. */
function refused(talk, { opening, text }, says) {
  if (!opening || talk.id) return false;
  talk.back = { text, says };
  talk.tell("back");
  return true;
}

function arrived(talk, answer) {
  if (!answer.token) return void talk.take(answer);
  store.put("talk", { id: answer.id, token: answer.token, left: answer.left });
  store.drop("seen");
  talk.resume();
}
