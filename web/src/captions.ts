import type { TextTrack } from "./api";
import { element } from "./dom";

const KEPT = "marquee.captions";
const OFF = "off";

/** The viewer's choice of captions and subtitles; kept as a language, for the next film, too. */
export class CaptionsMenu {
  readonly element: HTMLElement;
  private readonly select = element("select", { id: "captions" });
  private tracks: TextTrack[] = [];

  /** `show` is told which track to show; null: none. */
  constructor(private readonly show: (track: TextTrack | null) => void) {
    const label = element("label", { htmlFor: "captions" }, "Subtitles ");
    this.element = element("p", { className: "captions", hidden: true }, label, this.select);
    this.select.onchange = () => this.choose(this.select.value);
  }

  /** Offer these; what was chosen before stays chosen, also when it has been edited meanwhile. */
  offer(tracks: TextTrack[]): void {
    // What is forced is shown by the player itself, with any choice.
    const offered = tracks.filter((track) => track.kind !== "forced");
    if (sameAs(this.tracks, offered)) return;
    const before = this.tracks.find((track) => track.id === this.select.value);
    const chosen = this.tracks.length ? this.select.value : (preferred(offered)?.id ?? OFF);
    this.tracks = offered;
    const entries = offered.map((track) => element("option", { value: track.id }, named(track)));
    this.select.replaceChildren(element("option", { value: OFF }, "Off"), ...entries);
    this.element.hidden = offered.length === 0;
    const still = offered.find((track) => track.id === chosen);
    this.select.value = still?.id ?? OFF;
    if (still?.url !== before?.url) this.show(still ?? null);
  }

  /** On or off, as by the key C. */
  toggle(): void {
    if (!this.tracks.length) return;
    const on = this.select.value === OFF;
    this.select.value = on ? (preferred(this.tracks) ?? this.tracks[0]!).id : OFF;
    this.choose(this.select.value);
  }

  /** What the player shows by now; it may have been chosen in its own controls. */
  reflect(url: string | null): void {
    this.select.value = this.tracks.find((track) => track.url === url)?.id ?? OFF;
  }

  private choose(id: string): void {
    const track = this.tracks.find((one) => one.id === id) ?? null;
    localStorage.setItem(KEPT, track?.language ?? OFF);
    this.show(track);
  }
}

/** What the viewer took last time; else what the film shows to everybody. */
function preferred(tracks: TextTrack[]): TextTrack | undefined {
  const kept = localStorage.getItem(KEPT);
  if (kept === OFF) return undefined;
  return tracks.find((track) => track.language === kept) ?? tracks.find((track) => track.default);
}

function named(track: TextTrack): string {
  return track.draft && !/automatic|draft/i.test(track.label) ? `${track.label} (automatic)` : track.label;
}

function sameAs(one: TextTrack[], other: TextTrack[]): boolean {
  return one.length === other.length && one.every((track, at) => track.url === other[at]?.url);
}
