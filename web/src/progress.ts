import type { Job } from "./api";
import { element } from "./dom";

const WORDS: Record<Job["status"], string> = {
  pending: "Waiting",
  running: "Encoding",
  completed: "Ready",
  failed: "Failed",
  canceled: "Canceled",
};

/** A job's progress with one bar for each of its tasks. */
export function jobProgress(job: Job): HTMLElement {
  const percent = Math.floor(job.progress * 100);
  const tasks = job.tasks.map((task) =>
    element(
      "li",
      { className: `task ${task.status}` },
      element("span", {}, task.name),
      element("progress", {
        max: 1,
        value: task.status === "skipped" ? 1 : task.progress,
        ariaLabel: task.name,
      }),
    ),
  );
  const head = job.error
    ? job.error.message
    : `${WORDS[job.status]} ${percent} %${job.playable ? " · playable now" : ""}`;
  return element(
    "section",
    { className: `job ${job.status}` },
    element("p", { className: "state" }, head),
    element("progress", { className: "whole", max: 1, value: job.progress, ariaLabel: "The whole job" }),
    element("ul", { className: "tasks" }, ...tasks),
  );
}
