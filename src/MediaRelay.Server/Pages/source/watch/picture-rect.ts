export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a picture stands in its box under `object-fit`, in the box's pixels; with `cover` it reaches beyond the box. */
export function pictureRect(
  box: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number },
  fit: "cover" | "contain",
): Rect {
  if (picture.width === 0 || picture.height === 0) return { left: 0, top: 0, width: box.width, height: box.height };

  const horizontal = box.width / picture.width;
  const vertical = box.height / picture.height;
  const scale = fit === "cover" ? Math.max(horizontal, vertical) : Math.min(horizontal, vertical);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height };
}
