import { ApiError, api, type Session } from "./api";

const LONGEST_WAIT_MS = 60 * 60 * 1000;

/** The right to watch an asset; its cookies are the browser's, renewed half-way for as long as it is kept. */
export class PlaybackSession {
  private timer = 0;

  private constructor(private session: Session) {
    this.wait();
  }

  static async open(assetId: string): Promise<PlaybackSession> {
    return new PlaybackSession(await api.openSession(assetId));
  }

  get playbackUrl(): string {
    return this.session.playback_url;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    // Where playback is open there is nothing to renew.
    if (this.session.id === null) return;
    const left = new Date(this.session.expires_at).getTime() - Date.now();
    this.timer = window.setTimeout(
      () => void this.renew(),
      Math.min(LONGEST_WAIT_MS, Math.max(1000, left / 2)),
    );
  }

  private async renew(): Promise<void> {
    try {
      // Whoever opened it without signing in opens another; the film does not notice.
      this.session = await (api.signedIn()
        ? api.renewSession(this.session.id as string)
        : api.openSession(this.session.asset_id));
    } catch (error) {
      // What cannot be renewed ends when it ends, and the player says so; what cannot be reached is tried again.
      if (!(error instanceof ApiError)) throw error;
    }
    this.wait();
  }
}
