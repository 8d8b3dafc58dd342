import { showLibrary } from "./library";
import { uploadFilm } from "./upload";
import { showWatch } from "./watch";

const content = document.querySelector<HTMLElement>("#content")!;
const uploads = document.querySelector<HTMLElement>("#uploads")!;
const films = document.querySelector<HTMLInputElement>("#film")!;
let leave = () => {};

function route(): void {
  leave();
  const watched = /^#\/watch\/([\w-]+)$/.exec(location.hash);
  leave = watched ? showWatch(content, watched[1]!) : showLibrary(content);
}

films.addEventListener("change", () => {
  for (const file of films.files ?? []) void uploadFilm(file, uploads);
  films.value = "";
});
window.addEventListener("hashchange", () => {
  if (location.hash === "#content") return; // the skip link
  route();
  content.focus({ preventScroll: true });
});
route();
