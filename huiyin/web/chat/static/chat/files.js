/* Pictures and files: chosen, dropped, pasted, with preview and progress; seen again by whoever may. Pictures are drawn on
   a canvas from bytes that were fetched with the token: no address to leak, and no page's image rules to stumble over. */

import { download, el, icon, random, sleep } from "./dom.js";
import { forget, keep, kept } from "./keeping.js";
import * as store from "./store.js";
import { fill } from "./words.js";

const WIDEST = 220, TALLEST = 260, LONGEST_WAIT = 30_000;
const MB = 1024 * 1024;

const sizeOf = (bytes) => (bytes >= MB ? `${(bytes / MB).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`);

/* A picture small enough for a bubble; null for what is none. */
async function canvasOf(blob, label) {
  if (!/^image\//.test(blob.type)) return null;
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (!bitmap) return null;
  const share = Math.min(1, WIDEST / bitmap.width, TALLEST / bitmap.height), sharp = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(24, Math.round(side * share)));
  const canvas = el("canvas", { role: "img", "aria-label": label, width: width * sharp, height: height * sharp });
  canvas.style.setProperty("width", `${width}px`);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

const nameOf = (name, bytes) => [icon("file"), el("span", { class: "name", text: name }), el("span", { class: "small", text: sizeOf(bytes) })];

/* A file that was sent: a picture shows itself, anything can be kept. */
export function picture(talk, { seq, file }, words) {
  const bytes = () => talk.api.call("GET", `/${talk.id}/files/${seq}`, undefined, { as: "blob", patience: 120_000 });
  const keep = async () => {
    const blob = await bytes().catch(() => null);
    if (blob) download(blob, file.name);
  };
  const button = el("button", { type: "button", class: "file", onclick: keep, title: words.keep_file }, ...nameOf(file.name, file.size));
  if (/^image\//.test(file.mime)) {
    bytes().then((blob) => canvasOf(new Blob([blob], { type: file.mime }), file.name)).then((canvas) => canvas && button.replaceChildren(canvas)).catch(() => {});
  }
  return button;
}

/* The files of this tab that are on their way, one after the other. */
export class Uploads {
  list = [];

  constructor(talk, words, changed) {
    Object.assign(this, { talk, words, changed });
    addEventListener("beforeunload", (event) => this.list.some(({ says, isKept }) => !says && !isKept) && event.preventDefault());
    this.resume();
  }

  /* What was on its way before a reload goes on, unless it was somebody else's, or of another conversation. */
  async resume() {
    for (const { client_id: id, file, visitor, talk } of await kept()) {
      const isOurs = visitor === store.get("visitor") && (talk ? talk === this.talk.id : this.talk.id || this.talk.outbox.entries.length);
      if (isOurs) this.put(id, file).isKept = true;
      else forget(id);
    }
    if (!this.list.length) return;
    this.changed();
    this.run();
  }

  add(files) {
    for (const file of files) {
      const upload = this.put(random(), file), { client_id } = upload;
      if (file.size > this.words.facts.file_mb * MB) upload.says = fill(this.words.file_too_large, { mb: this.words.facts.file_mb });
      else keep({ client_id, file, visitor: store.get("visitor"), talk: this.talk.id }).then((is) => { upload.isKept = is; if (!this.list.includes(upload)) forget(client_id); });
    }
    this.changed();
    this.run();
  }

  put(id, file) {
    const bar = el("progress", { max: "1", value: 0, "aria-label": fill(this.words.uploading, { name: file.name }) });
    const body = el("div", { class: "file" }, ...nameOf(file.name, file.size));
    const upload = { client_id: id, file, bar, node: el("div", {}, body, bar) };
    Object.assign(upload, { retry: () => this.retry(upload), drop: () => this.drop(upload) });
    canvasOf(file, file.name).then((canvas) => canvas && body.replaceChildren(canvas));
    this.list.push(upload);
    return upload;
  }

  drop(upload) {
    this.list = this.list.filter((one) => one !== upload);
    forget(upload.client_id);
    this.changed();
  }

  retry(upload) {
    upload.says = "";
    this.changed();
    this.run();
  }

  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let wait = 1000, upload; (upload = this.list.find(({ says }) => !says)) && this.talk.id;) {
      try {
        const fields = { client_id: upload.client_id, file: upload.file };
        const message = await this.talk.api.upload(`/${this.talk.id}/files`, fields, (share) => { upload.bar.value = share; });
        this.talk.take(message);
        this.drop(upload);
        wait = 1000;
      } catch (trouble) {
        if (!trouble.passes) { upload.says = trouble.says || "?"; this.changed(); continue; }
        await Promise.race([sleep(wait), new Promise((woken) => addEventListener("online", woken, { once: true }))]);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
    this.isRunning = false;
  }
}

/* Files that are dropped on or pasted into `node`. */
export function receive(node, take) {
  node.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    take([...event.clipboardData.files]);
  });
  node.addEventListener("dragover", (event) => { event.preventDefault(); node.classList.add("dropping"); });
  node.addEventListener("dragleave", ({ relatedTarget }) => node.contains(relatedTarget) || node.classList.remove("dropping"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("dropping");
    take([...event.dataTransfer.files]);
  });
}
