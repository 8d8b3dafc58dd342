import { api, type Asset, type Report } from "./api";
import { accessToken } from "./token";

const EVERY_MS = 10_000;

/** Where the viewer stopped; 0 for a film that is new to him, that he has seen, or that still grows. */
export async function stoppedAt(asset: Asset): Promise<number> {
  if (!accessToken() || asset.status !== "ready") return 0;
  const known = await api.watched(movieOf(asset)).catch(() => null); // a film is not kept waiting for this
  return known?.status === "in_progress" ? known.position_seconds : 0;
}

/** Tells Marquee every ten seconds where the viewer is, and at every stop; the returned function ends it. */
export function tellProgress(video: HTMLVideoElement, asset: Asset): () => void {
  const session = crypto.randomUUID();
  const started = Date.now();
  const began = performance.now();
  let told = "";
  let played = false; // a film that was only looked at stays where it was

  const tell = (last = false) => {
    const length = asset.duration_seconds ?? video.duration;
    if (!played || !accessToken() || !Number.isFinite(length) || length <= 0 || video.readyState === 0)
      return;
    const position = Math.min(video.currentTime, length);
    if (told === position.toFixed(1)) return;
    told = position.toFixed(1);
    const report: Report = {
      session_id: session,
      session_started_at: new Date(started).toISOString(),
      // Only forward, also when the computer's clock is put right meanwhile.
      client_time: new Date(started + performance.now() - began).toISOString(),
      position_seconds: position,
      duration_seconds: length,
      device: device(),
    };
    // What is lost now is told again in ten seconds, with a newer position.
    void api.tellProgress(movieOf(asset), report, last).catch(() => undefined);
  };
  const playing = () => (played = true);
  const stopped = () => tell();
  const gone = () => tell(true);
  const timer = window.setInterval(() => {
    if (!video.paused) tell();
  }, EVERY_MS);
  video.addEventListener("playing", playing);
  video.addEventListener("pause", stopped);
  video.addEventListener("seeked", stopped);
  window.addEventListener("pagehide", gone);
  return () => {
    window.clearInterval(timer);
    video.removeEventListener("playing", playing);
    video.removeEventListener("pause", stopped);
    video.removeEventListener("seeked", stopped);
    window.removeEventListener("pagehide", gone);
    gone();
  };
}

function movieOf(asset: Asset): string {
  return asset.movie_id ?? asset.id;
}

/** What a person would call this device: `Chrome on Linux`. */
function device(): string {
  const agent = navigator.userAgent;
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? "Browser";
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  return [names[browser] ?? browser, system].filter(Boolean).join(" on ");
}
