/** Builds an element; text is always set as text, never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

/** Runs `work` now and every `seconds()` while the page is seen; the returned function ends it. */
export function repeat(seconds: () => number, work: () => Promise<void>): () => void {
  let timer = 0;
  let ended = false;
  const turn = async () => {
    if (!document.hidden) await work().catch((error: unknown) => console.warn(error));
    if (!ended) timer = window.setTimeout(() => void turn(), seconds() * 1000);
  };
  void turn();
  return () => {
    ended = true;
    window.clearTimeout(timer);
  };
}
