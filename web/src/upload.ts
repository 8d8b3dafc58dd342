import { api, type CreatedUpload } from "./api";
import { element } from "./dom";

const PARALLEL_PARTS = 3;
const PART_ATTEMPTS = 5;

/** Sends films from the browser straight to the bucket, part by part, and shows how far each is. */
export async function uploadFilm(file: File, list: HTMLElement): Promise<void> {
  const bar = element("progress", { max: file.size || 1, value: 0, ariaLabel: `Uploading ${file.name}` });
  const state = element("span", {}, file.name);
  const row = element("li", {}, state, bar);
  list.append(row);
  try {
    const upload = await api.createUpload(file);
    const parts = await sendParts(file, upload, (sent) => (bar.value += sent));
    await api.completeUpload(upload.upload_id, parts);
    row.remove();
  } catch (error) {
    state.textContent = `${file.name}: ${(error as Error).message}`;
    bar.remove();
  }
}

async function sendParts(file: File, upload: CreatedUpload, sent: (bytes: number) => void) {
  const urls = new Map(upload.parts.map((part) => [part.part_number, part.url]));
  const count = Math.max(1, Math.ceil(file.size / upload.part_size));
  const waiting = Array.from({ length: count }, (_, index) => index + 1);
  const done: { part_number: number; etag: string }[] = [];
  const worker = async () => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const start = (number - 1) * upload.part_size;
      const blob = file.slice(start, start + upload.part_size);
      done.push({ part_number: number, etag: await sendPart(blob, number, upload.upload_id, urls) });
      sent(blob.size);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_PARTS }, worker));
  return done.sort((one, other) => one.part_number - other.part_number);
}

async function sendPart(
  blob: Blob,
  number: number,
  uploadId: string,
  urls: Map<number, string>,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const url = urls.get(number) ?? (await api.partUrls(uploadId, [number])).parts[0]!.url;
    const response = await fetch(url, { method: "PUT", body: blob }).catch(() => null);
    const etag = response?.ok ? response.headers.get("etag") : null;
    if (etag) return etag;
    if (attempt === PART_ATTEMPTS) throw new Error("The storage did not take a part of the film.");
    urls.delete(number); // its address may have run out of time
    await new Promise((resume) => setTimeout(resume, Math.random() * Math.min(8000, 500 * 2 ** attempt)));
  }
}
