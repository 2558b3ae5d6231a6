/* Reading an event stream with fetch(): the token stays in a header, and the place where it broke off is known. */

const SILENCE = 40_000; // the centre says at least every 15 s that it is there

/* Reads one answer to its end; `onEvent(name, data, id)` for each event, `onLife()` for every sign of life.
   Ends with "ended", "broken" or "silent". */
export async function read(answer, onEvent, onLife, controller) {
  let timer = 0;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort("silent"), SILENCE);
    onLife();
  };
  try {
    alive();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return "ended";
      alive();
      const parts = (rest + value).split(/\r?\n\r?\n/);
      rest = parts.pop();
      parts.forEach((part) => parse(part, onEvent));
    }
  } catch {
    return controller.signal.reason === "silent" ? "silent" : "broken";
  } finally {
    clearTimeout(timer);
    controller.abort("done");
  }
}

function parse(part, onEvent) {
  const fields = { event: "message", data: [], id: "" };
  for (const line of part.split(/\r?\n/)) {
    const [, name, value] = line.match(/^(\w+): ?(.*)$/) ?? [];
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  if (!fields.data.length) return;
  let data = null;
  try { data = JSON.parse(fields.data.join("\n")); } catch { return; }
  onEvent(fields.event, data, fields.id);
}
