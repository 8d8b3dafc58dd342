import { api, type Asset } from "./api";
import { clock, element, repeat } from "./dom";
import { playerKeys } from "./keys";
import { Player } from "./player";
import { jobProgress } from "./progress";
import { stoppedAt, tellProgress } from "./resume";
import { PlaybackSession } from "./session";
import { filmStrip } from "./storyboard";

/** One film with its player; plays while the film is still being encoded. */
export function showWatch(into: HTMLElement, assetId: string): () => void {
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
  const follow = async () => {
    const asset = await api.asset(assetId);
    describe(asset);
    if (!player && asset.playable) player = await open(asset);
    if (asset.storyboard && !stripShown) {
      stripShown = true;
      strip.replaceChildren(await filmStrip(asset.storyboard.vtt_url, video));
    }
    const ended = asset.status === "ready" || asset.status === "failed";
    await player?.takeUpNewQualities();
    live.replaceChildren(...(ended ? [] : [jobProgress(await api.job(asset.job_id))]));
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
    problem.textContent = asset.error?.message ?? "";
  };
  const open = async (asset: Asset) => {
    session?.stop();
    session = await PlaybackSession.open(asset.id);
    const opened = new Player(video, session.playbackUrl, (message) => (problem.textContent = message));
    const from = await stoppedAt(asset);
    stopTelling();
    if (video.isConnected) stopTelling = tellProgress(video, asset); // else the viewer has left meanwhile
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
