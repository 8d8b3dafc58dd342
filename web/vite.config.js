import { defineConfig } from "vite";

// `npm run dev` talks to a local cloud on its usual port.
const site = process.env.MARQUEE_ENDPOINT ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": site, "/media": site } },
});
