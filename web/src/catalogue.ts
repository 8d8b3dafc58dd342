/** The catalogue as `/api/v1/movies` tells it. */
import { ApiError } from "./api";

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

/** What is searched for; empty texts are left out. */
export type Query = Record<"q" | "year" | "genre" | "language" | "available", string>;

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(15_000)]);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { signal: limited });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("Marquee does not answer just now.");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(answer?.detail ?? `Marquee answered ${response.status}.`);
  return answer as T;
}

export const catalogue = {
  search: (query: Query, cursor: string | null, signal: AbortSignal) => {
    const asked = Object.entries({ ...query, cursor: cursor ?? "" }).filter(([, value]) => value !== "");
    return get<MoviesPage>(`/movies/search?${new URLSearchParams(asked)}`, signal);
  },
  movie: (id: string, signal: AbortSignal) => get<Movie>(`/movies/${encodeURIComponent(id)}`, signal),
};
