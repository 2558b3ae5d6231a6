/* The microphone, or why there is none; and a bar that shows how loud something is. */

const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy" };

export class NoMicrophone extends Error {
  constructor(reason) { super(reason); this.reason = reason; }
}

/* Sound of this microphone, else of the usual one. Raises NoMicrophone: insecure, denied, missing, busy. */
export async function listen(deviceId = "") {
  if (!navigator.mediaDevices) throw new NoMicrophone("insecure");
  const wish = deviceId ? { deviceId: { ideal: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...wish } });
  } catch (trouble) {
    throw new NoMicrophone(REASONS[trouble.name] ?? "busy");
  }
}

export const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

export async function devices(kind) {
  const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
  return all.filter((one) => one.kind === kind && one.deviceId);
}

/* Draws the loudness of a stream into a <meter> ten times a second; returns what ends it. */
export function measure(stream, meter) {
  const context = new AudioContext(), analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  context.resume();
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    // -60 dB is silence, -10 dB is loud
    meter.value = power ? Math.min(1, Math.max(0, (10 * Math.log10(power) + 60) / 50)) : 0;
    if (meter.value > (meter.most ?? 0)) meter.dataset.most = (meter.most = meter.value).toFixed(2);
  }, 100);
  return () => { clearInterval(timer); if (context.state !== "closed") context.close(); meter.value = 0; };
}
