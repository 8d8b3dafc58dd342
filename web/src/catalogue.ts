/** The catalogue as `/api/v1/movies` tells it. */
import { ApiError } from "./api";
import { accessToken } from "./token";

export interface Picture {
  url: string;
  sizes: Record<string, string>;
}

export interface Movie {
  id: string;
  title: string;
  original_title: string | null;
  year: number | null;
  genres: string[];
  languages: string[];
  overview: string;
  runtime_minutes: number | null;
  poster: Picture | null;
  backdrop: Picture | null;
  asset_id: string | null;
  available: boolean;
  degraded: boolean;
  attribution: string | null;
}

export interface MoviesPage {
  items: Movie[];
  next_cursor: string | null;
  degraded: boolean;
  attribution: string | null;
}

/** A place in a film; `url` opens the player there. */
export interface Moment {
  title: string;
  poster_url: string | null;
  kind: "said" | "seen";
  draft: boolean;
  at_seconds: number;
  line: string;
  text: string;
  url: string;
}

export interface MomentsPage {
  items: Moment[];
  next_cursor: string | null;
  degraded: boolean;
}

/** What is searched for; empty texts are left out. `in` is empty for titles. */
export type Query = Record<"q" | "year" | "genre" | "language" | "available" | "in", string>;

async function get<T>(path: string, signal: AbortSignal, headers: HeadersInit = {}): Promise<T> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(15_000)]);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { signal: limited, headers });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("Marquee does not answer just now.");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok)
    throw new ApiError(answer?.detail ?? `Marquee answered ${response.status}.`, response.status);
  return answer as T;
}

function asked(query: Partial<Query>, cursor: string | null): URLSearchParams {
  return new URLSearchParams(
    Object.entries({ ...query, cursor: cursor ?? "" }).filter(([, value]) => value !== ""),
  );
}

export const catalogue = {
  search: (query: Query, cursor: string | null, signal: AbortSignal) =>
    get<MoviesPage>(`/movies/search?${asked(query, cursor)}`, signal),
  /** Moments of the films that the viewer may watch; without a token, or with a stale one, of the public ones. */
  moments: async (query: Query, cursor: string | null, signal: AbortSignal): Promise<MomentsPage> => {
    const open = () => get<MomentsPage>(`/movies/search?${asked(query, cursor)}`, signal);
    const token = accessToken();
    if (!token) return open();
    const { in: _where, available: _available, ...narrowed } = query;
    const mine = `/me/search?${asked(narrowed, cursor)}`;
    return get<MomentsPage>(mine, signal, { authorization: `Bearer ${token}` }).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return open();
      throw error;
    });
  },
  related: (id: string, signal: AbortSignal) =>
    get<{ items: { movie: Movie }[] }>(`/movies/${encodeURIComponent(id)}/related`, signal).then((page) =>
      page.items.map((item) => item.movie),
    ),
  movie: (id: string, signal: AbortSignal) => get<Movie>(`/movies/${encodeURIComponent(id)}`, signal),
};
