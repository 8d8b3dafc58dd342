import { api, type Breaker, type FunctionRuns, type Operations, type Part, type RunningJob } from "./api";
import { element, repeat } from "./dom";
import { isAdmin } from "./token";

const EVERY_SECONDS = 2;
const FEW_FUNCTIONS = 12;

/** What runs, waits and fails just now, for administrators; drawn anew every few seconds. */
export function showOperations(into: HTMLElement): () => void {
  document.title = "Operations · Marquee";
  const note = element(
    "p",
    { className: "note", ariaLive: "polite" },
    isAdmin() ? "Loading …" : "For administrators.",
  );
  const body = element("div", { className: "operations" });
  into.replaceChildren(element("h1", {}, "Operations"), note, body);
  if (!isAdmin()) return () => {};
  let before: Operations | null = null;

  return repeat(
    () => EVERY_SECONDS,
    async () => {
      try {
        const now = await api.operations();
        note.textContent = now.away.length ? `Does not answer: ${now.away.join(", ")}` : "";
        body.replaceChildren(...drawn(now, before));
        before = now;
      } catch (error) {
        note.textContent = (error as Error).message; // what was last known stays
      }
    },
  );
}

function drawn(now: Operations, before: Operations | null): HTMLElement[] {
  const jobs = now.jobs.length
    ? now.jobs.map(runningJob)
    : [element("p", { className: "note" }, "No job runs.")];
  return [
    section(
      "Jobs",
      ...jobs,
      element("p", { className: "note" }, `${now.pending} wait for their source or their turn.`),
    ),
    ...(now.failed.length ? [section("Failed last", failures(now))] : []),
    section("Queues", queues(now)),
    section("Functions", functions(now, before)),
    ...(now.breakers?.length ? [section("Breakers", ...now.breakers.map(breaker))] : []),
  ];
}

function section(title: string, ...children: HTMLElement[]): HTMLElement {
  return element("section", {}, element("h2", {}, title), ...children);
}

function runningJob(job: RunningJob): HTMLElement {
  const facts = [`${Math.floor(job.progress * 100)} %`, job.playable ? "playable now" : "", job.id];
  if (job.attempt > 1) facts.push(`attempt ${job.attempt}`);
  const tasks = job.tasks.map((task) =>
    element(
      "li",
      { className: `task ${task.status}` },
      element(
        "span",
        {},
        `${task.name} ${task.status === "running" ? `${Math.floor(task.progress * 100)} %` : task.status}`,
      ),
      shards(task.name, task.parts),
    ),
  );
  return element(
    "article",
    { className: "job running" },
    element("h3", {}, job.filename),
    element("p", { className: "facts" }, facts.filter(Boolean).join(" · ")),
    element("ul", { className: "tasks" }, ...tasks),
  );
}

/** One cell for each shard, filled as far as it is; said in one sentence to those who do not see it. */
function shards(task: string, parts: Part[]): HTMLElement {
  const done = parts.filter((part) => part.state === "done").length;
  const cells = parts.map((part) => {
    const cell = element("span", { className: `shard ${part.state}`, title: `${part.index}: ${part.state}` });
    cell.style.setProperty("--done", String(part.progress));
    return cell;
  });
  const row = element("span", { className: "shards", role: "img" }, ...cells);
  row.ariaLabel = `${done} of ${parts.length} parts of ${task} are done`;
  return parts.length ? row : element("span");
}

function failures(now: Operations): HTMLElement {
  const rows = now.failed.map((job) => [job.filename, job.id, job.error?.message ?? ""]);
  return table(["film", "job", "why"], rows);
}

function queues(now: Operations): HTMLElement {
  const rows = (now.queues ?? []).map((queue) => [queue.name, queue.waiting, queue.in_flight, queue.delayed]);
  return table(["queue", "waiting", "in flight", "delayed"], rows);
}

function functions(now: Operations, before: Operations | null): HTMLElement {
  const earlier = new Map((before?.functions ?? []).map((each) => [each.name, each]));
  const seconds = before ? (Date.parse(now.at) - Date.parse(before.at)) / 1000 : 0;
  const rows = (now.functions ?? [])
    .slice(0, FEW_FUNCTIONS)
    .map((each) => rates(each, earlier.get(each.name), seconds));
  return table(["function", "runs", "runs a second", "failed", "mean ms"], rows);
}

function rates(now: FunctionRuns, before: FunctionRuns | undefined, seconds: number): (string | number)[] {
  const runs = now.runs - (before?.runs ?? 0);
  const mean = runs > 0 ? (((now.seconds - (before?.seconds ?? 0)) / runs) * 1000).toFixed(0) : "";
  return [now.name, now.runs, seconds > 0 && before ? (runs / seconds).toFixed(1) : "", now.failures, mean];
}

function breaker(each: Breaker): HTMLElement {
  return element(
    "p",
    { className: `breaker ${each.phase}` },
    `${each.name}: ${each.phase.replace("_", " ")}`,
  );
}

function table(heads: string[], rows: (string | number)[][]): HTMLElement {
  const cells = (kind: "th" | "td", row: (string | number)[]) =>
    element("tr", {}, ...row.map((value) => element(kind, {}, String(value))));
  const head = element("thead", {}, cells("th", heads));
  return element("table", {}, head, element("tbody", {}, ...rows.map((row) => cells("td", row))));
}
