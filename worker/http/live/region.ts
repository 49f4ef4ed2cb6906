import type { Region } from "../../relay/relay-name.ts";

/** West of it North America is nearer to the one coast, and Europe to the one half. */
const [NORTH_AMERICA_MIDDLE, EUROPE_MIDDLE] = [-100, 15];
const MIDDLE_EAST = [
  "AE",
  "BH",
  "CY",
  "EG",
  "IL",
  "IQ",
  "IR",
  "JO",
  "KW",
  "LB",
  "OM",
  "PS",
  "QA",
  "SA",
  "SY",
  "TR",
  "YE",
];
const ANYWHERE: Region = "weur";

/** Where somebody is, by what Cloudflare adds to a request: continent, country and longitude. Without it everybody is at one place. */
export function regionOf(cf: unknown): Region {
  if (typeof cf !== "object" || cf === null) return ANYWHERE;
  const continent = "continent" in cf ? cf.continent : undefined;
  const country = "country" in cf && typeof cf.country === "string" ? cf.country : "";
  const longitude = "longitude" in cf ? Number(cf.longitude) : Number.NaN;
  if (MIDDLE_EAST.includes(country)) return "me";
  switch (continent) {
    case "NA":
      return longitude < NORTH_AMERICA_MIDDLE ? "wnam" : "enam";
    case "SA":
      return "sam";
    case "EU":
      return longitude > EUROPE_MIDDLE ? "eeur" : "weur";
    case "AS":
      return "apac";
    case "OC":
      return "oc";
    case "AF":
      return "afr";
    default:
      return ANYWHERE;
  }
}
