/* What stands after the # of a link is its proof: posted once, then taken out of the address and the history. Without
   one, a page that knows what this browser opened before leads there again. */

const form = document.getElementById("link");
const token = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
if (token) {
  form.elements.token.value = token;
  form.requestSubmit();
} else if (form.dataset.again) {
  location.replace(form.dataset.again);
} else {
  document.getElementById("incomplete").hidden = false;
}
