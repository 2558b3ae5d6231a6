/* A soft double tone and a desktop notification. Of several tabs one rings: whoever gets the Web Lock. Browsers allow
   sound after the first touch or key on a page; until then the title blinks. */

const SOUND = "huiyin-sound", ASKED = "huiyin-notify-asked";
const NOTES = [[660, 0], [880, 0.18]];
const stops = new Map(); // what rings → how to end it
let context = null;

function wake() {
  if (!("AudioContext" in self)) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}
["pointerdown", "keydown"].forEach((touch) => addEventListener(touch, wake, { capture: true, passive: true }));

export const hasSound = () => localStorage.getItem(SOUND) !== "off";
export const setSound = (on) => localStorage.setItem(SOUND, on ? "on" : "off");
export const allowed = () => "Notification" in self && Notification.permission === "granted";
export const isAsked = () => !("Notification" in self) || Notification.permission === "denied" || localStorage.getItem(ASKED) !== null;

export async function ask() {
  localStorage.setItem(ASKED, "1");
  if ("Notification" in self) await Notification.requestPermission();
}

function note([pitch, after], loudness) {
  const from = context.currentTime + after;
  const voice = context.createOscillator(), volume = context.createGain();
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(loudness, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.35);
  voice.connect(volume).connect(context.destination);
  voice.start(from);
  voice.stop(from + 0.4);
}

function sound(notes, loudness) {
  if (hasSound() && context?.state === "running") notes.forEach((one) => note(one, loudness));
}

function show(id, title, body) {
  if (!allowed() || !document.hidden) return null;
  const shown = new Notification(title, { body, tag: `huiyin-${id}`, requireInteraction: true });
  shown.onclick = () => { focus(); shown.close(); };
  return shown;
}

async function alone(id, work) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`huiyin-ring-${id}`, { ifAvailable: true }, (lock) => lock && work());
}

/* Ring until `quiet(id)`: every three seconds, in one tab of this browser. */
export function ring(id, title, body) {
  if (stops.has(id)) return;
  const before = document.title;
  let end = null, shown = null, timer = 0;
  const over = new Promise((done) => { end = done; });
  stops.set(id, () => {
    end();
    clearInterval(timer);
    shown?.close();
    document.title = before;
  });
  document.title = `● ${title}`;
  alone(id, async () => {
    if (!stops.has(id)) return;
    shown = show(id, title, body);
    sound(NOTES, 0.2);
    timer = setInterval(() => sound(NOTES, 0.2), 3000);
    await over;
  });
}

export function quiet(id) {
  stops.get(id)?.();
  stops.delete(id);
}

/* Once and softly: somebody wrote while nobody looked. */
export function tick(id, title, body, { isSeen = !document.hidden } = {}) {
  if (isSeen) return;
  alone(id, async () => {
    show(id, title, body);
    sound([[540, 0]], 0.1);
    await new Promise((done) => setTimeout(done, 2000));
  });
}
