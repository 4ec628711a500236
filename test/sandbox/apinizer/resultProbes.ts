import type { VariantSettings } from "../../../sandbox/index.js";
import type { Probe } from "../probes.js";
import { deployment, type Answer, type Caller } from "./client.js";
import { each, type Look } from "./probing.js";

/** Probes of the switches of deployment results (section 5.2, 5.3). */
type Name = "apDeploymentShape" | "apFailedList" | "apFailedOverall" | "apFailedSuccess" | "apFailedStatus";
type ResultProbes = { [One in Name]: Record<VariantSettings[One], Probe> };

/** A deployment that one worker of staging misses. */
export async function partial(at: Caller): Promise<Answer> {
  at.apinizer.unreachable("staging-worker-2");
  return at.create();
}

const result: Look = async (at) => deployment(await partial(at));
const plain = (environmentName: string, success: boolean): object => ({
  environmentName,
  success,
  message: success ? "Deployed successfully" : "Connection refused",
});
const PLAIN = [plain("production", true), plain("staging", false)];
const detail = (envName: string, success: boolean, more: object = {}): object => ({
  ...{ envName, podName: null, podIp: null, success },
  detail: success ? "Deployed successfully" : "Connection refused",
  responseTime: success ? 12 : null,
  ...{ detailList: [], firstFromApiResultList: null },
  ...more,
});
const pod = (envName: string, at: number, success: boolean): object =>
  detail(envName, success, { podName: `${envName}-worker-${at}`, podIp: `10.0.0.${at}` });
const PRODUCTION = [pod("production", 1, true), pod("production", 2, true)];
const STAGING = [pod("staging", 1, true), pod("staging", 2, false)];
const D3 = { success: false, detail: "Deployment failed" };
const D1 = { success: false, message: "Deployment failed" };

export const RESULT_PROBES: ResultProbes = {
  apDeploymentShape: each(result, {
    D1: { ...D1, environmentResults: PLAIN },
    D2: { success: false, deploymentResults: PLAIN },
    D3: { ...D3, detailList: [detail("production", true), detail("staging", false)] },
    "D3-pods": { ...D3, detailList: [...PRODUCTION, ...STAGING] },
    "D3-nested": {
      ...D3,
      detailList: [
        detail("production", true, { detailList: PRODUCTION }),
        detail("staging", false, { detailList: STAGING }),
      ],
    },
    D4: { deployed: false, deployedEnvironments: ["production"], failedEnvironments: ["staging"] },
    D5: { success: false },
    null: null,
  }),
  apFailedList: each(result, {
    full: { ...D1, environmentResults: PLAIN },
    failed: { ...D1, environmentResults: PLAIN.slice(1) },
    empty: { ...D1, environmentResults: [] },
    missing: D1,
  }),
  apFailedOverall: each(async (at) => ((await result(at)) as { success: boolean }).success, {
    false: false,
    true: true,
  }),
  apFailedSuccess: each(async (at) => (await partial(at)).body.success, { true: true, false: false }),
  apFailedStatus: each(
    async (at) => {
      const { status } = await partial(at);
      return [status, at.apinizer.certificates().length, at.sandbox.log.made().at(-1)?.outcome];
    },
    { "200": [200, 1, "executed"], "500": [500, 1, "executed"] },
  ),
};
