let called = (name: string): string => name;

/** From now on, series are called so on the screen. */
export function callSeries(by: (name: string) => string): void {
  called = by;
}

/** What a series is called on the screen now. */
export function shownName(name: string): string {
  return called(name);
}
