/* A telephone line over the hotline's websocket, by JsSIP (bundled at set-up).

     const line = new Line({ ws, user, password, registers }, { state: (name) => …, rings: (call) => … });
     const call = line.call("hotline", stream);
     call.on = (what) => …;   // "progress", "talking", "over"

   A line is `connecting`, `ready`, `lost` (it tries again by itself) or `refused`. It knows nothing of pages. */

import JsSIP from "../vendor/jssip/jssip.js";

const GATHER = 100; // loopback and host candidates are there at once; nobody waits for the end of the list
const KNOCK = 3_000;
/* Keys go with the signals, not with the sound: a browser may find another way for sound in the first second, and Asterisk
   drops what comes along it until it has seen five packets. */
const KEY = { transportType: "INFO", duration: 120, interToneGap: 70 };
const RETRY = { connection_recovery_min_interval: 1, connection_recovery_max_interval: 2 };
const PEER = { iceServers: [], rtcpMuxPolicy: "require" };
export const BUSY = 486, GONE = 480;

export class Line {
  constructor({ ws, user, password, registers }, { state = () => {}, rings = () => {} } = {}) {
    this.host = new URL(ws).hostname;
    const sockets = [new JsSIP.WebSocketInterface(ws)];
    this.ua = new JsSIP.UA({
      sockets, uri: `sip:${user}@${this.host}`, authorization_user: user, password, register: registers, register_expires: 60,
      session_timers: false, user_agent: "Huiyin", ...RETRY,
    });
    this.ua.on("connected", () => registers || state("ready"));
    this.ua.on("disconnected", () => { this.wasAway = true; state("lost"); });
    this.ua.on("registered", () => { if (this.wasAway) this.comesBack(); state("ready"); });
    this.ua.on("registrationFailed", ({ response }) => {
      state(response ? "refused" : "lost");
      clearTimeout(this.again);
      if (response) this.again = setTimeout(() => this.ua.register(), KNOCK); // it may know us in a moment
    });
    this.ua.on("newRTCSession", ({ originator, session, request }) => {
      if (originator !== "remote") return;
      const call = new Call(session, request);
      this.rung.add(call);
      rings(call);
    });
    this.rung = new Set(); // calls that came in
    state("connecting");
    this.ua.start();
  }

  call(number, stream) {
    let call = null, peer = null;
    const eventHandlers = { peerconnection: ({ peerconnection }) => { peer = peerconnection; call?.hear(peer); } };
    const session = this.ua.call(`sip:${number}@${this.host}`, { mediaStream: stream, pcConfig: PEER, eventHandlers });
    call = new Call(session);
    if (peer) call.hear(peer);
    return call;
  }

  /* The hotline has given up our legs meanwhile, and rings again about what goes on. */
  comesBack() {
    this.wasAway = false;
    for (const call of this.rung) if (call.isUp) call.forget();
    this.rung.clear();
  }

  /* Without a word to whoever we talk with: a page that goes leaves the caller to the switchboard. */
  leave() {
    clearTimeout(this.again);
    this.ua.stop();
  }
}

export class Call {
  constructor(session, request) {
    this.session = session;
    this.request = request;
    this.on = () => {};
    this.said = new MediaStream(); // what the other side says
    session.on("peerconnection", ({ peerconnection }) => this.hear(peerconnection));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, GATHER));
    session.on("progress", () => this.on("progress"));
    session.on("confirmed", () => this.on("talking"));
    session.on("ended", ({ cause, originator }) => this.end(cause, originator));
    session.on("failed", ({ cause, originator, message }) => this.end(cause, originator, message?.status_code));
  }

  header(name) { return this.request?.getHeader(name) ?? ""; }

  hear(peer) {
    this.peer = peer;
    peer.addEventListener("track", ({ track }) => this.said.addTrack(track));
  }

  answer(stream) { this.session.answer({ mediaStream: stream, pcConfig: PEER }); }

  /* Hang up, or turn away what only rings. */
  hangUp(status = BUSY) {
    if (this.isOver) return;
    const isRinging = this.session.direction === "incoming" && !this.session.isEstablished();
    this.session.terminate(isRinging ? { status_code: status } : {});
  }

  get isUp() { return this.session.isEstablished() && !this.isOver; }

  /* Nobody is there any more to say goodbye to. */
  forget() {
    this.isLost = true;
    this.peer?.close();
    this.end("", "remote");
  }

  press(key) { if (this.isUp) this.session.sendDTMF(key, KEY); }

  end(cause, originator, status = 0) {
    if (this.isOver) return;
    Object.assign(this, { isOver: true, cause, status, byUs: originator === "local" });
    this.on("over");
  }
}
