/**
 * A channel's URL as it is asked: of http or https, with a name, without a query.
 * @throws TypeError
 */
export function channelUrl(given: string | URL): URL {
  const url = new URL(given);
  url.protocol = url.protocol.replace(/^ws/, "http");
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError(`A channel's URL begins with http: or https:, not ${url.protocol}`);
  if (!/^\/c\/[^/]/.test(url.pathname))
    throw new TypeError(`A channel's URL has its name: ${url.origin}/c/<name>, not ${url.pathname}`);
  url.search = "";
  url.hash = "";
  return url;
}
