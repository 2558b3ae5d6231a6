/* Hands on the samples of a microphone as they come (an audio worklet). */

class Samples extends AudioWorkletProcessor {
  process([[side]]) {
    if (side) this.port.postMessage(side.slice());
    return true;
  }
}

registerProcessor("samples", Samples);
