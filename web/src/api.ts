/** The HTTP API as the page sees it; the shapes are those of `/api/v1`. */
import { accessToken } from "./token";

export interface Problem {
  code: string;
  message: string;
}

export interface Task {
  name: string;
  status: "pending" | "running" | "completed" | "failed" | "skipped";
  progress: number;
}

export interface Job {
  id: string;
  status: "pending" | "running" | "completed" | "failed" | "canceled";
  progress: number;
  playable: boolean;
  tasks: Task[];
  error: Problem | null;
}

/** Captions or subtitles; `url` is of its playlist and names one edit of it. */
export interface TextTrack {
  id: string;
  kind: "captions" | "subtitles" | "forced";
  language: string;
  label: string;
  draft: boolean;
  default: boolean;
  url: string;
}

/** What stands for a film; `sizes` are other widths of it. */
export interface Poster {
  url: string;
  source: "measured" | "candidate" | "uploaded";
  sizes: { width: number; webp_url: string; jpg_url: string }[];
}

/** A frame that may be the poster; measures from 0 to 1. */
export interface PosterCandidate {
  url: string;
  at_seconds: number | null;
  sharpness: number;
  exposure: number;
  faces: number | null;
}

export interface Chapter {
  start_seconds: number;
  title: string | null;
  image_url: string | null;
}

export interface Asset {
  id: string;
  movie_id: string | null;
  title: string;
  status: "processing" | "playable" | "ready" | "failed";
  duration_seconds: number | null;
  width: number | null;
  height: number | null;
  playable: boolean;
  playback_url: string | null;
  poster_url: string | null;
  poster: Poster | null;
  poster_candidates: PosterCandidate[];
  preview_url: string | null;
  storyboard: { vtt_url: string } | null;
  chapters: Chapter[];
  renditions: { name: string; width: number; height: number }[];
  text_tracks: TextTrack[];
  job_id: string;
  error: Problem | null;
}

/** The right to watch; `id` is null where everybody may. */
export interface Session {
  id: string | null;
  asset_id: string;
  playback_url: string;
  expires_at: string;
}

export interface CreatedUpload {
  upload_id: string;
  part_size: number;
  parts: { part_number: number; url: string }[];
}

/** Where a viewer is, as a player tells it. */
export interface Report {
  session_id: string;
  session_started_at: string;
  client_time: string;
  position_seconds: number;
  duration_seconds: number;
  device: string;
}

/** Where a viewer is, as Marquee knows it. */
export interface Watched {
  status: "unwatched" | "in_progress" | "completed";
  position_seconds: number;
}

/** A film to go on with. */
export interface Begun {
  movie_id: string;
  asset_id: string | null;
  title: string | null;
  poster_url: string | null;
  available: boolean;
  position_seconds: number;
  duration_seconds: number;
  fraction: number;
}

/** Who is signed in. */
export interface Me {
  tier: string;
  terms: { current_version: string; accepted_version: string | null; must_accept: boolean };
}

/** A shard of the video, an audio track, a part of what is listened to. */
export interface Part {
  index: number;
  state: "waiting" | "running" | "done";
  progress: number;
}

export interface RunningJob {
  id: string;
  filename: string;
  attempt: number;
  progress: number;
  playable: boolean;
  tasks: (Task & { parts: Part[] })[];
}

/** What a function answered since counting began; `seconds` of all runs together. */
export interface FunctionRuns {
  name: string;
  runs: number;
  failures: number;
  seconds: number;
}

export interface Breaker {
  name: string;
  phase: "closed" | "half_open" | "open";
}

/** The service at one moment; null is what could not be asked. */
export interface Operations {
  at: string;
  jobs: RunningJob[];
  pending: number;
  failed: { id: string; filename: string; error: Problem | null }[];
  queues: { name: string; waiting: number; in_flight: number; delayed: number }[] | null;
  functions: FunctionRuns[] | null;
  breakers: Breaker[] | null;
  away: string[];
}

/** `status`: what was answered, 0 for nothing at all. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }
}

/** One call; `null` is a 304. Throws ApiError with the problem's own sentence. */
async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: HeadersInit = {},
  more: RequestInit = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(35_000),
      ...more,
    });
  } catch {
    throw new ApiError("Marquee does not answer just now.");
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(answer?.detail ?? refusal(response.status), response.status);
  return answer as T;
}

/** For answers without a sentence: those of the gateway, which asks for tokens. */
function refusal(status: number): string {
  return status === 401 ? "Sign in first." : `Marquee answered ${status}.`;
}

/** For routes that ask who it is; the others are open, and a stale token must not close them. */
function asViewer(): Record<string, string> {
  return { authorization: `Bearer ${accessToken() ?? ""}` };
}

export const api = {
  assets: () => call<{ items: Asset[] }>("GET", "/assets?limit=100").then((page) => page.items),
  asset: (id: string) => call<Asset>("GET", `/assets/${encodeURIComponent(id)}`),
  choosePoster: (id: string, candidate: number) =>
    call<Asset>("PUT", `/assets/${encodeURIComponent(id)}/poster`, { candidate }, asViewer()),
  sendPoster: (id: string, picture: File) =>
    call<Asset>("PUT", `/assets/${encodeURIComponent(id)}/poster`, picture, {
      ...asViewer(),
      "content-type": picture.type,
    }),
  resetPoster: (id: string) =>
    call<Asset>("DELETE", `/assets/${encodeURIComponent(id)}/poster`, undefined, asViewer()),
  job: (id: string) => call<Job>("GET", `/jobs/${encodeURIComponent(id)}`, undefined, asViewer()),
  operations: () => call<Operations>("GET", "/operations", undefined, asViewer()),
  signedIn: () => accessToken() !== null,
  openSession: (assetId: string) =>
    call<Session>("POST", "/streaming/sessions", { asset_id: assetId }, asViewer()),
  openPublicSession: (assetId: string) =>
    call<Session>("POST", "/streaming/sessions/public", { asset_id: assetId }),
  renewSession: (id: string) =>
    call<Session>("POST", `/streaming/sessions/${encodeURIComponent(id)}/renew`, undefined, asViewer()),
  watched: (movieId: string) =>
    call<Watched>("GET", `/streaming/progress/${encodeURIComponent(movieId)}`, undefined, asViewer()),
  /** `last`: the page goes away, and the call shall not go with it. */
  tellProgress: (movieId: string, report: Report, last: boolean) =>
    call<unknown>("POST", `/streaming/progress/${encodeURIComponent(movieId)}`, report, asViewer(), {
      keepalive: last,
    }),
  continueWatching: () =>
    call<{ items: Begun[] }>("GET", "/me/continue-watching?limit=12", undefined, asViewer()).then(
      (page) => page.items,
    ),
  me: () => call<Me>("GET", "/me", undefined, asViewer()),
  acceptTerms: (version: string) => call<unknown>("POST", "/me/terms", { version }, asViewer()),
  exportMe: () => call<unknown>("GET", "/me/export", undefined, asViewer()),
  deleteMe: () => call<unknown>("DELETE", "/me", undefined, asViewer()),
  createUpload: (file: File) =>
    call<CreatedUpload>(
      "POST",
      "/uploads",
      { filename: file.name, size: file.size, content_type: file.type || "application/octet-stream" },
      { "idempotency-key": crypto.randomUUID(), ...asViewer() },
    ),
  partUrls: (uploadId: string, numbers: number[]) =>
    call<{ parts: CreatedUpload["parts"] }>(
      "POST",
      `/uploads/${uploadId}/parts`,
      { part_numbers: numbers },
      asViewer(),
    ),
  completeUpload: (uploadId: string, parts: { part_number: number; etag: string }[]) =>
    call<unknown>("POST", `/uploads/${uploadId}/complete`, { parts }, asViewer()),
};
