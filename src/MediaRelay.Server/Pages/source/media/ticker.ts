/** Worker: told an interval in ms, posts a message at that pace. */
addEventListener("message", ({ data }: MessageEvent<number>) => {
  setInterval(() => postMessage(0), data);
}, { once: true });
