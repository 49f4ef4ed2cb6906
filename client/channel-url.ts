/**
 * A channel's URL as it is asked: of http or https, without a query.
 * @throws TypeError
 */
export function channelUrl(given: string | URL): URL {
  const url = new URL(given);
  url.protocol = url.protocol.replace(/^ws/, "http");
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError(`A channel's URL begins with http: or https:, not ${url.protocol}`);
  url.search = "";
  url.hash = "";
  return url;
}
