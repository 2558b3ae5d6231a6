/* <hy-sound seconds data-play data-pause data-place data-failed>: plays a recording over its wave form. A click or the
   arrow keys move; the browser asks for the part it needs. Without this script its own controls stay. */

const STEP = 5;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

customElements.define("hy-sound", class extends HTMLElement {
  connectedCallback() {
    this.audio = this.querySelector("audio");
    this.button = this.querySelector("button");
    this.wave = this.querySelector(".sound-wave");
    this.told = this.querySelector("output");
    this.all = Number(this.getAttribute("seconds"));
    this.audio.controls = false;
    for (const part of [this.button, this.wave, this.told]) part.hidden = false;
    this.wave.tabIndex = 0;
    this.wave.ariaValueMax = String(Math.round(this.all));
    this.listen();
    this.draw();
  }

  listen() {
    this.button.onclick = () => (this.audio.paused ? this.audio.play().catch(() => {}) : this.audio.pause());
    this.wave.onpointerdown = (event) => {
      const box = this.wave.getBoundingClientRect();
      this.go(((event.clientX - box.left) / box.width) * this.length);
    };
    this.wave.onkeydown = (event) => this.key(event);
    for (const name of ["play", "pause", "ended", "timeupdate", "seeked", "loadedmetadata"]) this.audio.addEventListener(name, () => this.draw());
    this.audio.addEventListener("error", () => { this.told.textContent = this.dataset.failed; });
  }

  get length() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : this.all;
  }

  key(event) {
    const to = { ArrowRight: this.at + STEP, ArrowLeft: this.at - STEP, Home: 0, End: this.length - 0.1 }[event.key];
    if (event.key === " " || event.key === "Enter") this.button.click();
    else if (to === undefined) return;
    else this.go(to);
    event.preventDefault();
    event.stopPropagation(); // the desk has keys of its own
  }

  get at() {
    return this.wanted ?? this.audio.currentTime;
  }

  /* From elsewhere on the page: what was said then. */
  playFrom(seconds) {
    this.go(seconds);
    this.audio.play().catch(() => {});
  }

  /* Before anything is loaded the place is remembered; the browser takes it once it knows how long the sound is. */
  go(seconds) {
    const place = Math.min(Math.max(0, seconds), Math.max(0, this.length - 0.05));
    if (this.audio.readyState > 0) {
      this.audio.currentTime = place;
    } else {
      const isAsked = this.wanted !== undefined;
      this.wanted = place;
      if (!isAsked) this.ask();
    }
    this.draw();
  }

  ask() {
    this.audio.addEventListener("loadedmetadata", () => { this.audio.currentTime = this.wanted; this.wanted = undefined; }, { once: true });
    this.audio.load();
    this.audio.preload = "metadata";
  }

  draw() {
    const { length, at } = this;
    this.button.textContent = this.audio.paused ? this.dataset.play : this.dataset.pause;
    this.told.textContent = this.dataset.place.replace("{at}", clock(at)).replace("{all}", clock(length));
    this.querySelector(".sound-past")?.setAttribute("width", length ? (300 * at) / length : 0);
    this.wave.ariaValueNow = String(Math.round(at));
    this.wave.ariaValueText = this.told.textContent;
  }
});
