export interface Size {
  width: number;
  height: number;
}

/** How a photo is seen: how many times larger than fitted, and how far its middle is from that of the stage. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };

// Pictures smaller than the stage are enlarged, but not until they are all blur.
const LARGER = 2.5;

/** How large a photo is when all of it is seen. */
export function fit(photo: Size, stage: Size): Size {
  const scale = Math.min(stage.width / photo.width, stage.height / photo.height, LARGER);
  return { width: Math.max(1, photo.width * scale), height: Math.max(1, photo.height * scale) };
}

/** Zooms so that what is at this point, seen from the middle of the stage, stays there. */
export function zoomAt(view: View, scale: number, x: number, y: number): View {
  const grown = scale / view.scale;
  return { scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown };
}

/** Keeps a photo larger than the stage at its edges, and a smaller one in the middle. */
export function settle(view: View, fitted: Size, stage: Size, most: number): View {
  const scale = Math.min(Math.max(view.scale, 1), most);
  const kept = scale === view.scale ? view : zoomAt(view, scale, 0, 0);
  const room = (of: number, within: number) => Math.max(0, (of * scale - within) / 2);
  const [across, down] = [room(fitted.width, stage.width), room(fitted.height, stage.height)];
  return { scale, x: clamp(kept.x, across), y: clamp(kept.y, down) };
}

function clamp(value: number, most: number): number {
  // Never minus zero, which is another number to those who compare.
  return Math.min(most, Math.max(-most, value)) + 0;
}
