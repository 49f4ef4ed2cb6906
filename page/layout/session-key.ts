/**
 * The key that the cookie of a private channel counts with (AC9a). It is in localStorage, which belongs to one port, as a cookie does not;
 * without the cookie, which no script can read, it is worth nothing. It is read each time: another page of this browser may have put
 * another token into the cookie.
 */
export function sessionKeyOf(channel: string): string | undefined {
  try {
    return /^[\w-]{22}$/.exec(localStorage.getItem(sessionKeyName(channel)) ?? "")?.[0];
  } catch {
    return undefined;
  }
}

/** What it is called there. No channel has a blank in its name. */
export function sessionKeyName(channel: string): string {
  return `plotcast:${channel} access`;
}
