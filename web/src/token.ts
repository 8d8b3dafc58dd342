const KEY = "marquee.access_token";

/** The token of whoever is signed in here, as sign-in left it; null for nobody. */
export function accessToken(): string | null {
  return localStorage.getItem(KEY);
}

/** Whether that is an administrator, as the token says: it decides what is shown; what is allowed, the API does. */
export function isAdmin(): boolean {
  const payload = accessToken()?.split(".")[1];
  try {
    const claims = JSON.parse(atob((payload ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    return Boolean(claims["cognito:groups"]?.includes("admin"));
  } catch {
    return false; // nobody's, or no token
  }
}

/** Sign-in and sign-out. */
export function keepAccessToken(token: string | null): void {
  if (token === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, token);
}
