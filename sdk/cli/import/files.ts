/** Inputs that are long texts of their own: files in place of lines. */
const IN_FILES: Readonly<Record<string, string>> = { csr: "csr", pem: "pem", cert: "pem" };

/** A value that stands in a file beside the program. */
export class InFile {
  constructor(readonly file: string) {}
}

/** Texts beside a program, by the name of their file; a text that several resources have is one file. */
export class Files {
  readonly #byText = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** The inputs of a resource with files in the place of long texts. */
  of(name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(inputs).map(([field, value]) => {
        const ending = IN_FILES[field];
        return [field, ending === undefined || typeof value !== "string" ? value : this.#file(name, ending, value)];
      }),
    );
  }

  #file(name: string, ending: string, text: string): InFile {
    const known = this.#byText.get(text);
    if (known !== undefined) return new InFile(known);
    const base = `files/${fileName(name)}`;
    let file = `${base}.${ending}`;
    for (let more = 2; this.#texts.has(file.toLowerCase()) || this.#texts.has(file); more++)
      file = `${base}-${more}.${ending}`;
    this.#byText.set(text, file);
    this.#texts.set(file, text);
    return new InFile(file);
  }
}

/** Letters, digits and what no file system minds; a `*` of a wildcard is a word. */
const fileName = (name: string): string =>
  name
    .replaceAll("*", "wildcard")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .toLowerCase()
    .slice(0, 150) || "file";
