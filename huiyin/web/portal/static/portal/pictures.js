/* Names what was chosen, however often somebody chooses: each choice is kept beside the earlier ones and all go together. */

const form = document.getElementById("pictures");
const list = form.querySelector("[data-chosen]");
const chosen = [];

function show() {
  list.replaceChildren(...chosen.map((file) => Object.assign(document.createElement("li"), { className: "in", textContent: file.name })));
}

form.addEventListener("change", ({ target }) => {
  for (const file of target.files) if (chosen.length < Number(form.dataset.most)) chosen.push(file);
  target.value = "";
  show();
});

form.addEventListener("formdata", ({ formData }) => {
  formData.delete("file");
  chosen.forEach((file) => formData.append("file", file));
});
