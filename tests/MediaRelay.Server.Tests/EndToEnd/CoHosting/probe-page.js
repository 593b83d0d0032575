// Put into a page of the server's own: a host whose pictures and sound can be read again, and a viewer that reads them.
// The arithmetic is that of the headless probes; see the README of MediaRelay.Testing.Probes.
(() => {
  const columns = 10;
  const rows = 6;
  const bits = 60;
  const frameRate = 30;
  const modulus = 2 ** 20;

  const unixNow = () => performance.timeOrigin + performance.now();

  // CRC-16/CCITT-FALSE over the 44 bits of content; the code as an array of bits, the highest first.
  function toBits(source, frame, time) {
    const content = [];
    for (const [value, length] of [[source, 4], [frame, 20], [time, 20]]) {
      for (let bit = length - 1; bit >= 0; bit--) content.push((value >> bit) & 1);
    }
    let checksum = 0xffff;
    for (const bit of content) {
      const carry = ((checksum >> 15) & 1) ^ bit;
      checksum = (checksum << 1) & 0xffff;
      if (carry) checksum ^= 0x1021;
    }
    for (let bit = 15; bit >= 0; bit--) content.push((checksum >> bit) & 1);
    return content;
  }

  // Publishes a canvas and a tone. epoch is in Unix ms; picture n is captured at epoch + n / 30 s.
  async function publish(text) {
    const { endpoint, token, source, epoch, width, height, tone, burst } = JSON.parse(text);
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { alpha: false });
    const block = Math.floor(Math.min(width, height) / 45) * 2;
    const left = Math.floor((width - columns * block) / 2) & ~1;
    const top = Math.floor((height - rows * block) / 2) & ~1;
    const draw = (number) => {
      context.fillStyle = `hsl(${source * 120} 40% 45%)`;
      context.fillRect(0, 0, width, height);
      context.fillStyle = "#ccc";
      context.fillRect((number * 5) % width, height / 8, width / 6, height / 8);
      // The timeline has CaptureOf(number) in units of 100 ns, cut off; so must this.
      const ticks = Math.floor((number * 10_000_000) / frameRate);
      toBits(source, number % modulus, Math.floor(ticks / 1000) % modulus).forEach((bit, i) => {
        context.fillStyle = bit ? "#fff" : "#000";
        context.fillRect(left + (i % columns) * block, top + Math.floor(i / columns) * block, block, block);
      });
    };
    const follow = () => {
      const number = Math.floor(((unixNow() - epoch) * frameRate) / 1000);
      draw(number);
      const next = epoch + ((number + 1) * 1000) / frameRate;
      setTimeout(follow, Math.max(1, next - unixNow() + 0.5));
    };
    draw(0);
    const pictures = canvas.captureStream(frameRate);
    follow();

    const audio = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
    await audio.resume();
    const sound = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
    const play = (frequency, gain) => {
      const volume = new GainNode(audio, { gain });
      const oscillator = new OscillatorNode(audio, { frequency });
      oscillator.connect(volume).connect(sound);
      oscillator.start();
      return volume.gain;
    };
    play(tone, 0.08);
    const bursts = play(burst, 0);
    let second = Math.ceil((unixNow() - epoch) / 1000) + 1;
    setInterval(() => {
      // What the page's clock calls a second, on the sound's clock; scheduled a second ahead, so that no timer is in it.
      const offset = audio.currentTime - unixNow() / 1000;
      for (; epoch + second * 1000 < unixNow() + 1500; second++) {
        const at = epoch / 1000 + second + offset;
        bursts.setValueAtTime(0.15, at);
        bursts.setValueAtTime(0, at + 0.02);
      }
    }, 200);

    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const [video] = pictures.getVideoTracks();
    video.contentHint = "motion";
    pc.addTransceiver(sound.stream.getAudioTracks()[0], { direction: "sendonly" });
    const { sender } = pc.addTransceiver(video, { direction: "sendonly" });
    await sender.setParameters({ ...sender.getParameters(), degradationPreference: "maintain-resolution" });
    await pc.setLocalDescription();
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
      body: pc.localDescription.sdp,
    });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
    await pc.setRemoteDescription({ type: "answer", sdp: answer });
    window.probeHost = { pc };
  }

  const frames = [];

  // Reads every shown frame of a video. places: where blocks are, as shares of the picture [x, y, width, height of the whole grid].
  function watch(video, places) {
    const side = 4;
    const canvas = new OffscreenCanvas(columns * side, rows * side * places.length + 4);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    const follow = (now, metadata) => {
      const { videoWidth, videoHeight } = video;
      places.forEach(([x, y, width, height], i) => {
        context.drawImage(
          video, x * videoWidth, y * videoHeight, width * videoWidth, height * videoHeight, 0, i * rows * side, columns * side, rows * side);
      });
      context.drawImage(video, 0, places.length * rows * side, 4, 4);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const level = (x, y) => (data[(y * canvas.width + x) * 4] + data[(y * canvas.width + x) * 4 + 1] + data[(y * canvas.width + x) * 4 + 2]) / 3;
      const codes = places.map((_, place) => {
        const levels = [];
        for (let i = 0; i < bits; i++) {
          const [x, y] = [(i % columns) * side + 1, (Math.floor(i / columns) + place * rows) * side + 1];
          levels.push((level(x, y) + level(x + 1, y) + level(x, y + 1) + level(x + 1, y + 1)) / 4);
        }
        const middle = (Math.min(...levels) + Math.max(...levels)) / 2;
        return levels.map((value) => (value > middle ? "1" : "0")).join("");
      });
      let sum = 0;
      for (let i = 0; i < 16; i++) sum += level(i % 4, places.length * rows * side + Math.floor(i / 4));
      frames.push({
        at: performance.timeOrigin + metadata.presentationTime,
        timestamp: metadata.rtpTimestamp ?? 0,
        luma: sum / 16,
        codes,
      });
      video.requestVideoFrameCallback(follow);
    };
    video.requestVideoFrameCallback(follow);
  }

  window.probePage = { publish, watch, frames };
})();
