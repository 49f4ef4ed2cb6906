import type { Row } from "../table.ts";

/** The query of a read, or of a viewer that joins. The channel holds one point, at x 1 with y 2. */
export interface QueryRow extends Row {
  query: string;
  /** `one`: the point; `none`: no point. */
  is: "query-invalid" | "one" | "none";
}

const invalid = (query: string, name = query): QueryRow => ({ name: `${name} is invalid`, query, is: "query-invalid" });
const one = (query: string, name = query): QueryRow => ({ name: `${name} is answered`, query, is: "one" });
const none = (query: string, name = query): QueryRow => ({ name: `${name} holds nothing`, query, is: "none" });

export const READS: QueryRow[] = [
  invalid("from="),
  invalid("from=x"),
  invalid("from=NaN"),
  invalid("from=Infinity"),
  invalid("from=-1e999"),
  invalid("from=1,2"),
  invalid("from=1%002"),
  invalid("from=%E2%88%9E"),
  invalid("from=1970-01-01"),
  invalid("from=1e"),
  invalid("from=1n"),
  invalid("from=__proto__"),
  invalid("to="),
  invalid("to=%20"),
  invalid("to=null"),
  invalid("to=undefined"),
  invalid("to=1;DROP%20TABLE%20frames"),
  invalid("points="),
  invalid("points=-1"),
  invalid("points=1.5"),
  invalid("points=1e17"),
  invalid("points=9007199254740992"),
  invalid("points=NaN"),
  invalid("points=all"),
  invalid("points=1'%20OR%20'1'='1"),
  invalid(`points=${"9".repeat(400)}`, "points of 400 digits"),
  one(""),
  one("&&&="),
  one("points=9007199254740991"),
  one("points=1&points=x"),
  one("from=1&to=1"),
  one("from=-1e308&to=1e308"),
  one("__proto__=1&constructor=2&toString=3"),
  one("series=y"),
  one("series=x&series=y"),
  one(`${"a=1&".repeat(10_000)}`, "10,000 names"),
  one("%FF=%FF"),
  one("text=%00"),
  one("embed=1"),
  none("points=0"),
  none("from=2&to=1"),
  none("from=1.0000000000000002"),
  none("series="),
  none("series=%00"),
  none("series=y%00"),
  none("series=%FF%FE"),
  none("series=Y"),
  none("series=y%20OR%201=1"),
  none("series[]=y&series=y.*"),
  none(`series=${"y".repeat(20_000)}`, "a series of 20,000 letters"),
  none(Array.from({ length: 2000 }, (_, i) => `series=s${i}`).join("&"), "2,000 series"),
];

export const JOINS: QueryRow[] = [
  invalid("epoch=1"),
  invalid("seq=1"),
  invalid("epoch=&seq="),
  invalid("epoch=x&seq=1"),
  invalid("epoch=1&seq=x"),
  invalid("epoch=-1&seq=1"),
  invalid("epoch=1&seq=-1"),
  invalid("epoch=1.5&seq=1"),
  invalid("epoch=1&seq=9007199254740992"),
  invalid("epoch=1e999&seq=1e999"),
  invalid("points=-1"),
  invalid("points=x"),
  invalid("seconds=1.5"),
  invalid("seconds=-1"),
  invalid("seconds=1e999"),
  one("points=9007199254740991"),
  one("seconds=9007199254740991"),
  one("points=1&seconds=0"),
  one("epoch=0&seq=0"),
  one("epoch=9007199254740991&seq=9007199254740991"),
  one("epoch=1&seq=0"),
];
