import { expect } from "chai";
import type { VariantSettings } from "../../sandbox/index.js";
import type { Answer, Bench } from "./client.js";

/** What a client sees under a value of a switch. */
export type Probe = (at: Bench) => Promise<void>;

/** Probes of every value of every switch. The type demands all of them. */
export type Probes = { [Name in keyof VariantSettings]: Record<VariantSettings[Name], Probe> };

export type Row = Record<string, unknown> & { certificates?: Record<string, unknown>[] | null };

export const data = (answer: Answer): Row => answer.body.data as Row;

export const first = async (at: Bench): Promise<Record<string, unknown>> => (await at.listed())[0] ?? {};

export const list = async (at: Bench, body: object): Promise<Row[]> =>
  (await at.call("POST", "/v2/comms/list", body)).body.data as Row[];

/** Probes of an answer to something refused: status, and `data` where it is a success. */
export const answers =
  (act: (at: Bench) => Promise<Answer>, status: number, shown: unknown = null) =>
  async (at: Bench): Promise<void> => {
    const answer = await act(at);
    expect(answer.status).to.equal(status);
    expect(answer.body.data).to.deep.equal(shown);
  };

export const accepted = (act: (at: Bench) => Promise<Answer>) => async (at: Bench) => {
  expect((await act(at)).body.success).to.equal(true);
  expect(at.sandbox.log.made().at(-1)?.outcome).to.equal("executed");
};

export const refused = (act: (at: Bench) => Promise<Answer>) => async (at: Bench) => {
  expect((await act(at)).status).to.equal(400);
  expect(at.sandbox.log.made().at(-1)?.outcome).to.equal("refused");
};
