/* The tabs of one browser share one stream: the tab that holds the lock reads it and passes on what it hears. When that
   tab closes, the next one takes over; when it was put to sleep, a tab that somebody looks at takes the lock from it. */

const SILENCE = 45_000, LOOK = 15_000;

export class Tabs {
  /* `lead(signal)` runs in one tab at a time, until the signal; `hear(news)` in all of them. */
  constructor(name, { lead, hear }) {
    this.name = name;
    this.lead = lead;
    this.hear = hear;
    this.heard = Date.now();
    this.channel = "BroadcastChannel" in self ? new BroadcastChannel(name) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => { this.heard = Date.now(); if (data) hear(data); };
    this.look = setInterval(() => this.takeOver(), LOOK);
  }

  /* Tell every tab, this one included; nothing to tell means: the stream is alive. */
  tell(news = null) {
    this.heard = Date.now();
    this.channel?.postMessage(news);
    if (news) this.hear(news);
  }

  start() { this.campaign(false); }

  async campaign(steal) {
    const own = (this.own = new AbortController());
    const term = () => this.lead(own.signal);
    if (!navigator.locks || !this.channel) return term();
    const wish = steal ? { steal } : { signal: own.signal };
    await navigator.locks.request(this.name, wish, term).catch(() => {}); // another tab took it, or we left the line
    if (own !== this.own || this.isOver) return undefined;
    own.abort();
    return this.campaign(false);
  }

  takeOver() {
    if (this.isOver || document.hidden || Date.now() - this.heard < SILENCE) return;
    this.heard = Date.now();
    this.own?.abort();
    this.campaign(true);
  }

  end() {
    this.isOver = true;
    clearInterval(this.look);
    this.own?.abort();
    this.channel?.close();
  }
}
