/* <hy-upload form="upload" sent="…" failed="…" drop="drop">: files chosen, taken with the camera, dropped or pasted go up at
   once, one by one, each with its progress. Without JavaScript the same form sends them all with its button. */

const fill = (words, name) => words.replace("{name}", name);

customElements.define("hy-upload", class extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("form"));
    this.list = this.querySelector("ul");
    this.form.querySelectorAll("input[type=file]").forEach((input) => {
      input.addEventListener("change", () => { this.add(input.files); input.value = ""; });
    });
    this.form.querySelector("[data-plain]").hidden = true;
    this.kind = this.form.elements.what;
    this.kind.addEventListener("change", () => this.tell());
    this.tell();
    this.drops();
  }

  tell() {
    this.form.querySelectorAll("[data-what]").forEach((line) => { line.hidden = line.disabled = line.dataset.what !== this.kind.value; });
  }

  drops() {
    addEventListener("paste", ({ clipboardData }) => clipboardData?.files.length && this.add(clipboardData.files));
    addEventListener("dragover", (event) => { event.preventDefault(); this.form.classList.add("dropping"); });
    addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || this.form.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.form.classList.remove("dropping");
      this.add(event.dataTransfer.files);
    });
  }

  async add(files) {
    for (const file of [...files]) await this.send(file);
    this.form.querySelectorAll("[data-what] input").forEach((tick) => { tick.checked = false; }); // it was about these
    if (this.next) this.kind.value = this.next; // what is still missing
    this.tell();
  }

  send(file) {
    const row = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress");
    name.textContent = file.name;
    bar.max = 100;
    row.append(name, bar);
    this.list.append(row);
    const body = new FormData(this.form);
    body.delete("file");
    body.append("file", file);
    return new Promise((done) => {
      const call = new XMLHttpRequest();
      call.open("POST", this.form.action);
      call.setRequestHeader("Accept", "application/json");
      call.responseType = "json";
      call.upload.onprogress = ({ loaded, total }) => { bar.value = (100 * loaded) / total; };
      call.onloadend = () => { this.ended(row, bar, file, call); done(); };
      call.send(body);
    });
  }

  ended(row, bar, file, call) {
    const isIn = call.status === 201, says = call.response?.says;
    this.next = call.response?.next;
    bar.remove();
    row.className = isIn ? "in" : "bad";
    row.querySelector("span").textContent = isIn ? fill(this.getAttribute("sent"), file.name) : says || fill(this.getAttribute("failed"), file.name);
  }
});
