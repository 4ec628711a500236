import { expect } from "chai";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../instrument/project.js";
import type { World } from "../instrument/world.js";
import { activeIds, apply, certificate, inWorld } from "./engine.js";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface GitHub {
  readonly jobs: {
    readonly drift: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
  };
}
interface GitLab {
  readonly drift: {
    readonly script: readonly string[];
    readonly allow_failure: { readonly exit_codes: number };
    readonly artifacts: { readonly paths: readonly string[] };
  };
}

/** A recipe of the README, by its first words. */
function recipe(title: string): unknown {
  const readme = readFileSync(join(REPOSITORY, "README.md"), "utf8");
  const block = [...readme.matchAll(/^```yaml\n([^]*?)^```$/gm)].find(([, text]) => text?.startsWith(`# ${title}`));
  if (block === undefined) throw new Error(`the README has no recipe "${title}"`);
  return parse(block[1] ?? "");
}

const github = recipe("GitHub Actions") as GitHub;
const gitlab = recipe("GitLab") as GitLab;

/** Runs shell lines in the project as a runner does: what is installed stands in for `npm ci` and for what `npx` finds. */
function shell({ project }: World, lines: readonly string[], options: readonly string[]) {
  const bin = join(project.folder, "bin");
  mkdirSync(bin, { recursive: true });
  const clm = join(REPOSITORY, "dist", "sdk", "cli", "clm.js");
  const stubs = { npm: '[ "$*" = ci ]', npx: `[ "$1" = clm ] && shift && exec "${process.execPath}" "${clm}" "$@"` };
  for (const [name, text] of Object.entries(stubs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const summary = join(project.folder, "summary.md");
  writeFileSync(summary, "");
  return new Promise<{ readonly code: number; readonly text: string; readonly summary: string }>((done) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", ...options, "-c", lines.join("\n")],
      {
        cwd: join(project.folder, "project"),
        env: {
          ...process.env,
          ...project.environment,
          PATH: `${bin}:${process.env.PATH ?? ""}`,
          GITHUB_STEP_SUMMARY: summary,
        },
      },
      (error, stdout, stderr) => {
        done({
          code: error === null ? 0 : Number(error.code),
          text: stdout + stderr,
          summary: readFileSync(summary, "utf8"),
        });
      },
    );
  });
}

const runs = github.jobs.drift.steps.flatMap(({ run, shell: by }) => (run === undefined ? [] : [{ run, by }]));

/** Each `run` has a shell of its own: with pipefail where bash is asked for. The first one that fails ends the job. */
async function job(world: World): Promise<{ readonly code: number; readonly summary: string }> {
  let last = { code: 0, text: "", summary: "" };
  for (const { run, by } of runs) {
    last = await shell(world, [run], by === "bash" ? ["-eo", "pipefail"] : ["-e"]);
    if (last.code !== 0) break;
  }
  return last;
}

describe("the recipes for clm drift", () => {
  it("give the job its secrets and a Node that the package runs on", () => {
    const { env, steps } = github.jobs.drift;
    expect(env).to.include.keys(
      ...["PULUMI_ACCESS_TOKEN", "ECGRID_API_KEY", "CERTCENTRAL_API_KEY", "PARTNER_API_KEY", "APINIZER_TOKEN"],
    );
    for (const [name, value] of Object.entries(env)) expect(value).to.equal(`\${{ secrets.${name} }}`);
    const uses = steps.map(({ uses: action }) => action ?? "run");
    const node = steps.find(({ uses: action }) => action?.startsWith("actions/setup-node@"));
    expect(node?.with?.["node-version"]).to.be.at.least(24);
    expect(uses.indexOf("run"), "before anything is run").to.be.above(steps.indexOf(node ?? {}));
  });

  it(
    "are green without drift, red or orange with it, and red where it could not be looked for",
    inWorld(
      async (world) => {
        const { project, sandbox } = world;
        await project.init("prod");
        world.program(certificate("a"));
        await apply(world);
        const [certKeyId = 0] = activeIds(world, 5001);
        const report = join(project.folder, "project", gitlab.drift.artifacts.paths[0] ?? "");
        const all = async (code: number, words: string): Promise<void> => {
          const ran = await job(world);
          expect(ran.code, "the exit code is that of clm").to.equal(code);
          expect(ran.summary).to.include(words);
          rmSync(report, { force: true });
          const { script } = gitlab.drift;
          expect((await shell(world, script, ["-eo", "pipefail"])).code).to.equal(code);
          expect((JSON.parse(readFileSync(report, "utf8")) as { exitCode: number }).exitCode).to.equal(code);
        };
        await all(0, "No drift");
        sandbox.ecgrid.terminateOutside(5001, certKeyId);
        await all(gitlab.drift.allow_failure.exit_codes, "` ended `");
        expect(gitlab.drift.allow_failure.exit_codes).to.equal(7);
        sandbox.hostile.add({ match: "GET *", mode: "403", times: 99 });
        await all(4, "THE REFRESH HAS FAILED");
      },
      { initialize: false },
    ),
  );
});
