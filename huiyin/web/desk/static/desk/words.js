/* What was said, beside its player: a line plays from its place, and the line that is being heard is marked. */

const soundOf = (node) => node.closest(".sound")?.querySelector("hy-sound");

document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".sound-words li");
  if (line) soundOf(line)?.playFrom(Number(line.dataset.from));
});

/* Media events do not bubble; they are heard on their way down. */
document.addEventListener("timeupdate", (event) => {
  const box = event.target.closest?.(".sound")?.querySelector(".sound-words[open] ol");
  if (!box) return;
  const at = event.target.currentTime + 0.05;
  const now = [...box.children].findLast((line) => Number(line.dataset.from) <= at && at <= Number(line.dataset.to) + 0.5);
  const was = box.querySelector("[aria-current]");
  if (now === was || (was && now === undefined && event.target.paused)) return;
  was?.removeAttribute("aria-current");
  if (!now) return;
  now.setAttribute("aria-current", "true");
  if (!event.target.paused && !box.contains(document.activeElement)) now.scrollIntoView({ block: "nearest" });
}, true);
