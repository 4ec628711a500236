/** A file of a form. */
export class UploadedFile {
  constructor(
    readonly filename: string,
    readonly type: string,
    readonly content: Buffer,
  ) {}
}

/** A form's fields by name; a list where a name comes more than once. */
export type Form = Record<string, string | UploadedFile | (string | UploadedFile)[]>;

/** Whether a body is a form: of parts, or of an URL's encoding. */
export const isForm = (contentType: string | undefined): contentType is string =>
  /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(contentType ?? "");

/** Reads a form. @throws when it is none. */
export async function readForm(bytes: Buffer, contentType: string): Promise<Form> {
  // Marked so for servers that anybody reaches: this one is on loopback, and has read 4 MiB at most.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const read = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  const form: Form = {};
  for (const [name, value] of read) {
    const one =
      typeof value === "string"
        ? value
        : new UploadedFile(value.name, value.type, Buffer.from(await value.arrayBuffer()));
    const before = form[name];
    form[name] = before === undefined ? one : Array.isArray(before) ? [...before, one] : [before, one];
  }
  return form;
}
