import { ApiError, api, type Asset } from "./api";
import { clock, element, repeat } from "./dom";
import { playerKeys } from "./keys";
import { Player } from "./player";
import { jobProgress } from "./progress";
import { stoppedAt, tellProgress } from "./resume";
import { PlaybackSession } from "./session";
import { filmStrip } from "./storyboard";
import { isAdmin } from "./token";

/** One film with its player, from `second` on; plays while the film is still being encoded. */
export function showWatch(into: HTMLElement, assetId: string, second?: string): () => void {
  const video = element("video", { controls: true, playsInline: true, className: "screen" });
  const heading = element("h1", {}, "…");
  const facts = element("p", { className: "facts" });
  const live = element("div", { className: "live" });
  const strip = element("div");
  const problem = element("p", { className: "problem", role: "alert" });
  const keys = "Keys: space plays, ← → seek 5 s, J L 10 s, M mutes, F fills the screen";
  const hint = element("p", { className: "note" }, keys);
  into.replaceChildren(element("a", { href: "#/", className: "back" }, "← All films"), video, heading, facts);
  into.append(problem, live, strip, hint);

  let player: Player | null = null;
  let session: PlaybackSession | null = null;
  let stopTelling = () => {};
  let stripShown = false;
  let trouble = ""; // why it does not play
  const follow = async () => {
    const asset = await api.asset(assetId);
    describe(asset);
    if (!player && asset.playable && !trouble) player = await open(asset);
    // Its pictures are behind the session's cookies.
    if (player && asset.storyboard && !stripShown) {
      stripShown = true;
      strip.replaceChildren(await filmStrip(asset.storyboard.vtt_url, video));
    }
    const ended = asset.status === "ready" || asset.status === "failed";
    await player?.takeUpNewQualities();
    live.replaceChildren(...(ended ? [] : [await underWay(asset)]));
    if (ended) stop();
  };
  const describe = (asset: Asset) => {
    document.title = `${asset.title} · Marquee`;
    heading.textContent = asset.title;
    if (asset.poster_url && !video.poster) video.poster = asset.poster_url;
    const qualities = asset.renditions.map((rendition) => `${Math.min(rendition.width, rendition.height)}p`);
    facts.textContent = [asset.duration_seconds ? clock(asset.duration_seconds) : "", ...qualities]
      .filter(Boolean)
      .join(" · ");
    problem.textContent = asset.error?.message ?? trouble;
  };
  const tell = (message: string) => (problem.textContent = trouble = message);
  const open = async (asset: Asset) => {
    const right = await PlaybackSession.open(asset.id).catch((error: unknown) => {
      if (!(error instanceof ApiError) || ![401, 403].includes(error.status)) throw error;
      tell(error.message); // asking again would change nothing; signing in shows this page anew
      return null;
    });
    if (!right) return null;
    const from = second === undefined ? await stoppedAt(asset) : Number(second);
    if (!video.isConnected) {
      right.stop(); // the viewer has left meanwhile
      return null;
    }
    session = right;
    stopTelling = tellProgress(video, asset);
    const opened = new Player(video, right.playbackUrl, () => right.renew(), tell);
    opened.start(from);
    return opened;
  };
  // Until there is a picture every moment counts; then only the progress moves.
  const untilNextLook = () => (player ? 1.5 : 0.4);
  const stop = repeat(untilNextLook, () =>
    follow().catch((error: unknown) => {
      problem.textContent = (error as Error).message;
    }),
  );
  const onKey = playerKeys(video);
  document.addEventListener("keydown", onKey);
  return () => {
    stop();
    stopTelling();
    player?.stop();
    session?.stop();
    document.removeEventListener("keydown", onKey);
  };
}

/** How far a film is that is still being encoded: for administrators task by task. */
async function underWay(asset: Asset): Promise<HTMLElement> {
  const job = isAdmin() ? await api.job(asset.job_id).catch(() => null) : null;
  if (job) return jobProgress(job);
  const words = asset.playable
    ? "It plays while the rest is encoded."
    : "It plays as soon as there is something to see.";
  return element("p", { className: "note" }, `This film is being encoded. ${words}`);
}
