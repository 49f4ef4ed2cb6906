export interface Size {
  width: number;
  height: number;
}

export interface Place {
  left: number;
  top: number;
}

export interface Box extends Place, Size {}

export type Side = "right" | "left" | "above" | "below";

const EDGE_PX = 4;

/**
 * Where a tip stands beside a place of the screen: inside of the window, and not over the place, wherever there is room for
 * that on one of its sides.
 * @param sides in the order that they are tried
 * @param taken what else should be seen; a side where the tip lies over it is only taken if there is no other
 */
export function tipPlace(
  at: Place,
  tip: Size,
  window: Size,
  gapPx: number,
  sides: readonly Side[],
  taken: readonly Box[] = [],
): Place {
  const furthest = { left: window.width - tip.width - EDGE_PX, top: window.height - tip.height - EDGE_PX };
  const inside = ({ left, top }: Place): Place => ({
    left: Math.max(EDGE_PX, Math.min(left, furthest.left)),
    top: Math.max(EDGE_PX, Math.min(top, furthest.top)),
  });
  const places = sides
    .map((side) => ({ side, ...beside(at, tip, gapPx, side) }))
    .filter(({ side, left, top }) =>
      side === "left" || side === "right"
        ? left >= EDGE_PX && left <= furthest.left
        : top >= EDGE_PX && top <= furthest.top,
    )
    .map(inside);
  const free = places.find((place) => !taken.some((box) => overlap({ ...place, ...tip }, box)));
  return free ?? places[0] ?? inside(beside(at, tip, gapPx, sides[0] ?? "right"));
}

function beside(at: Place, { width, height }: Size, gapPx: number, side: Side): Place {
  const centred = { left: at.left - width / 2, top: at.top - height / 2 };
  switch (side) {
    case "right":
      return { ...centred, left: at.left + gapPx };
    case "left":
      return { ...centred, left: at.left - gapPx - width };
    case "above":
      return { ...centred, top: at.top - gapPx - height };
    case "below":
      return { ...centred, top: at.top + gapPx };
  }
}

/** Whether one box lies over a part of another. */
export function overlap(a: Box, b: Box): boolean {
  const isAside = a.left >= b.left + b.width || b.left >= a.left + a.width;
  return !isAside && a.top < b.top + b.height && b.top < a.top + a.height;
}
