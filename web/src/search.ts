import { catalogue, type Movie, type Query } from "./catalogue";
import { element } from "./dom";
import { momentCard } from "./moments";

const TYPING_PAUSE_MS = 250;
const DEGRADED = "Part of the catalogue does not answer just now: there may be more films.";

/** `#/search?q=…` as a query; null for other addresses. */
export function searchedFor(hash: string): Query | null {
  const match = /^#\/search(?:\?(.*))?$/.exec(hash);
  if (!match) return null;
  const asked = new URLSearchParams(match[1] ?? "");
  const value = (name: string) => asked.get(name) ?? "";
  return {
    q: value("q"),
    year: value("year"),
    genre: value("genre"),
    language: value("language"),
    available: value("available"),
    in: value("in"),
  };
}

function addressOf(query: Query): string {
  return `#/search?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))}`;
}

/** The box in the page's head: searches while one types; `/` goes to it, arrow down to the results. */
export function searchBox(form: HTMLFormElement, box: HTMLInputElement): void {
  let timer = 0;
  const go = () => {
    window.clearTimeout(timer);
    const query = { ...(searchedFor(location.hash) ?? searchedFor("#/search")!), q: box.value.trim() };
    // Letters are no steps to go back by.
    if (searchedFor(location.hash)) location.replace(addressOf(query));
    else if (query.q) location.hash = addressOf(query);
  };
  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(go, TYPING_PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    document.querySelector<HTMLAnchorElement>(".results a")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || target.closest("input, textarea, select"))
      return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

/** What was found, with what narrows it down. */
export function showSearch(into: HTMLElement, query: Query, box: HTMLInputElement): () => void {
  document.title = query.q ? `${query.q} · Marquee` : "Search · Marquee";
  if (document.activeElement !== box) box.value = query.q;
  const leaving = new AbortController();
  const status = element("p", { className: "note", role: "status" }, "Searching …");
  const list = element("ul", { className: query.in ? "moments results" : "films results" });
  const more = element("button", { type: "button", className: "more", hidden: true }, "Show more");
  const credit = element("p", { className: "note credit" });
  const narrowing = filters(query);
  const focused = (document.activeElement as HTMLInputElement | null)?.name;
  into.replaceChildren(element("h1", {}, "Search"), narrowing, status, list, more, credit);
  if (focused) narrowing.querySelector<HTMLInputElement>(`[name="${focused}"]`)?.focus();
  list.addEventListener("keydown", moveByArrows);

  let cursor: string | null = null;
  const load = async () => {
    more.disabled = true;
    try {
      const page = await find(query, cursor, leaving.signal);
      const first = page.cards.map((card) => list.appendChild(card))[0];
      if (cursor) first?.querySelector("a")?.focus();
      cursor = page.next_cursor;
      tell(page);
    } catch (error) {
      if (!leaving.signal.aborted) status.textContent = (error as Error).message;
    }
    more.disabled = false;
    more.hidden = cursor === null;
  };
  const tell = (page: Found) => {
    const count = list.children.length;
    const thing = query.in ? "moment" : "film";
    const found =
      count === 0
        ? "Nothing found."
        : `${count} ${thing}${count === 1 ? "" : "s"}${page.next_cursor ? " and more" : ""}.`;
    status.textContent = page.degraded ? `${found} ${DEGRADED}` : found;
    credit.textContent = page.attribution ?? "";
  };
  more.addEventListener("click", () => void load());
  void load();
  return () => leaving.abort();
}

interface Found {
  cards: HTMLElement[];
  next_cursor: string | null;
  degraded: boolean;
  attribution: string | null;
}

async function find(query: Query, cursor: string | null, signal: AbortSignal): Promise<Found> {
  if (query.in) {
    const page = await catalogue.moments(query, cursor, signal);
    return { ...page, cards: page.items.map((moment) => momentCard(moment, query.q)), attribution: null };
  }
  const page = await catalogue.search(query, cursor, signal);
  return { ...page, cards: page.items.map(movieCard) };
}

function filters(query: Query): HTMLElement {
  const change = (part: Partial<Query>) => {
    location.hash = addressOf({ ...query, ...part });
  };
  const year = element("input", {
    name: "year",
    type: "number",
    min: "1870",
    max: "2200",
    value: query.year,
    onchange: () => change({ year: year.value }),
  });
  const genre = element("input", {
    name: "genre",
    value: query.genre,
    maxLength: 50,
    onchange: () => change({ genre: genre.value.trim() }),
  });
  const language = element("input", {
    name: "language",
    value: query.language,
    maxLength: 5,
    size: 5,
    onchange: () => change({ language: language.value.trim() }),
  });
  const available = element("input", {
    name: "available",
    type: "checkbox",
    checked: query.available === "true",
    onchange: () => change({ available: available.checked ? "true" : "" }),
  });
  const spoken = element("input", {
    name: "in",
    type: "checkbox",
    checked: query.in === "transcript",
    onchange: () => change({ in: spoken.checked ? "transcript" : "" }),
  });
  return element(
    "form",
    { className: "filters", onsubmit: (event) => event.preventDefault() },
    element("label", {}, spoken, " In what is said and seen"),
    element("label", {}, "Year ", year),
    element("label", {}, "Genre ", genre),
    element("label", {}, "Language ", language),
    ...(query.in ? [] : [element("label", {}, available, " Only what can be watched here")]),
  );
}

export function movieCard(movie: Movie): HTMLElement {
  const poster = movie.poster
    ? element("img", { src: movie.poster.url, alt: "", loading: "lazy" })
    : element("span", { className: "no-poster", ariaHidden: "true" }, movie.title.slice(0, 1).toUpperCase());
  const facts = [movie.year ? String(movie.year) : "", movie.available ? "Watch now" : ""].filter(Boolean);
  return element(
    "li",
    { className: "film" },
    element(
      "a",
      { className: "face", href: `#/movie/${movie.id}` },
      element("span", { className: "poster" }, poster),
      element("span", { className: "title" }, movie.title),
      element("span", { className: "facts" }, facts.join(" · ")),
    ),
  );
}

/** The arrows go from film to film, as they lie in the grid; up from the first row back to the box. */
function moveByArrows(event: KeyboardEvent): void {
  const cards = [...document.querySelectorAll<HTMLAnchorElement>(".results a")];
  const here = cards.indexOf(document.activeElement as HTMLAnchorElement);
  if (here < 0) return;
  const top = (card: HTMLElement) => Math.round(card.getBoundingClientRect().top);
  const columns = Math.max(1, cards.filter((card) => top(card) === top(cards[0]!)).length);
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = cards[here + step];
  if (next) next.focus();
  else if (event.key === "ArrowUp") document.querySelector<HTMLInputElement>("#search")?.focus();
}
