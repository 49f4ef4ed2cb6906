/** Where a relay is best made, as Cloudflare names it (https://developers.cloudflare.com/durable-objects/reference/data-location/). */
export const REGIONS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export type Region = (typeof REGIONS)[number];

/** A channel's name has no "#". */
export function relayName(channel: string, region: Region, number: number): string {
  return `${channel}#${region}-${number}`;
}

/** Whose relay it is. @returns undefined if that is no relay's name */
export function channelOfRelay(name: string): string | undefined {
  const at = name.lastIndexOf("#");
  return at < 0 ? undefined : name.slice(0, at);
}

/** Where a relay is. */
export function regionOf(name: string): Region | undefined {
  const text = name.slice(name.lastIndexOf("#") + 1).split("-")[0];
  return REGIONS.find((region) => region === text);
}

/** A region by its name; where it is none, somewhere. */
export function relayRegion(text: string | null): Region {
  return REGIONS.find((region) => region === text) ?? "weur";
}
