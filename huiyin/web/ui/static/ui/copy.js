/* Copies a text and says so, aloud too:
     <hy-copy from="key-1" done="已复制" failed="请长按选择"><button type="button" class="btn">复制</button></hy-copy>
   `from` is the id of the element that holds the text (its `value`, else its words). */

async function copy(source) {
  const text = (source.value ?? source.textContent).trim();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no permission, or a page without https
    return copySelected(source);
  }
}

function copySelected(source) {
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
  return document.execCommand("copy"); // where this fails too, the text stays selected for the buyer's own finger
}

customElements.define("hy-copy", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.words ??= this.button.textContent;
    this.voice = this.querySelector("[role=status]") ?? this.appendChild(document.createElement("span"));
    this.voice.setAttribute("role", "status");
    this.voice.className = "copy-said";
    this.button.onclick = () => this.copy();
  }

  async copy() {
    const done = await copy(document.getElementById(this.getAttribute("from")));
    const said = this.getAttribute(done ? "done" : "failed");
    this.button.textContent = this.voice.textContent = said;
    this.dataset.saying = ""; // live news leave what is being said alone
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.button.textContent = this.words;
      this.voice.textContent = "";
      delete this.dataset.saying;
    }, 3000);
  }
});
