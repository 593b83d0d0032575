import { defineConfig } from "vite";

// Four pages that share modules; the server answers /watch/{roomId} with watch.html, /studio/{roomId} with studio.html.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../wwwroot",
    emptyOutDir: true,
    target: "es2022",
    // The preload polyfill only serves browsers without modulepreload, none of which plays WebRTC well enough to watch.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", watch: "watch.html", studio: "studio.html", ops: "ops.html" },
    },
  },
});
