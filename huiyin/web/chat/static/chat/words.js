/* The words, in the reader's language, come from the centre as JSON; here they only get their values and times. */

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/* `/chat.json` with the ways to say a time. Throws when it cannot be had. */
export async function wordsFrom(home, language) {
  const answer = await fetch(`${home}/chat.json?lang=${language}`, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`chat.json: ${answer.status}`);
  const { words, ...facts } = await answer.json();
  return { ...words, facts, ...timesIn(facts, words) };
}

/* What is now and today is the centre's word: the clock of a browser may be wrong by a day. */
function timesIn({ language, zone, now }, words) {
  const skew = Date.parse(now) - Date.now() || 0;
  const say = (options) => new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", { timeZone: zone, ...options });
  const clock = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), date = say({ month: "long", day: "numeric", weekday: "short" });
  const time = (at) => clock.format(new Date(at));
  const day = (at, today = words.today) => { const its = date.format(new Date(at)); return its === date.format(new Date(Date.now() + skew)) ? today : its; };
  return { now: () => Date.now() + skew, time, day, moment: (at) => `${day(at, words.by_today)} ${time(at)}` };
}

/* Seconds as people say them: the unit words come from the centre, plural apart. */
export function duration(words, seconds) {
  if (seconds < 55) return fill(words.seconds, { n: Math.max(5, Math.ceil(seconds / 5) * 5) });
  const minutes = Math.ceil(seconds / 60);
  return fill(minutes === 1 ? words.minute : words.minutes, { n: minutes });
}

/* The language to speak: what the tag says, the page, the browser. Chinese first. */
export function languageOf(wanted) {
  for (const tag of [wanted, document.documentElement.lang, ...navigator.languages]) {
    if (/^zh/i.test(tag ?? "")) return "zh-hans";
    if (/^en/i.test(tag ?? "")) return "en";
  }
  return "zh-hans";
}
