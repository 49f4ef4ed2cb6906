/** Bounds of time that hold on a loaded machine, too: what others take of it does not count. */

/** How much of the CPU this process takes for an action, in ms. */
export function cpuMsOf(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
