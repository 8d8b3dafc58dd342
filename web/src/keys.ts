/** The player's keys, as film sites have them; a control that has the focus keeps its own keys. */
export function playerKeys(video: HTMLVideoElement, captions: () => void): (event: KeyboardEvent) => void {
  const seek = (seconds: number) => {
    video.currentTime = Math.min(Math.max(0, video.currentTime + seconds), video.duration || Infinity);
  };
  const actions: Record<string, () => unknown> = {
    " ": () => (video.paused ? video.play() : video.pause()),
    k: () => (video.paused ? video.play() : video.pause()),
    ArrowLeft: () => seek(-5),
    ArrowRight: () => seek(5),
    j: () => seek(-10),
    l: () => seek(10),
    c: captions,
    m: () => (video.muted = !video.muted),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
    Home: () => (video.currentTime = 0),
  };
  return (event) => {
    const target = event.target as HTMLElement;
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      target.closest("button, a, input, label, select, video")
    )
      return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    void action();
  };
}
