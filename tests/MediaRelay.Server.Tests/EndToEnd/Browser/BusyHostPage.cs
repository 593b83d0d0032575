using System.Text.Json;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>
/// A host with a picture that is hard to code: clouds that drift through each other, so that an encoder uses the bit rate that it is
/// allowed and a picture is many packets. The studio's test picture fits into one.
/// </summary>
internal sealed class BusyHostPage(IPage page) : BrowserPage(page)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private const string PublishScript =
        """
        async (text) => {
          const { endpoint, token, width, height, fps, encodings } = JSON.parse(text);
          // Noise of 128 × 128, drawn large once: soft clouds. Two of them moving apart are not what any motion vector foretells.
          const makeCloud = () => {
            const noise = new OffscreenCanvas(128, 128);
            const small = noise.getContext("2d");
            const image = small.createImageData(noise.width, noise.height);
            for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : 96 + Math.random() * 128;
            small.putImageData(image, 0, 0);
            const cloud = new OffscreenCanvas(width, height);
            cloud.getContext("2d").drawImage(noise, 0, 0, width, height);
            return cloud;
          };
          const canvas = document.createElement("canvas");
          canvas.width = width;
          canvas.height = height;
          const context = canvas.getContext("2d", { alpha: false });
          const clouds = [makeCloud(), makeCloud()];
          let frame = 0;
          const drawCloud = (cloud, alpha, x, y) => {
            context.globalAlpha = alpha;
            for (const left of [x - width, x]) {
              for (const top of [y - height, y]) context.drawImage(cloud, left, top);
            }
          };
          const draw = () => {
            frame++;
            const x = (frame * 7) % width;
            const y = (frame * 5) % height;
            drawCloud(clouds[0], 1, x, y);
            drawCloud(clouds[1], 0.5, width - x, height - y);
          };
          draw();
          setInterval(draw, 1000 / fps);

          const audio = new AudioContext();
          const oscillator = new OscillatorNode(audio, { frequency: 440 });
          const sound = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
          oscillator.connect(new GainNode(audio, { gain: 0.2 })).connect(sound);
          oscillator.start();

          const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
          const [video] = canvas.captureStream(fps).getVideoTracks();
          video.contentHint = "motion";
          pc.addTransceiver(sound.stream.getAudioTracks()[0], { direction: "sendonly" });
          const { sender } = pc.addTransceiver(video, { direction: "sendonly", sendEncodings: encodings });
          // A busy machine may cost frames, not the size of the picture.
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
        }
        """;

    public override string Name => "busy-host";

    /// <summary>Begins to publish a picture of this size; returns when it is being sent.</summary>
    public async Task PublishAsync(string roomId, string token, int width, int height, IReadOnlyList<SendEncoding> encodings)
    {
        // Half of the usual frame rate: encoders, decoder and relay share the machine.
        var arguments = JsonSerializer.Serialize(new { endpoint = $"/whip/{roomId}", token, width, height, fps = 15, encodings });
        await Page.EvaluateAsync(PublishScript, arguments);
        await Wait.UntilAsync("pictures are sent", Longest, ReadFramesSentAsync, frames => frames > 0);
    }

    /// <summary>Pictures sent so far by the encoding that has sent most.</summary>
    public async Task<long> ReadFramesSentAsync() =>
        (await ReadEncodingsAsync()).Select(static encoding => encoding.FramesSent).DefaultIfEmpty().Max();

    public Task<IReadOnlyList<OutboundEncoding>> ReadEncodingsAsync() => OutboundEncoding.ReadAsync(Page);
}
