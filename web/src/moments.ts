import type { Moment } from "./catalogue";
import { clock, element } from "./dom";

/** A place in a film with what is said or seen there; leads to the player at its second. */
export function momentCard(moment: Moment, query: string): HTMLElement {
  const draft = moment.draft ? "heard by a machine" : "";
  const facts = [clock(moment.at_seconds), moment.kind === "seen" ? "in the picture" : draft];
  const poster = moment.poster_url
    ? element("img", { src: moment.poster_url, alt: "", loading: "lazy" })
    : element("span", { className: "no-poster", ariaHidden: "true" }, moment.title.slice(0, 1).toUpperCase());
  return element(
    "li",
    { className: "moment" },
    element(
      "a",
      { href: moment.url.replace(/^\//, "") },
      element("span", { className: "poster" }, poster),
      element(
        "span",
        { className: "words" },
        element("span", { className: "title" }, moment.title),
        element("span", { className: "facts" }, facts.filter(Boolean).join(" · ")),
        element("q", { className: "line" }, ...marked(moment.line, query)),
      ),
    ),
  );
}

/** The line with the words of the query marked, as far as they stand in it as they were typed. */
function marked(line: string, query: string): (Node | string)[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return line
    .split(/(\s+)/)
    .map((part) =>
      words.includes(part.toLowerCase().replace(/^\P{L}+|\P{L}+$/gu, "")) ? element("mark", {}, part) : part,
    );
}
