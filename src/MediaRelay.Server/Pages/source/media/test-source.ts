/** A host's built-in moving picture and tone, for tries without a camera and for tests. */
export interface TestSourceOptions {
  /** CSS colour that fills most of the picture. */
  readonly color: string;
  /** Hz. */
  readonly tone: number;
  /** Frames per second, 1–60. */
  readonly fps: number;
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A stream and how to let go of what makes it. */
export interface HostSource {
  readonly stream: MediaStream;
  stop(): void;
}

/** Below full scale, so that two hosts' tones add up without clipping. */
const toneGain = 0.2;

export function testSource(options: TestSourceOptions): HostSource {
  const picture = movingPicture(options);
  const sound = tone(options.tone);
  return {
    stream: new MediaStream([...picture.stream.getTracks(), ...sound.stream.getTracks()]),
    stop: () => {
      picture.stop();
      sound.stop();
    },
  };
}

function movingPicture(options: TestSourceOptions): HostSource {
  const canvas = document.createElement("canvas");
  canvas.width = options.width;
  canvas.height = options.height;
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) throw new Error("This browser gives no 2D canvas.");

  let frame = 0;
  const draw = () => drawFrame(context, options, frame++);
  draw();

  // Timers of a hidden page run once a second; a worker's keep their pace, so a studio in the background goes on.
  const ticker = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });
  ticker.onmessage = draw;
  ticker.postMessage(1000 / options.fps);

  const stream = canvas.captureStream(options.fps);
  for (const track of stream.getVideoTracks()) track.contentHint = "motion";
  return {
    stream,
    stop: () => {
      ticker.terminate();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

function drawFrame(context: CanvasRenderingContext2D, options: TestSourceOptions, frame: number): void {
  const { width, height, fps } = options;
  const seconds = frame / fps;
  context.fillStyle = options.color;
  context.fillRect(0, 0, width, height);

  // A bar that crosses in 4 s and a dot that circles in 2 s: enough motion to see a freeze, little enough to keep the colour.
  context.fillStyle = "rgba(255,255,255,0.28)";
  context.fillRect(((seconds / 4) % 1) * (width + 60) - 60, 0, 60, height);
  const radius = Math.min(width, height) / 5;
  const angle = seconds * Math.PI;
  context.fillStyle = "#fff";
  context.beginPath();
  context.arc(width / 2 + Math.cos(angle) * radius, height / 2 + Math.sin(angle) * radius, 18, 0, 2 * Math.PI);
  context.fill();

  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `700 ${Math.round(Math.min(width, height) / 12)}px system-ui, sans-serif`;
  context.fillText(options.name, width / 2, height / 2 - 20, width * 0.5);
  context.font = `500 ${Math.round(Math.min(width, height) / 24)}px ui-monospace, monospace`;
  context.fillText(seconds.toFixed(1).padStart(6, "0"), width / 2, height / 2 + 44);
}

function tone(frequency: number): HostSource {
  const audio = new AudioContext();
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: toneGain });
  const output = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  oscillator.connect(gain).connect(output);
  oscillator.start();

  // Browsers hold sound back until the first gesture on the page; the studio may have been started by its address.
  const resume = () => void audio.resume();
  resume();
  document.addEventListener("pointerdown", resume);
  return {
    stream: output.stream,
    stop: () => {
      document.removeEventListener("pointerdown", resume);
      oscillator.stop();
      for (const track of output.stream.getTracks()) track.stop();
      void audio.close();
    },
  };
}
