import { api, type Begun } from "./api";
import { clock, element } from "./dom";
import { accessToken } from "./token";

/** The films that the viewer can go on with; nothing for those who are not signed in, or have none. */
export async function goingOn(): Promise<HTMLElement | null> {
  if (!accessToken()) return null;
  const begun = await api.continueWatching().catch(() => []); // the library is there without it
  const watchable = begun.filter((film) => film.available && film.asset_id);
  if (!watchable.length) return null;
  const heading = element("h2", { id: "going-on" }, "Continue watching");
  const row = element("ul", { className: "films" }, ...watchable.map(card));
  const section = element("section", { className: "going-on" }, heading, row);
  section.setAttribute("aria-labelledby", heading.id);
  return section;
}

function card(film: Begun): HTMLElement {
  const title = film.title ?? "A film";
  const poster = film.poster_url
    ? element("img", { src: film.poster_url, alt: "", loading: "lazy" })
    : element("span", { className: "no-poster", ariaHidden: "true" }, title.slice(0, 1).toUpperCase());
  const left = `${clock(Math.max(0, film.duration_seconds - film.position_seconds))} left`;
  const face = element(
    "a",
    { className: "face", href: `#/watch/${film.asset_id}` },
    element("span", { className: "poster" }, poster),
    element("span", { className: "title" }, title),
    element("span", { className: "facts" }, left),
    element("progress", { max: 1, value: film.fraction, ariaLabel: "Watched" }),
  );
  return element("li", { className: "film" }, face);
}
