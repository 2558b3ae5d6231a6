/* What stands after the # of a link is its proof: posted once, then taken out of the address and the history. */

const form = document.getElementById("link");
const token = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
if (token) {
  form.elements.token.value = token;
  form.requestSubmit();
} else {
  document.getElementById("incomplete").hidden = false;
}
