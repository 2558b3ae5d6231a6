/* One quiet tone, made here; off until somebody turns it on. Browsers let a page sound only after a first touch. */

let context = null;

export function ding() {
  try {
    context ??= new AudioContext();
    const at = context.currentTime, tone = context.createOscillator(), loud = context.createGain();
    tone.frequency.setValueAtTime(660, at);
    tone.frequency.setValueAtTime(880, at + 0.09);
    loud.gain.setValueAtTime(0.0001, at);
    loud.gain.exponentialRampToValueAtTime(0.08, at + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
    tone.connect(loud).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  } catch { /* no sound here; the mark at the button says it as well */ }
}
