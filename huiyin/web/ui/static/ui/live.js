/* Live updates. A page says once what it may watch, and each fragment says what it shows:

     <hy-live topics="{signed list}"></hy-live>
     <section id="timeline" data-live="matter:483102759164 desk" hx-get="/…/timeline" hx-trigger="live" hx-swap="morph">

   When one of its topics changed, the fragment is fetched again (see fragments.js) and the document gets `live:<topic>`.
   One stream per browser: the tab that holds a Web Lock reads it and passes the news on to the others. When there is
   no stream, fragments are fetched every 15 s. `<hy-live state>` is `live` or `polling`, for those who want to show it. */

import { refreshAll, refreshTopic } from "./fragments.js";

const POLL = 15_000, SILENCE = 40_000, LONGEST_WAIT = 30_000;
const me = Math.random().toString(36).slice(2);
const channel = "BroadcastChannel" in self ? new BroadcastChannel("huiyin-live") : null;
const tabs = new Map(); // of the leader: tab → its signed lists
let term = null, stream = null, state = "polling", heard = Date.now(), joining = 0;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const boards = () => [...document.querySelectorAll("hy-live")];
const lists = () => boards().map((board) => board.getAttribute("topics")).filter(Boolean);

/* --- what every tab does with news --- */

const deeds = {
  changed: (topic) => {
    refreshTopic(topic);
    document.dispatchEvent(new CustomEvent(`live:${topic}`));
  },
  hello: refreshAll,
  // Everybody hears this at the same moment: spread the fetches over a second.
  reload: () => setTimeout(refreshAll, Math.random() * 1000),
  expired: renew,
};

function show(now) {
  state = now;
  boards().forEach((board) => board.setAttribute("state", now));
}

function hear(message) {
  if (message.join && term) { tabs.set(message.join, message.lists); reopen(); }
  if (message.leave && term && tabs.delete(message.leave)) reopen();
  if (message.roll && lists().length) say({ join: me, lists: lists() });
  if (message.state) { heard = Date.now(); if (message.state !== state) show(message.state); }
  if (message.news) deeds[message.news]?.(message.topic);
}

function say(message) {
  channel?.postMessage(message);
  hear(message);
}

/* Signed lists last half a day. A page that lives longer asks for itself again and takes the new list out of it. */
async function renew() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...page.querySelectorAll("hy-live")];
  boards().forEach((board, at) => board.setAttribute("topics", fresh[at]?.getAttribute("topics") ?? ""));
}

/* --- what the leading tab does --- */

function reopen() {
  clearTimeout(joining);
  joining = setTimeout(() => stream?.abort("lists"), 50);
}

async function read(onEvent) {
  stream = new AbortController();
  const wanted = [...new Set([...tabs.values()].flat())].join(",");
  if (!wanted) return sleep(1000).then(() => "empty");
  const own = stream, watch = { timer: 0 };
  const alive = () => { clearTimeout(watch.timer); watch.timer = setTimeout(() => own.abort("silence"), SILENCE); };
  try {
    alive();
    const answer = await fetch("/live", { headers: { "Huiyin-Topics": wanted }, cache: "no-store", signal: own.signal });
    if (answer.status === 403) return "expired";
    if (!answer.ok) return "refused";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return "ended";
      alive();
      say({ state: "live" });
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const [, name, data] = part.match(/^event: (\w+)\ndata: (.*)$/) ?? [];
        if (name) onEvent(name, JSON.parse(data).topic);
      }
    }
  } catch {
    return own.signal.reason === "lists" ? "lists" : "broken";
  } finally {
    clearTimeout(watch.timer);
  }
}

async function lead() {
  const mine = (term = {});
  tabs.clear();
  say({ roll: true });
  for (let wait = 500; mine === term;) {
    const end = await read((name, topic) => {
      if (name === "hello") wait = 500;
      if (mine === term) say({ news: name, topic });
    });
    if (end === "lists" || end === "empty" || mine !== term) continue;
    say({ state: "polling" });
    if (end === "expired") { tabs.clear(); say({ news: "expired" }); }
    await sleep(wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

async function campaign(steal) {
  if (!navigator.locks || !channel) return lead();
  await navigator.locks.request("huiyin-live", { steal }, lead).catch(() => {});
  term = null; // another tab took over
  stream?.abort("lists");
  return campaign(false);
}

customElements.define("hy-live", class extends HTMLElement {
  static observedAttributes = ["topics"];
  attributeChangedCallback() { if (this.isConnected) hear({ roll: true }); }
  connectedCallback() { this.setAttribute("state", state); }
});

if (channel) channel.onmessage = ({ data }) => hear(data);
addEventListener("pagehide", () => say({ leave: me }));
addEventListener("pageshow", ({ persisted }) => persisted && hear({ roll: true }));
setInterval(() => {
  const isSilent = Date.now() - heard > SILENCE;
  if (state !== "live" || isSilent) { refreshAll(); hear({ roll: true }); }
  if (isSilent && !term && !document.hidden) campaign(true); // the leading tab was put to sleep
}, POLL);
if (boards().length) { say({ join: me, lists: lists() }); campaign(false); }
