/** Line icons, 24 × 24, drawn with the current text colour. */
const paths = {
  bag: "M5 8h14l1 12H4L5 8Zm4 0V6.5a3 3 0 0 1 6 0V8",
  heart: "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z",
  share: "M12 15V4m0 0L8 8m4-4 4 4M5 13v6h14v-6",
  sound: "M4 10v4h3l4 4V6L7 10H4Zm11-1.5a5 5 0 0 1 0 7M17.5 6a8.5 8.5 0 0 1 0 12",
  muted: "M4 10v4h3l4 4V6L7 10H4Zm11 0 5 5m0-5-5 5",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 5l-4 15-4.5-5.5L4 12Zm7.5 2.5L20 5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  link: "M9.5 14.5l5-5M8 11l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 16m-2-8 2.5-2.5a3.5 3.5 0 0 1 5 5L16 13",
  plus: "M12 5v14M5 12h14",
} as const;

export type IconName = keyof typeof paths;

const namespace = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
