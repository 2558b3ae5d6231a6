/* One window of a browser at a time: whoever holds the Web Lock. `begin` when it is this one, `lose` when it is not (or
   no longer); by itself again when the other one closes. Returns what takes it from the other one at once. */

export function alone(name, begin, lose) {
  if (!navigator.locks) { begin(); return () => {}; }
  let queued = null;
  const wait = async (how) => {
    await navigator.locks.request(name, how, (lock) => lock && hold()).catch(() => {});
    if (how.signal?.aborted) return;
    lose();
    queued = new AbortController();
    wait({ signal: queued.signal });
  };
  const hold = () => { begin(); return new Promise(() => {}); };
  wait({ ifAvailable: true });
  return () => { queued?.abort(); wait({ steal: true }); };
}
