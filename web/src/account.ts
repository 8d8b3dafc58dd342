import { api } from "./api";
import { element } from "./dom";
import {
  answerChallenge,
  Challenge,
  forget,
  resumeSignIn,
  signedInAs,
  signIn,
  signInPlace,
  signOut,
} from "./identity";
import { comeBack, leaveFor } from "./social";
import { accessToken } from "./token";

const QUESTIONS: Record<string, string> = {
  SOFTWARE_TOKEN_MFA: "Code of your authenticator app",
  NEW_PASSWORD_REQUIRED: "New password",
};

/** The button for one's account; `changed` is told when somebody has signed in or out. */
export function accountButton(bar: HTMLElement, changed: () => void): void {
  const button = element("button", { type: "button", id: "account" });
  const named = () => {
    const email = signedInAs();
    button.textContent = email === null ? "Sign in" : email || "Account";
  };
  const done = () => {
    named();
    changed();
  };
  button.addEventListener("click", () => (signedInAs() === null ? askToSignIn(done) : showAccount(done)));
  bar.append(button);
  named();
  const before = accessToken();
  void comeBack(signInPlace)
    .then((came) => (came ? undefined : resumeSignIn()))
    // With a token that had ended, what was asked for first was refused.
    .then(() => (accessToken() === before ? named() : done()))
    .catch((error: unknown) => console.warn(error));
}

/** A dialog that Escape and its own button close; it goes away with that. */
function dialog(title: string, ...children: (Node | string)[]): HTMLDialogElement {
  const heading = element("h2", { id: "dialog-title" }, title);
  const made = element("dialog", { className: "account" }, heading, ...children);
  made.setAttribute("aria-labelledby", heading.id);
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

function field(label: string, properties: Partial<HTMLInputElement>): [HTMLElement, HTMLInputElement] {
  const input = element("input", { required: true, ...properties });
  return [element("label", {}, label, input), input];
}

function askToSignIn(done: () => void): void {
  const [emailRow, email] = field("E-mail address", { type: "email", autocomplete: "username" });
  const [passwordRow, password] = field("Password", { type: "password", autocomplete: "current-password" });
  const more = element("div");
  const problem = element("p", { className: "problem", role: "alert" });
  const cancel = element("button", { type: "button" }, "Cancel");
  const buttons = element(
    "p",
    { className: "buttons" },
    element("button", { type: "submit" }, "Sign in"),
    cancel,
  );
  const form = element("form", {}, emailRow, passwordRow, more, problem, buttons);
  const shown = dialog("Sign in", form);
  let challenge: Challenge | null = null;
  let answer: HTMLInputElement | null = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    const asked = challenge
      ? answerChallenge(email.value, challenge, answer!.value)
      : signIn(email.value, password.value);
    asked.then(next).catch((error: Error) => (problem.textContent = error.message));
  });
  cancel.addEventListener("click", () => shown.close());
  void offerProviders(form, problem);

  function next(wanted: Challenge | null): void {
    challenge = wanted;
    if (!wanted) {
      shown.close();
      done();
      return;
    }
    const secret = wanted.name === "NEW_PASSWORD_REQUIRED";
    const autocomplete = secret ? "new-password" : "one-time-code";
    const [row, input] = field(QUESTIONS[wanted.name]!, { type: secret ? "password" : "text", autocomplete });
    answer = input;
    more.replaceChildren(row);
    input.focus();
  }
}

async function offerProviders(form: HTMLElement, problem: HTMLElement): Promise<void> {
  try {
    const place = await signInPlace();
    for (const provider of place.authorize_url ? place.providers : []) {
      const name = provider[0]!.toUpperCase() + provider.slice(1);
      const button = element("button", { type: "button" }, `Continue with ${name}`);
      button.addEventListener("click", () => void leaveFor(provider, place));
      form.append(button);
    }
  } catch (error) {
    problem.textContent = (error as Error).message;
  }
}

function showAccount(done: () => void): void {
  const state = element("p", { ariaLive: "polite" }, "Loading …");
  const out = element("button", { type: "button" }, "Sign out");
  const data = element("button", { type: "button" }, "Download my data");
  const remove = element("button", { type: "button" }, "Delete my account");
  const close = element("button", { type: "button" }, "Close");
  const buttons = element("p", { className: "buttons" }, out, data, remove, close);
  const shown = dialog(signedInAs() || "Account", state, buttons);
  const tell = (error: Error) => (state.textContent = error.message);

  close.addEventListener("click", () => shown.close());
  out.addEventListener("click", () => {
    void signOut();
    shown.close();
    done();
  });
  data.addEventListener("click", () => void api.exportMe().then(download).catch(tell));
  remove.addEventListener("click", () => {
    if (!confirm("Delete your account and everything that Marquee knows of you?")) return;
    void api
      .deleteMe()
      .then(() => {
        forget();
        shown.close();
        done();
      })
      .catch(tell);
  });
  void showTerms(state).catch(tell);
}

async function showTerms(state: HTMLElement): Promise<void> {
  const me = await api.me();
  state.textContent = me.terms.must_accept ? "" : `You accepted the terms ${me.terms.accepted_version}.`;
  if (!me.terms.must_accept) return;
  const accept = element("button", { type: "button" }, `Accept the terms ${me.terms.current_version}`);
  accept.addEventListener("click", () => {
    void api
      .acceptTerms(me.terms.current_version)
      .then(() => showTerms(state))
      .catch((error: Error) => (state.textContent = error.message));
  });
  state.append(accept);
}

function download(document_: unknown): void {
  const blob = new Blob([JSON.stringify(document_, null, 2)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(blob), download: "marquee-my-data.json" });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
