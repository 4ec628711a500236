/** Which base URLs credentials may be sent to. */

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/**
 * Reads a base URL.
 * @throws Error when it is not a URL, holds credentials, or would send them in clear: plain http is for loopback only.
 */
export function baseUrl(text: string, setting: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(
      `${setting} is not a URL (it is not repeated here, because it may hold a password). Allowed: an https URL, for instance https://rest.ecgrid.io.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Error(
      `${setting} holds a user name or password. Put credentials into their own settings; URLs end up in messages.`,
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw new Error(
      `${setting} begins with ${url.protocol}: credentials would travel in clear. Allowed: https, and http for loopback addresses only.`,
    );
  }
  url.hash = "";
  url.search = "";
  return url;
}
