import { expect } from "chai";
import { isForm, readForm, UploadedFile } from "../../sandbox/multipart.js";

const TYPE = "multipart/form-data; boundary=edge";
const part = (disposition: string, content: string): string =>
  `--edge\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const read = (...parts: string[]): ReturnType<typeof readForm> =>
  readForm(Buffer.from(`${parts.join("")}--edge--\r\n`, "latin1"), TYPE);

describe("sandbox: forms", () => {
  it("have texts, files with their bytes, and lists of what comes more than once", async () => {
    const form = await read(
      part('name="a"', "1"),
      part('name="list"', "x"),
      part('name="list"', "y"),
      part('name="list"', "z"),
      part('name="file"; filename="c.der"', "\x00\xff\r\n--edg"),
    );
    expect(form).to.deep.include({ a: "1", list: ["x", "y", "z"] });
    const file = form.file as UploadedFile;
    expect(file).to.be.instanceOf(UploadedFile);
    expect([file.filename, file.content.toString("latin1")]).to.deep.equal(["c.der", "\x00\xff\r\n--edg"]);
  });

  it("may be of an URL's encoding", async () => {
    const form = await readForm(Buffer.from("a=1%20%2B&b=%C3%BC"), "application/x-www-form-urlencoded");
    expect(form).to.deep.equal({ a: "1 +", b: "ü" });
  });

  it("are refused when they are cut, or have no boundary", async () => {
    for (const [bytes, type] of [
      ["--edge\r\nContent-Disposition: form-data; name=x\r\n\r\n1", TYPE],
      ["nothing", TYPE],
      ["--edge--", "multipart/form-data"],
    ] as const) {
      const failed = await readForm(Buffer.from(bytes), type).then(
        () => false,
        () => true,
      );
      expect(failed, bytes).to.equal(true);
    }
  });

  it("are told by their type", () => {
    expect([TYPE, "application/x-www-form-urlencoded;charset=UTF-8", "MULTIPART/FORM-DATA"].every(isForm)).to.equal(
      true,
    );
    expect([undefined, "", "application/json", "multipart/mixed"].some(isForm)).to.equal(false);
  });
});
