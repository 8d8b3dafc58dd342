import Hls, { type ErrorData } from "hls.js";
import type { TextTrack } from "./api";

const SWITCH_MARGIN_SECONDS = 4;

/** Plays a playlist from its start, also while it still grows; takes up qualities that appear later. */
export class Player {
  private hls: Hls | null = null;
  private mayRenew = true;
  private renewing = false;
  /** Told the address of the text that is shown; null: none is. */
  onText: (url: string | null) => void = () => {};
  private text: TextTrack | null = null; // what the viewer wants to read
  private textMissed = ""; // what was looked for in vain

  /** `renew` gets the right to watch anew; `failed` is told a sentence. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly renew: () => Promise<void>,
    private readonly failed: (message: string) => void,
  ) {}

  start(position = 0): void {
    if (!Hls.isSupported()) {
      this.video.src = this.url; // Safari plays HLS by itself
      return;
    }
    // A growing EVENT playlist counts as live, where players start at the edge: a film starts at its start.
    const hls = new Hls({ startPosition: position, liveDurationInfinity: false, maxBufferHole: 0.5 });
    // Not before: the element still tells of the tracks of the player before, and hls.js listens to that.
    hls.once(Hls.Events.FRAG_BUFFERED, () => {
      this.applyText();
      hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, (_event, { id }) => {
        const track = hls.subtitleTracks[id];
        this.onText(track ? pathOf(track.url) : null);
      });
    });
    hls.on(Hls.Events.FRAG_LOADED, () => (this.mayRenew = true));
    hls.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal || this.renewing) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (isRefusal(data) && this.mayRenew) void this.startAgain();
      else this.failed("The film cannot be loaded just now.");
    });
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
    this.hls = hls;
  }

  /** While a film is encoded, its first playlist lists the lowest quality alone: switch when there are more. */
  async takeUpNewQualities(): Promise<void> {
    if (!this.hls || this.hls.levels.length === 0) return;
    // Near the end of what there is the picture would go black until more comes: a soft picture is better.
    if (this.video.duration - this.video.currentTime < SWITCH_MARGIN_SECONDS) return;
    const playlist = await (await fetch(this.url, { cache: "no-cache" })).text();
    const offered = playlist.split("#EXT-X-STREAM-INF:").length - 1;
    if (offered <= this.hls.levels.length) return;
    await this.restart();
  }

  /** Show this text, or none. Tracks that came after the film was opened are looked for once. */
  async showText(track: TextTrack | null): Promise<void> {
    this.text = track;
    if (!this.hls) return showNatively(this.video, track);
    if (this.applyText() || !track || this.textMissed === track.url) return;
    this.textMissed = track.url;
    await fetch(this.url, { cache: "reload" }); // else the list from before it would be asked
    await this.restart();
  }

  /** Whether the player knows the wanted text. */
  private applyText(): boolean {
    const { hls, text } = this;
    if (!hls) return false;
    const wanted = text && hls.subtitleTracks.findIndex((track) => pathOf(track.url) === text.url);
    hls.subtitleDisplay = text !== null;
    hls.subtitleTrack = wanted ?? -1;
    return wanted !== -1;
  }

  stop(): void {
    this.hls?.destroy();
    this.hls = null;
  }

  /** The right has ended, as after a night with the lid closed. Once: who is refused again was meant. */
  private async startAgain(): Promise<void> {
    this.mayRenew = false;
    this.renewing = true;
    try {
      await this.renew();
      if (this.hls) await this.restart();
    } catch (error) {
      this.failed((error as Error).message);
    } finally {
      this.renewing = false;
    }
  }

  private async restart(): Promise<void> {
    const { currentTime, paused } = this.video;
    this.stop();
    this.start(currentTime);
    if (!paused) await this.video.play().catch(() => undefined);
  }
}

function isRefusal(data: ErrorData): boolean {
  return data.type === Hls.ErrorTypes.NETWORK_ERROR && data.response?.code === 403;
}

function pathOf(url: string): string {
  return new URL(url, location.href).pathname;
}

/** Players of the system's own know no addresses: the same language and name mean the same track. */
function showNatively(video: HTMLVideoElement, wanted: TextTrack | null): void {
  for (const track of video.textTracks) {
    const same = wanted !== null && track.language === wanted.language && track.label === wanted.label;
    track.mode = same ? "showing" : "disabled";
  }
}
