// What clients of Marquee do, at steady rates. Every answer is one line of k6's JSON output, tagged with the
// scenario and with `degraded`, and counted in Python.
import http from "k6/http";
import { Rate } from "k6/metrics";
import exec from "k6/execution";

const site = __ENV.SITE + "/api/v1";
const seconds = Number(__ENV.SECONDS);
const movies = __ENV.MOVIES.split(",");
const words = __ENV.WORDS.split(",");
const degraded = new Rate("degraded");
const timeout = "10s";

const rates = { browse: 6, search: 8, watch: 10, upload_sign: 2 };

export const options = {
  discardResponseBodies: false,
  noConnectionReuse: false,
  scenarios: Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [
      name,
      {
        executor: "constant-arrival-rate",
        exec: name,
        rate: Math.max(1, Math.round(rate * Number(__ENV.SCALE))),
        timeUnit: "1s",
        duration: `${seconds}s`,
        preAllocatedVUs: 10,
        maxVUs: 60,
      },
    ]),
  ),
};

function json(token) {
  return {
    timeout,
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
  };
}

function pick(list) {
  return list[Math.floor(Math.random() * list.length)];
}

export function browse() {
  http.get(`${site}/movies?sort=popular&limit=20`, { timeout, tags: { name: "GET /movies" } });
  http.get(`${site}/movies/${pick(movies)}`, { timeout, tags: { name: "GET /movies/{id}" } });
}

export function search() {
  // one in ten asks what nobody has asked: no cache knows it
  const unasked = Math.random() < 0.1;
  const text = unasked ? `${pick(words)} ${Math.floor(Math.random() * 1e6)}` : pick(words);
  const answer = http.get(`${site}/movies/search?q=${encodeURIComponent(text)}`, {
    timeout,
    tags: { name: unasked ? "GET /movies/search, unasked" : "GET /movies/search" },
  });
  if (answer.status === 200) degraded.add(Boolean(answer.json("degraded")));
}

export function watch() {
  const started = Date.now() - 60000;
  const body = {
    session_id: `k6-${exec.vu.idInTest}`,
    session_started_at: new Date(started).toISOString(),
    position_seconds: 60,
    duration_seconds: 5400,
    device: "k6",
    client_time: new Date().toISOString(),
  };
  const options = Object.assign({ tags: { name: "POST /streaming/progress/{id}" } }, json(__ENV.VIEWER));
  http.post(`${site}/streaming/progress/${pick(movies)}`, JSON.stringify(body), options);
}

export function upload_sign() {
  const body = { filename: "film.mp4", size: 300 * 1024 * 1024, content_type: "video/mp4" };
  const given = json(__ENV.ADMIN);
  const made = http.post(
    `${site}/uploads`,
    JSON.stringify(body),
    Object.assign({ tags: { name: "POST /uploads" } }, given),
  );
  if (made.status !== 201) return;
  const upload = `${site}/uploads/${made.json("upload_id")}`;
  http.post(
    `${upload}/parts`,
    JSON.stringify({ part_numbers: [1, 2, 3] }),
    Object.assign({ tags: { name: "POST /uploads/{id}/parts" } }, given),
  );
  http.del(upload, null, Object.assign({ tags: { name: "DELETE /uploads/{id}" } }, given));
}
