/** What is known of a segment without its frames: a row's columns but the largest two. */
export interface SegmentHeader {
  /** The numbers of the last point in it, and of the last before it. */
  seq: number;
  afterSeq: number;
  takenAtMs: number;
  minX: number;
  maxX: number;
  frames: number;
  bytes: number;
  /** Of all segments of this numbering, up to this one: so any stretch's bytes are a difference. */
  totalBytes: number;
  /** Whose frames these are, and the publisher's own numbers of the first and the last. */
  publisher: string;
  firstPublisherSeq: number;
  publisherSeq: number;
  /** The same publisher's segment before this, and one further back; 0 if there is none (`PublisherIndex`). */
  previousSeq: number;
  jumpSeq: number;
  depth: number;
  /** Whether a frame of it tells of lost points. */
  tellsLoss: boolean;
  /** What the log kept once this was taken: the points after a number, in so many bytes of frames. */
  keptAfter: number;
  keptBytes: number;
  /** The segment with the latest checkpoint, which may be this one; 0: that of the numbering. */
  checkpointSeq: number;
}

/** A segment to be stored. */
export interface Segment extends SegmentHeader {
  body: Uint8Array;
}
