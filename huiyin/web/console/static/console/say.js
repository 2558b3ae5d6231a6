/* One sentence at a time: a button plays its sound, and once more stops it. */

let playing = null; // { button, sound }

function stop() {
  playing?.sound.pause();
  playing?.button.setAttribute("aria-pressed", "false");
  playing = null;
}

document.addEventListener("click", (click) => {
  const button = click.target.closest("[data-say]");
  if (!button) return;
  const again = playing?.button === button;
  stop();
  if (again) return;
  const sound = new Audio(button.dataset.say);
  playing = { button, sound };
  button.setAttribute("aria-pressed", "true");
  sound.addEventListener("ended", () => playing?.sound === sound && stop());
  sound.play().catch(() => playing?.sound === sound && stop());
});
