import { makePfx } from "../../sandbox/index.js";

type Made = ReturnType<typeof makePfx>;

const files = new Map<string, Made>();

/** A file with a private key for uploads, from 2026 to 2028; made once for each password. */
export function pfx(password = ""): Made {
  const made =
    files.get(password) ??
    makePfx({
      subject: "CN=UPLOADED-AS2, O=Example",
      password,
      notBefore: "2026-01-01T00:00:00Z",
      notAfter: "2028-01-01T00:00:00Z",
    });
  files.set(password, made);
  return made;
}
