/* <hy-attach url no token><input type="file"><ul data-files></ul></hy-attach> within the composer: a file by button, by
   dragging it onto the conversation or by pasting a picture. Each has a name of its own, so that trying again sends it
   once; progress, and the reason where it was refused, stand beside it until it has arrived. */

import { newId } from "./outbox.js";

customElements.define("hy-attach", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.list = this.querySelector("[data-files]");
    this.zone = document.getElementById("talk-zone") ?? document.body;
    this.input.addEventListener("change", () => { this.take(this.input.files); this.input.value = ""; });
    this.onPaste = (paste) => { if (paste.clipboardData?.files.length) { paste.preventDefault(); this.take(paste.clipboardData.files); } };
    this.closest("hy-composer").addEventListener("paste", this.onPaste);
    for (const name of ["dragover", "dragleave", "drop"]) this.zone.addEventListener(name, (drag) => this.dragged(drag));
  }

  dragged(drag) {
    if (!drag.dataTransfer?.types.includes("Files")) return;
    drag.preventDefault();
    this.zone.toggleAttribute("data-drops", drag.type === "dragover");
    if (drag.type === "drop") this.take(drag.dataTransfer.files);
  }

  take(files) { [...files].forEach((file) => this.send(file, newId())); }

  send(file, id) {
    const line = this.querySelector("template").content.cloneNode(true).firstElementChild;
    line.querySelector("[data-name]").textContent = file.name;
    line.querySelector("[data-again]").onclick = () => { line.remove(); this.send(file, id); };
    line.querySelector("[data-drop]").onclick = () => line.remove();
    this.list.append(line);
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => { line.querySelector("progress").value = total ? loaded / total : 0; };
    request.onload = () => this.done(request, line);
    request.onerror = () => this.failed(line, "");
    request.open("POST", this.getAttribute("url"));
    request.setRequestHeader("X-CSRFToken", this.getAttribute("token"));
    request.setRequestHeader("Huiyin-Element", "talk");
    const body = new FormData();
    body.append("file", file, file.name || "picture.png");
    body.append("client_id", id);
    body.append("internal", this.closest("hy-composer").isNote ? "1" : "");
    request.send(body);
  }

  done(request, line) {
    if (request.status === 200) {
      line.remove();
      document.querySelector(`hy-talk[no="${this.getAttribute("no")}"]`)?.look();
      return;
    }
    let said = null;
    try { said = JSON.parse(request.responseText); } catch { /* not one of our answers: say that it failed */ }
    this.failed(line, said?.says ?? "");
  }

  failed(line, says) {
    const place = line.querySelector("[data-says]");
    place.textContent = says || place.dataset.lost;
    line.dataset.state = "failed";
  }
});
