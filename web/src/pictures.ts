import { api, type Asset } from "./api";
import { clock, element } from "./dom";

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/** What stands for a film, in the size that fits; `null` when there is nothing yet. */
export function posterImage(asset: Pick<Asset, "poster" | "poster_url">): HTMLImageElement | null {
  if (!asset.poster_url) return null;
  const sizes = asset.poster?.sizes ?? [];
  const image = element("img", { src: asset.poster_url, alt: "", loading: "lazy" });
  if (!sizes.length) return image;
  image.sizes = "(max-width: 40rem) 100vw, 22rem";
  image.srcset = sizes.map((size) => `${size.webp_url} ${size.width}w`).join(", ");
  // The whole picture is there even when no other size can be made just now.
  image.onerror = () => {
    image.onerror = null;
    image.srcset = "";
  };
  return image;
}

/** Lets `image` show the film's moving preview while `card` is pointed at or has the focus. */
export function moveWhilePointedAt(card: HTMLElement, image: HTMLImageElement, previewUrl: string): void {
  const moving = element("img", { src: "", alt: "", className: "moving" });
  const begin = () => {
    if (CALM.matches || moving.isConnected) return;
    moving.src = previewUrl;
    image.after(moving);
  };
  const end = () => moving.remove();
  moving.onerror = end;
  for (const name of ["pointerenter", "focusin"]) card.addEventListener(name, begin);
  for (const name of ["pointerleave", "focusout"]) card.addEventListener(name, end);
}

/** The film's chapters, each a button that seeks there. */
export function chapterList(asset: Asset, video: HTMLVideoElement): HTMLElement | null {
  if (asset.chapters.length < 2) return null;
  const buttons = asset.chapters.map((chapter, index) => {
    const go = () => {
      video.currentTime = chapter.start_seconds;
    };
    const name = chapter.title ?? `Chapter ${index + 1}`;
    const at = clock(chapter.start_seconds);
    const picture = chapter.image_url
      ? [element("img", { src: chapter.image_url, alt: "", loading: "lazy" })]
      : [];
    const words = element("span", { className: "chapter-name" }, name);
    const button = element(
      "button",
      { type: "button", onclick: go },
      ...picture,
      words,
      element("time", {}, at),
    );
    button.ariaLabel = `${name}, ${at}`;
    return button;
  });
  return element("nav", { className: "strip chapters", ariaLabel: "Chapters" }, ...buttons);
}

/** For administrators: which picture stands for the film. `changed` is told the asset as it is then. */
export function posterChooser(asset: Asset, changed: (asset: Asset) => void): HTMLElement {
  const problem = element("p", { className: "problem", role: "alert" });
  const busy = (work: Promise<Asset>) => {
    problem.textContent = "";
    work.then(changed).catch((error: unknown) => (problem.textContent = (error as Error).message));
  };
  const candidates = asset.poster_candidates.map((candidate, index) => {
    const image = element("img", { src: candidate.url, alt: `Candidate ${index + 1}`, loading: "lazy" });
    const measured = [
      candidate.at_seconds === null ? "" : clock(candidate.at_seconds),
      `sharp ${percent(candidate.sharpness)}`,
      `light ${percent(candidate.exposure)}`,
      candidate.faces ? `${candidate.faces} ${candidate.faces === 1 ? "face" : "faces"}` : "",
    ];
    const choose = () => busy(api.choosePoster(asset.id, index));
    const facts = element("span", { className: "facts" }, measured.filter(Boolean).join(" · "));
    return element("button", { type: "button", onclick: choose }, image, facts);
  });
  const file = element("input", { type: "file", accept: "image/jpeg,image/png,image/webp" });
  file.onchange = () => {
    const picture = file.files?.[0];
    if (picture) busy(api.sendPoster(asset.id, picture));
  };
  const own = element(
    "label",
    { className: "note" },
    "A picture of your own (JPEG, PNG or WebP, up to 4 MiB): ",
    file,
  );
  const again = element("button", { type: "button", onclick: () => busy(api.resetPoster(asset.id)) });
  again.textContent = "The best of the film’s again";
  return element(
    "details",
    { className: "poster-chooser" },
    element("summary", {}, "Poster"),
    element("div", { className: "strip" }, ...candidates),
    own,
    ...(asset.poster && asset.poster.source !== "measured" ? [again] : []),
    problem,
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
