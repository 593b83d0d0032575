// Put into every page before its own scripts: watches what a viewer sees and hears, and what its connection negotiates.
(() => {
  const probe = {
    // Every connection that the page has made, every channel that it has opened.
    connections: [],
    channels: [],
    localDescriptions: 0,
    negotiationsNeeded: 0,
    tracksAnnounced: 0,
    // Unix time in ms of each POST to /whep and /whip.
    posts: [],
    monitors: new Map(),
  };
  window.mediarelayProbe = probe;

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...values) {
      super(...values);
      probe.connections.push(this);
      this.addEventListener("negotiationneeded", () => probe.negotiationsNeeded++);
      this.addEventListener("track", () => probe.tracksAnnounced++);
    }

    setLocalDescription(...values) {
      probe.localDescriptions++;
      return super.setLocalDescription(...values);
    }

    createDataChannel(...values) {
      const channel = super.createDataChannel(...values);
      probe.channels.push(channel);
      return channel;
    }
  };

  const plainFetch = window.fetch;
  window.fetch = (resource, options) => {
    const isPost = options?.method?.toUpperCase() === "POST";
    if (isPost) probe.posts.push({ url: String(resource), at: performance.timeOrigin + performance.now() });
    return plainFetch(resource, options);
  };

  // A picture is read as a grid of samples; its halves are judged by their mean colours.
  const gridWidth = 8;
  const gridHeight = 16;

  class Monitor {
    // Shown frames, oldest first: { at, presented, upper, lower } with at in Unix ms and colours as [r, g, b].
    frames = [];

    constructor(video) {
      this.video = video;
      this.canvas = new OffscreenCanvas(gridWidth, gridHeight);
      this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
      video.requestVideoFrameCallback(this.follow);
    }

    follow = (now, metadata) => {
      this.context.drawImage(this.video, 0, 0, gridWidth, gridHeight);
      const { data } = this.context.getImageData(0, 0, gridWidth, gridHeight);
      const half = data.length / 2;
      this.frames.push({
        at: performance.timeOrigin + metadata.presentationTime,
        presented: metadata.presentedFrames,
        upper: meanColour(data, 0, half),
        lower: meanColour(data, half, data.length),
      });
      this.video.requestVideoFrameCallback(this.follow);
    };

    // Hears the stream that the element plays; once it has sound.
    listen() {
      const [track] = this.video.srcObject?.getAudioTracks() ?? [];
      if (this.analyser !== undefined || track === undefined) return;
      const audio = new AudioContext({ sampleRate: 48000 });
      this.analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
      new MediaStreamAudioSourceNode(audio, { mediaStream: new MediaStream([track]) }).connect(this.analyser);
    }

    // Level at a frequency in dB of full scale, its two neighbours on either side included.
    level(frequency) {
      if (this.analyser === undefined) return -200;
      const bins = new Float32Array(this.analyser.frequencyBinCount);
      this.analyser.getFloatFrequencyData(bins);
      const middle = Math.round((frequency * this.analyser.fftSize) / this.analyser.context.sampleRate);
      return Math.max(-200, ...bins.slice(middle - 2, middle + 3));
    }
  }

  function meanColour(data, from, to) {
    const sum = [0, 0, 0];
    for (let i = from; i < to; i += 4) {
      for (let channel = 0; channel < 3; channel++) sum[channel] += data[i + channel];
    }
    return sum.map((value) => Math.round((value * 4) / (to - from)));
  }

  probe.monitor = (name, video) => {
    if (!probe.monitors.has(name)) probe.monitors.set(name, new Monitor(video));
  };

  probe.read = (name) => {
    const monitor = probe.monitors.get(name);
    monitor.listen();
    const stream = monitor.video.srcObject;
    return {
      at: Date.now(),
      frameCount: monitor.frames.length,
      frame: monitor.frames.at(-1) ?? null,
      level440: monitor.level(440),
      level880: monitor.level(880),
      connection: probe.connections.at(-1)?.connectionState ?? "none",
      connections: probe.connections.length,
      localDescriptions: probe.localDescriptions,
      negotiationsNeeded: probe.negotiationsNeeded,
      tracksAnnounced: probe.tracksAnnounced,
      tracks: stream === null ? [] : stream.getTracks().map((track) => `${track.kind} ${track.id} ${track.readyState}`).sort(),
    };
  };

  probe.framesFrom = (name, index) => probe.monitors.get(name).frames.slice(index);
})();
