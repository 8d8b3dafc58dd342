import { keep, type SignInPlace } from "./identity";

const KEY = "marquee.social";
const NAMES: Record<string, string> = { google: "Google", facebook: "Facebook", apple: "SignInWithApple" };

function text(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

const random = () => text(crypto.getRandomValues(new Uint8Array(32)));
const here = () => `${location.origin}/`;

/** Leaves for a foreign account (authorization code with PKCE); it comes back to this page with a code. */
export async function leaveFor(provider: string, place: SignInPlace): Promise<void> {
  const [state, verifier] = [random(), random()];
  sessionStorage.setItem(KEY, JSON.stringify({ state, verifier }));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: place.client_id,
    redirect_uri: here(),
    scope: "openid email aws.cognito.signin.user.admin",
    identity_provider: NAMES[provider] ?? provider,
    state,
    code_challenge_method: "S256",
    code_challenge: text(new Uint8Array(digest)),
  });
  location.assign(`${place.authorize_url}?${query}`);
}

/** Takes what a foreign account sent back; false when this page was not come back to. */
export async function comeBack(place: () => Promise<SignInPlace>): Promise<boolean> {
  const given = new URLSearchParams(location.search);
  const [code, state] = [given.get("code"), given.get("state")];
  if (!code || !state) return false;
  history.replaceState(null, "", here() + location.hash);
  const sent = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as { state?: string; verifier?: string };
  sessionStorage.removeItem(KEY);
  if (sent.state !== state || !sent.verifier) return false; // nobody here asked for it
  const { client_id, token_endpoint } = await place();
  const answer = await fetch(token_endpoint!, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id,
      code,
      redirect_uri: here(),
      code_verifier: sent.verifier,
    }),
    signal: AbortSignal.timeout(35_000),
  });
  if (!answer.ok) return false;
  const tokens = await answer.json();
  keep("", tokens.access_token, tokens.refresh_token, tokens.expires_in);
  return true;
}
