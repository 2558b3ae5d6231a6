/* What this browser remembers of the chat, in the page's own localStorage (no cookies); shared by its tabs. Where a
   browser keeps nothing, the tab does for as long as it lives. */

const PREFIX = "huiyin-chat:";
const memory = new Map();

export function get(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null") ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

export function put(name, value) {
  memory.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* full or forbidden: the tab remembers */ }
}

export function drop(...names) {
  for (const name of names) {
    memory.delete(name);
    try { localStorage.removeItem(PREFIX + name); } catch { /* forbidden */ }
  }
}

/* Another tab changed something: told its name. */
export function watch(told) {
  addEventListener("storage", ({ key }) => {
    if (key === null) return memory.clear();
    if (!key.startsWith(PREFIX)) return;
    memory.delete(key.slice(PREFIX.length));
    told(key.slice(PREFIX.length));
  });
}

/* Whose page this is: the subject of the shop's signed identity, unread by us beyond this. */
function subject(identity) {
  try {
    return String(JSON.parse(atob(identity.split(".")[0].replaceAll("-", "+").replaceAll("_", "/"))).sub ?? "");
  } catch {
    return "";
  }
}

/* A computer that several people use: who signs out, or in as somebody else, finds nothing of the one before. */
export function belongsTo(identity) {
  const before = get("who") ?? "", now = identity ? subject(identity) : "";
  if (before && before !== now) drop("talk", "outbox", "contact", "draft", "seen", "visitor");
  if (before !== now) put("who", now);
}
