/* Keeps a conversation's stream open, in the tab that leads: again after each end, sooner when the network comes back,
   until the signal or until it is over. `tell(news)` passes on what is heard, to every tab. */

import { sleep } from "./dom.js";
import { read } from "./stream.js";

const FIRST_WAIT = 500, LONGEST_WAIT = 30_000, PATIENCE = 20_000;

export async function follow(talk, tell, signal) {
  let wait = FIRST_WAIT;
  while (!signal.aborted && !talk.isOver) {
    const own = new AbortController();
    signal.addEventListener("abort", () => own.abort("left"), { once: true });
    const late = setTimeout(() => own.abort("late"), PATIENCE); // on a line that died a browser would wait for minutes
    try {
      const answer = await talk.api.stream(talk.id, talk.history.whole, own.signal).finally(() => clearTimeout(late));
      tell({ name: "live", data: true });
      wait = FIRST_WAIT;
      await read(answer, (name, data) => tell({ name, data }), () => tell(), own);
    } catch (trouble) {
      if (signal.aborted || talk.isGone(trouble)) return;
      wait = Math.max(wait, 1000 * (trouble.retryAfter ?? 0));
    }
    if (signal.aborted) return;
    tell({ name: "live", data: false });
    await soon(wait * (0.5 + Math.random()), signal);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
  if (!signal.aborted) await new Promise((done) => signal.addEventListener("abort", done, { once: true })); // keep the lock
}

/* After so many ms; at once when the network is back or somebody looks. */
async function soon(ms, signal) {
  const heard = new AbortController();
  const woken = new Promise((done) => {
    addEventListener("online", done, { signal: heard.signal });
    document.addEventListener("visibilitychange", done, { signal: heard.signal });
    signal.addEventListener("abort", done, { signal: heard.signal });
  });
  await Promise.race([sleep(ms), woken]);
  heard.abort();
}
