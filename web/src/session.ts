import { ApiError, api, type Session } from "./api";

const LONGEST_WAIT_MS = 60 * 60 * 1000;
const SHORTEST_WAIT_MS = 10_000;

/** The right to watch an asset; its cookies are the browser's, renewed half-way for as long as it is kept. */
export class PlaybackSession {
  private timer = 0;

  /** `own`: opened by who is signed in, else by everybody. */
  private constructor(
    private session: Session,
    private readonly own: boolean,
  ) {
    this.wait();
  }

  /** Throws ApiError 401 or 403 when this viewer may not watch it. */
  static async open(assetId: string): Promise<PlaybackSession> {
    if (api.signedIn()) {
      try {
        return new PlaybackSession(await api.openSession(assetId), true);
      } catch (error) {
        // A sign-in that has ended must not close what is open to everybody.
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
      }
    }
    return new PlaybackSession(await api.openPublicSession(assetId), false);
  }

  get playbackUrl(): string {
    return this.session.playback_url;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Another while. Who opened it without signing in opens another; the film does not notice. */
  async renew(): Promise<void> {
    const { id, asset_id } = this.session;
    this.session = await (this.own && id ? api.renewSession(id) : api.openPublicSession(asset_id));
  }

  private wait(): void {
    const left = new Date(this.session.expires_at).getTime() - Date.now();
    // Where playback is open there is nothing to renew, and what could not be renewed in its time has ended.
    if (this.session.id === null || left <= 0) return;
    this.timer = window.setTimeout(
      () => void this.renewInTime(),
      Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, left / 2)),
    );
  }

  private async renewInTime(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      // Until it ends there is time to try again; then the player says what is.
      if (!(error instanceof ApiError)) throw error;
    }
    this.wait();
  }
}
