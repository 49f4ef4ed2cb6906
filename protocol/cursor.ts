/** A viewer's place in a channel's log: it has every point up to number `seq` of numbering `epoch`. */
export interface Cursor {
  epoch: number;
  seq: number;
}
