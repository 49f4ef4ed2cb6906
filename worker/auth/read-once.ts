/**
 * Reads variables once in an isolate, where they never change; a test gives others.
 * @param names of those that are read
 */
export function readOnce<Vars extends object, T>(
  names: readonly (keyof Vars)[],
  read: (vars: Vars) => T,
): (vars: Vars) => T {
  let last: { key: string; value: T } | undefined;
  return (vars) => {
    const key = JSON.stringify(names.map((name) => vars[name]));
    if (last?.key !== key) last = { key, value: read(vars) };
    return last.value;
  };
}
