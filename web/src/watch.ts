import { ApiError, api, type Asset } from "./api";
import { CaptionsMenu } from "./captions";
import { clock, element, repeat } from "./dom";
import { playerKeys } from "./keys";
import { Player } from "./player";
import { chapterList, posterChooser } from "./pictures";
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
  const chapters = element("div");
  const chooser = element("div");
  const problem = element("p", { className: "problem", role: "alert" });
  const keys = "Keys: space plays, ← → seek 5 s, J L 10 s, M mutes, C shows subtitles, F fills the screen";
  const hint = element("p", { className: "note" }, keys);
  into.replaceChildren(element("a", { href: "#/", className: "back" }, "← All films"), video, heading, facts);
  const captions = new CaptionsMenu((track) => void player?.showText(track));
  into.append(captions.element, problem, live, chapters, strip, chooser, hint);

  let player: Player | null = null;
  let session: PlaybackSession | null = null;
  let stopTelling = () => {};
  let stripShown = false;
  let over = false; // nothing of the film itself is still to come
  let chaptersShown = "";
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
    const list =
      player && JSON.stringify(asset.chapters) !== chaptersShown ? chapterList(asset, video) : null;
    if (list) {
      chaptersShown = JSON.stringify(asset.chapters);
      chapters.replaceChildren(list);
    }
    if (isAdmin() && asset.poster_candidates.length && !chooser.firstChild) offer(asset);
    const ended = asset.status === "ready" || asset.status === "failed";
    if (!over) await player?.takeUpNewQualities();
    // Playlists that still grow list no text.
    if (player && asset.status === "ready") captions.offer(asset.text_tracks);
    live.replaceChildren(...(ended ? [] : [await underWay(asset)]));
    over = ended;
    if (asset.status === "failed") stop();
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
  const offer = (asset: Asset) => {
    const open = chooser.querySelector("details")?.open ?? false;
    const shown = posterChooser(asset, (changed) => {
      if (changed.poster_url) video.poster = changed.poster_url;
      offer(changed);
    });
    shown.toggleAttribute("open", open);
    chooser.replaceChildren(shown);
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
    opened.onText = (url) => captions.reflect(url);
    opened.start(from);
    return opened;
  };
  // Until there is a picture every moment counts; then only the progress moves, and at last captions may come.
  const untilNextLook = () => (over ? 15 : player ? 1.5 : 0.4);
  const stop = repeat(untilNextLook, () =>
    follow().catch((error: unknown) => {
      problem.textContent = (error as Error).message;
    }),
  );
  const onKey = playerKeys(video, () => captions.toggle());
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
