/** What tests and the console read about the picture; times are Unix time in ms. */
export interface FrameStatistics {
  frames: number;
  firstFrameAt: number | undefined;
  lastFrameAt: number | undefined;
  /** Longest pause between two shown frames since the first, in ms. */
  longestFrameGapMs: number;
  rtpTimestamp: number | undefined;
}

/** Calls back for every frame that the element shows and keeps the figures up to date. */
export function watchFrames(video: HTMLVideoElement, statistics: FrameStatistics, onFrame: () => void): void {
  const step: VideoFrameRequestCallback = (now, metadata) => {
    const at = performance.timeOrigin + now;
    if (statistics.lastFrameAt !== undefined) {
      statistics.longestFrameGapMs = Math.max(statistics.longestFrameGapMs, at - statistics.lastFrameAt);
    }

    statistics.frames++;
    statistics.firstFrameAt ??= at;
    statistics.lastFrameAt = at;
    statistics.rtpTimestamp = metadata.rtpTimestamp;
    onFrame();
    video.requestVideoFrameCallback(step);
  };
  video.requestVideoFrameCallback(step);
}
