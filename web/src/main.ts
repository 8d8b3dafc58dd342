import { accountButton } from "./account";
import { showLibrary } from "./library";
import { showMovie } from "./movie";
import { showOperations } from "./operations";
import { searchBox, searchedFor, showSearch } from "./search";
import { isAdmin } from "./token";
import { uploadFilm } from "./upload";
import { showWatch } from "./watch";

const content = document.querySelector<HTMLElement>("#content")!;
const uploads = document.querySelector<HTMLElement>("#uploads")!;
const upload = document.querySelector<HTMLElement>("#upload")!;
const operations = document.querySelector<HTMLElement>("#operations")!;
const films = document.querySelector<HTMLInputElement>("#film")!;
const search = document.querySelector<HTMLInputElement>("#search")!;
let leave = () => {};

function route(): void {
  leave();
  const watched = /^#\/watch\/([\w-]+)(?:\?t=(\d+(?:\.\d+)?))?$/.exec(location.hash);
  const movie = /^#\/movie\/([\w-]+)$/.exec(location.hash);
  const query = searchedFor(location.hash);
  if (!query) search.value = "";
  if (watched) leave = showWatch(content, watched[1]!, watched[2]);
  else if (movie) leave = showMovie(content, movie[1]!);
  else if (location.hash === "#/operations") leave = showOperations(content);
  else if (query) leave = showSearch(content, query, search);
  else leave = showLibrary(content);
}

/** What may be done here depends on who is signed in. */
function showAnew(): void {
  upload.hidden = operations.hidden = !isAdmin();
  route();
}

searchBox(search.form!, search);
accountButton(document.querySelector<HTMLElement>(".bar")!, showAnew);

films.addEventListener("change", () => {
  for (const file of films.files ?? []) void uploadFilm(file, uploads);
  films.value = "";
});
window.addEventListener("hashchange", () => {
  if (location.hash === "#content") return; // the skip link
  route();
  // Who types goes on typing.
  const typing = document.activeElement === search || content.contains(document.activeElement);
  if (!typing) content.focus({ preventScroll: true });
});
showAnew();
