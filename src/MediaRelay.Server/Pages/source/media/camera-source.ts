import type { HostSource } from "./test-source";

/** Camera and microphone in the room's orientation; rejects with the browser's reason. */
export async function cameraSource(orientation: "portrait" | "landscape", fps: number): Promise<HostSource> {
  const [width, height] = orientation === "portrait" ? [720, 1280] : [1280, 720];
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: fps }, facingMode: "user" },
  });
  return { stream, stop: () => stream.getTracks().forEach((track) => track.stop()) };
}
