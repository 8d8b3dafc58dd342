const KEY = "marquee.access_token";

/** The token of whoever is signed in here, as sign-in left it; null for nobody. */
export function accessToken(): string | null {
  return localStorage.getItem(KEY);
}

/** Sign-in and sign-out. */
export function keepAccessToken(token: string | null): void {
  if (token === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, token);
}
