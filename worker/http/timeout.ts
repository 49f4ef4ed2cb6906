/** A time that passes, and can be called off. Not for a Durable Object: a timer keeps it awake. */
export function timeout(ms: number): { passed: Promise<"late">; cancel(): void } {
  let cancel = (): void => {};
  const passed = new Promise<"late">((resolve) => {
    const timer = setTimeout(() => resolve("late"), ms);
    cancel = () => clearTimeout(timer);
  });
  return { passed, cancel };
}
