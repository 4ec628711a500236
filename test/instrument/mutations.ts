import fc from "fast-check";
import type { Answer } from "../../provider/core/perform.js";

/** Answers that are almost what they should be. */

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, "", 0, -1, 1e308, true, [], {}, [[]], "88", "\u0000", "__proto__"),
  fc.jsonValue(),
  fc.string({ maxLength: 2000 }),
);

/** An answer of which one value at any depth was exchanged, taken away, or put into an array. */
const mutatedValue = (whole: object): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(), fc.constantFrom("exchange", "remove", "wrap"), odd).map(([at, how, value]) => {
    const copy = structuredClone(whole);
    const places: [Record<string, unknown>, string][] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, item] of Object.entries(node)) {
        places.push([node as Record<string, unknown>, key]);
        visit(item);
      }
    };
    visit(copy);
    const [node, key] = places[at % places.length] ?? [{}, ""];
    if (how === "exchange") node[key] = value;
    else if (how === "wrap") node[key] = [node[key]];
    else Reflect.deleteProperty(node, key);
    return JSON.stringify(copy);
  });

/** The text of an answer, cut, doubled, or with some of its characters exchanged. */
const mutatedText = (whole: object): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(), fc.nat(), fc.string({ maxLength: 20 })).map(([from, length, put]) => {
    const text = JSON.stringify(whole);
    const at = from % text.length;
    return text.slice(0, at) + put + text.slice(at + (length % 50));
  });

/** Mutations of a whole answer, and anything else that a server could send. */
export const mutatedAnswer = (whole: object): fc.Arbitrary<Answer> =>
  fc.record({
    status: fc.oneof(fc.constantFrom(200, 201, 204, 301, 400, 401, 404, 409, 500), fc.integer({ min: 200, max: 599 })),
    contentType: fc.constantFrom("application/json", "text/html", ""),
    body: fc.oneof(mutatedValue(whole), mutatedText(whole), fc.string(), fc.json()),
    traceId: fc.constant("t"),
  });
