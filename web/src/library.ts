import { api, type Asset, type Job } from "./api";
import { clock, element, repeat } from "./dom";
import { goingOn } from "./going-on";
import { moveWhilePointedAt, posterImage } from "./pictures";
import { jobProgress } from "./progress";
import { accessToken, isAdmin } from "./token";

const NONE_YET = "No films yet. An administrator uploads one here, or “make demo” does.";

/** The films that can be watched; for administrators also the others, with live progress or why they failed. */
export function showLibrary(into: HTMLElement): () => void {
  document.title = "Marquee";
  const list = element("ul", { className: "films" });
  const note = element("p", { className: "note" }, "Loading …");
  const heading = element("h1", {}, "Films");
  into.replaceChildren(heading, ...whoUploads(), note, list);
  void goingOn().then((row) => {
    if (row && heading.isConnected) heading.before(row);
  });
  const cards = new Map<string, { seen: string; card: HTMLElement }>();

  return repeat(
    () => 1.5,
    async () => {
      try {
        const assets = (await api.assets()).filter((asset) => asset.playable || isAdmin());
        note.textContent = assets.length ? "" : NONE_YET;
        await Promise.all(assets.map((asset) => refresh(cards, asset)));
        const wanted = assets.map((asset) => cards.get(asset.id)!.card);
        if (wanted.length !== list.children.length || wanted.some((card, i) => list.children[i] !== card)) {
          list.replaceChildren(...wanted);
        }
      } catch (error) {
        note.textContent = (error as Error).message;
      }
    },
  );
}

/** Why there is no button to upload with. */
function whoUploads(): HTMLElement[] {
  if (isAdmin()) return [];
  const hint =
    accessToken() === null ? "Sign in as an administrator to upload films." : "Administrators upload films.";
  return [element("p", { className: "note" }, hint)];
}

async function refresh(cards: Map<string, { seen: string; card: HTMLElement }>, asset: Asset): Promise<void> {
  const ended = asset.status === "ready" || asset.status === "failed";
  const job = ended || !isAdmin() ? null : await api.job(asset.job_id).catch(() => null);
  const seen = JSON.stringify([asset, job]);
  const known = cards.get(asset.id);
  if (known?.seen === seen) return; // untouched cards keep the keyboard's focus
  const fresh = filmCard(asset, job);
  const focused = known?.card.contains(document.activeElement);
  if (known?.card.isConnected) known.card.replaceWith(fresh);
  cards.set(asset.id, { seen, card: fresh });
  if (focused) fresh.querySelector("a")?.focus();
}

function filmCard(asset: Asset, job: Job | null): HTMLElement {
  const image = posterImage(asset);
  const poster =
    image ??
    element("span", { className: "no-poster", ariaHidden: "true" }, asset.title.slice(0, 1).toUpperCase());
  const facts = [
    asset.duration_seconds ? clock(asset.duration_seconds) : "",
    asset.height ? `${asset.height}p` : "",
  ];
  const body = [
    element("span", { className: "poster" }, poster),
    element("span", { className: "title" }, asset.title),
    element("span", { className: "facts" }, facts.filter(Boolean).join(" · ")),
  ];
  const face = asset.playable
    ? element("a", { className: "face", href: `#/watch/${asset.id}` }, ...body)
    : element("span", { className: "face" }, ...body);
  const card = element("li", { className: `film ${asset.status}` }, face);
  if (image && asset.preview_url) moveWhilePointedAt(card, image, asset.preview_url);
  if (job) card.append(jobProgress(job));
  else if (asset.error) card.append(element("p", { className: "problem" }, asset.error.message));
  return card;
}
