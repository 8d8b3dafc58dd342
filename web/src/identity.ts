import { accessToken, keepAccessToken } from "./token";

/** Where people sign in, as `GET /identity` says it. */
export interface SignInPlace {
  client_id: string;
  endpoint: string;
  token_endpoint: string | null;
  authorize_url: string | null;
  providers: string[];
  self_sign_up: boolean;
}

/** What sign-in gave: when the access token ends (milliseconds since 1970), and what gets the next one. */
interface SignIn {
  email: string;
  refresh_token: string;
  expires_at: number;
}

/** The provider asks for more: a code, or a new password. */
export class Challenge {
  constructor(
    readonly name: string,
    readonly session: string,
    readonly user: string,
  ) {}
}

export class SignInError extends Error {}

const KEY = "marquee.sign_in";
const EARLY_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;
const ANSWERS: Record<string, string> = {
  SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
  NEW_PASSWORD_REQUIRED: "NEW_PASSWORD",
};

let timer = 0;

function kept(): SignIn | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as SignIn | null;
  } catch {
    return null;
  }
}

export const signedInAs = () => (accessToken() === null ? null : (kept()?.email ?? ""));

export async function signInPlace(): Promise<SignInPlace> {
  const answer = await fetch("/api/v1/identity", { signal: AbortSignal.timeout(35_000) }).catch(() => null);
  if (!answer?.ok) throw new SignInError("Marquee does not answer just now.");
  return (await answer.json()) as SignInPlace;
}

/** One call of the provider's API. Throws SignInError with its own sentence. */
async function call(place: SignInPlace, action: string, asked: unknown): Promise<Record<string, any>> {
  const answer = await fetch(`${place.endpoint}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(asked),
    signal: AbortSignal.timeout(35_000),
  }).catch(() => null);
  const body = (await answer?.json().catch(() => null)) ?? {};
  if (!answer) throw new SignInError("Sign-in does not answer just now.");
  if (!answer.ok)
    throw Object.assign(new SignInError(body.message ?? "Sign-in was refused."), { refused: true });
  return body;
}

/** Signs in, or gives what the provider wants to know first. */
export async function signIn(email: string, password: string): Promise<Challenge | null> {
  const place = await signInPlace();
  const parameters = { USERNAME: email, PASSWORD: password };
  const asked = { AuthFlow: "USER_PASSWORD_AUTH", ClientId: place.client_id, AuthParameters: parameters };
  return taken(email, await call(place, "InitiateAuth", asked));
}

export async function answerChallenge(
  email: string,
  challenge: Challenge,
  text: string,
): Promise<Challenge | null> {
  const place = await signInPlace();
  const responses = { USERNAME: challenge.user || email, [ANSWERS[challenge.name]!]: text };
  const asked = {
    ChallengeName: challenge.name,
    ClientId: place.client_id,
    Session: challenge.session,
    ChallengeResponses: responses,
  };
  return taken(email, await call(place, "RespondToAuthChallenge", asked));
}

function taken(email: string, answer: Record<string, any>): Challenge | null {
  if (answer.ChallengeName) {
    if (!(answer.ChallengeName in ANSWERS))
      throw new SignInError("This account asks for more than this page can.");
    return new Challenge(answer.ChallengeName, answer.Session, answer.ChallengeParameters?.USERNAME ?? "");
  }
  const result = answer.AuthenticationResult;
  keep(email, result.AccessToken, result.RefreshToken, result.ExpiresIn);
  return null;
}

/** `seconds`: how long the access token lives. */
export function keep(email: string, access: string, refresh: string, seconds: number): void {
  const signIn: SignIn = { email, refresh_token: refresh, expires_at: Date.now() + seconds * 1000 };
  localStorage.setItem(KEY, JSON.stringify(signIn));
  keepAccessToken(access);
  waitForEnd(signIn);
}

/** Ends the sign-in here, and at the provider if it can be told. */
export async function signOut(): Promise<void> {
  const token = kept()?.refresh_token;
  forget();
  if (!token) return;
  const place = await signInPlace().catch(() => null);
  if (place) await call(place, "RevokeToken", { Token: token, ClientId: place.client_id }).catch(() => null);
}

export function forget(): void {
  window.clearTimeout(timer);
  localStorage.removeItem(KEY);
  keepAccessToken(null);
}

/** Takes up an earlier sign-in: with its token while that counts, else with a new one. */
export async function resumeSignIn(): Promise<void> {
  const signIn = kept();
  if (!signIn) return;
  if (signIn.expires_at > Date.now() + EARLY_MS && accessToken() !== null) waitForEnd(signIn);
  else await renew(signIn);
}

function waitForEnd(signIn: SignIn): void {
  window.clearTimeout(timer);
  const left = Math.min(LONGEST_WAIT_MS, Math.max(1000, signIn.expires_at - Date.now() - EARLY_MS));
  timer = window.setTimeout(() => void resumeSignIn(), left);
}

async function renew(signIn: SignIn): Promise<void> {
  if (signIn.expires_at <= Date.now()) keepAccessToken(null); // an ended token must not go with calls
  try {
    const place = await signInPlace();
    const parameters = { REFRESH_TOKEN: signIn.refresh_token };
    const asked = { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: place.client_id, AuthParameters: parameters };
    const result = (await call(place, "InitiateAuth", asked)).AuthenticationResult;
    keep(signIn.email, result.AccessToken, signIn.refresh_token, result.ExpiresIn);
  } catch (error) {
    if ((error as { refused?: boolean }).refused) forget();
    else timer = window.setTimeout(() => void resumeSignIn(), 30_000);
  }
}
