import { catalogue, type Movie } from "./catalogue";
import { element } from "./dom";
import { movieCard } from "./search";

/** One movie of the catalogue: what it is, and where it can be watched. */
export function showMovie(into: HTMLElement, id: string): () => void {
  const leaving = new AbortController();
  const back = element("a", { href: "#/", className: "back" }, "← All films");
  const problem = element("p", { className: "problem", role: "alert" });
  into.replaceChildren(back, problem);
  catalogue
    .movie(id, leaving.signal)
    .then((movie) => {
      document.title = `${movie.title} · Marquee`;
      into.replaceChildren(back, view(movie));
      return showRelated(into, id, leaving.signal);
    })
    .catch((error: unknown) => {
      if (!leaving.signal.aborted) problem.textContent = (error as Error).message;
    });
  return () => leaving.abort();
}

/** Films that go with it; what is not known just now is left out. */
async function showRelated(into: HTMLElement, id: string, signal: AbortSignal): Promise<void> {
  const related = await catalogue.related(id, signal).catch(() => []);
  if (signal.aborted || related.length === 0) return;
  const films = element("ul", { className: "films results" }, ...related.map(movieCard));
  into.append(element("section", {}, element("h2", {}, "Related films"), films));
}

function view(movie: Movie): HTMLElement {
  const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
  const facts = [
    movie.year ? String(movie.year) : "",
    movie.runtime_minutes ? `${movie.runtime_minutes} min` : "",
    movie.genres.join(", "),
    movie.languages.map((language) => names.of(language) ?? language).join(", "),
  ];
  const text = element("div", { className: "about" }, element("h1", {}, movie.title));
  if (movie.original_title && movie.original_title !== movie.title) {
    text.append(element("p", { className: "note" }, `Original title: ${movie.original_title}`));
  }
  text.append(element("p", { className: "facts" }, facts.filter(Boolean).join(" · ")));
  if (movie.overview) text.append(element("p", {}, movie.overview));
  if (movie.available && movie.asset_id) {
    text.append(element("a", { className: "button watch", href: `#/watch/${movie.asset_id}` }, "Watch"));
  } else {
    text.append(element("p", { className: "note" }, "It cannot be watched here."));
  }
  if (movie.degraded) text.append(element("p", { className: "note" }, "Some of this may be out of date."));
  if (movie.attribution) text.append(element("p", { className: "note credit" }, movie.attribution));
  const poster = movie.poster
    ? [element("img", { className: "cover", src: movie.poster.url, alt: `Poster of ${movie.title}` })]
    : [];
  return element("article", { className: "movie" }, ...poster, text);
}
