/* What the phone window and the tabs of the desk say to each other:
     { phone: { line, call, no } }  how the phone stands (from the window)
     { ask: true }                  somebody wants to know
     { answer: no }  { decline: no }  what a card of a tab decided; the window says { took: no } */

const channel = "BroadcastChannel" in self ? new BroadcastChannel("huiyin-phone") : null;
const ears = new Set();

export function say(message) {
  channel?.postMessage(message);
  ears.forEach((hear) => hear(message));
}

export function onSaid(hear) {
  ears.add(hear);
  return () => ears.delete(hear);
}

if (channel) channel.onmessage = ({ data }) => ears.forEach((hear) => hear(data));

/* Whether a phone window of this browser took it. */
export function answerByPhone(no) {
  return new Promise((done) => {
    const end = onSaid(({ took }) => took === no && finish(true));
    const timer = setTimeout(() => finish(false), 1000);
    const finish = (is) => { clearTimeout(timer); end(); done(is); };
    say({ answer: no });
  });
}
