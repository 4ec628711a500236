import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readApprovals } from "../../provider/core/approvals.js";
import { APPROVAL_LEVELS, demandsApproval, type ApprovalLevel, type Severity } from "../../provider/core/policy.js";
import { clm, configure } from "../instrument/clm.js";
import type { Ran } from "../instrument/project.js";
import { fits, type Said } from "../instrument/transcript.js";
import type { World } from "../instrument/world.js";
import type { Random } from "./random.js";
import { severityMade, severityShown, severityWhenItDestroys } from "./severity.js";

/** What a transition is allowed to destroy, and whether that was kept: approvals and the ceiling. */

const PREVIEW = "preview.json";
const APPROVALS = "approvals.json";
/** As long as approvals can hold. */
const VALID_DAYS = 7;
/** Above what random programs destroy in one run. */
const NO_CEILING = "1000";

/** What a transition goes on with. */
export type Given = "the whole file" | "no file" | "a file without one call" | "an expired file";

export interface Permission {
  /** In words. */
  readonly how: string;
  /** What needs an approval. */
  readonly demands: (severity: Severity | undefined) => boolean;
  /** Labels that are approved. */
  readonly approved: readonly string[];
  /** Whether everything that was shown is approved. */
  readonly whole: boolean;
  /** Whether nothing at all may be destroyed. */
  readonly ceiling: boolean;
  /** Why a preview that went well could not be approved. */
  readonly unapprovable: string | undefined;
}

/** The policy of one run's stack, and what its transitions are given. */
export class Permissions {
  readonly level: ApprovalLevel;
  readonly #world: World;
  #refused = false;
  #ceiling = false;

  /** How often something is withheld, in percent: where it is looked for, more often. */
  readonly #withholding: number;

  /** @param level what the stack demands; drawn unless told. */
  constructor(random: Random, world: World, level?: ApprovalLevel) {
    this.#world = world;
    this.#withholding = level === undefined ? 18 : 60;
    this.level = level ?? random.pick([...APPROVAL_LEVELS, "off"]);
    if (this.level !== "off") configure(world, { "clm:approvals": this.level });
    world.project.environment.CLM_MAX_DESTRUCTIVE = NO_CEILING;
  }

  get demanded(): boolean {
    return this.level !== "off";
  }

  /** Before a preview: sometimes nothing may be destroyed. */
  begin(random: Random): void {
    this.#ceiling = !this.#refused && random.chance(this.#withholding / 3);
    this.#world.project.environment.CLM_MAX_DESTRUCTIVE = this.#ceiling ? "0" : NO_CEILING;
  }

  /**
   * After a preview: writes the approvals of it, or fewer.
   *
   * @param json the same preview as JSON; needed where approvals are demanded.
   * @param days that will pass before the run.
   */
  async give(random: Random, json: Ran | undefined, command: "preview" | "destroy", days = 0): Promise<Permission> {
    const { project } = this.#world;
    delete project.environment.CLM_APPROVALS;
    const demands = (severity: Severity | undefined): boolean =>
      demandsApproval(severity, { approvals: this.level, maxDestructive: 0 });
    const nothing = { demands, approved: [], whole: !this.demanded, ceiling: this.#ceiling, unapprovable: undefined };
    const how = this.#ceiling ? ["ceiling 0"] : [];
    if (!this.demanded) return { ...nothing, how: how.join() };
    const wanted: Given =
      days > VALID_DAYS
        ? "an expired file"
        : this.#refused || !random.chance(this.#withholding)
          ? "the whole file"
          : random.pick(["no file", "a file without one call"]);
    const written = wanted === "no file" ? undefined : await this.#write(json, command);
    const withheld =
      wanted === "a file without one call" && written === undefined ? this.#withhold(random, demands) : undefined;
    const given =
      written === undefined || wanted !== "a file without one call" || withheld !== undefined
        ? wanted
        : "the whole file";
    const said = `${this.level}: ${written ?? given}${withheld === undefined ? "" : ` (${withheld})`}`;
    const approved = written === undefined && wanted !== "no file" && given !== "an expired file" ? this.#labels() : [];
    return {
      ...nothing,
      how: [...how, said].join(", "),
      approved,
      whole: written === undefined && given === "the whole file",
      unapprovable: json?.code === 0 ? written : undefined,
    };
  }

  /** Has `clm review` approve a preview. @returns why it has not, or undefined. */
  async #write(json: Ran | undefined, command: "preview" | "destroy"): Promise<string | undefined> {
    const { project } = this.#world;
    rmSync(this.#file, { force: true });
    project.write(PREVIEW, json?.stdout ?? "");
    const ran = await clm(
      this.#world,
      ...["review", PREVIEW, ...(command === "destroy" ? ["--destroy"] : [])],
      ...["--approve", APPROVALS, "--valid-hours", String(VALID_DAYS * 24)],
    );
    if (ran.code !== 0) return `clm review approves nothing (${ran.stderr.trim().split("\n").at(-1) ?? ran.code})`;
    project.environment.CLM_APPROVALS = APPROVALS;
    return undefined;
  }

  get #file(): string {
    return join(this.#world.project.folder, "project", APPROVALS);
  }

  #labels(): string[] {
    return readApprovals(readFileSync(this.#file, "utf8"), APPROVALS).approvals.map(({ operation }) => operation);
  }

  /** Takes a call out of the file that needs an approval; undefined when there is none. */
  #withhold(random: Random, demands: Permission["demands"]): string | undefined {
    const file = readApprovals(readFileSync(this.#file, "utf8"), APPROVALS);
    const some = file.approvals.filter(({ operation }) => demands(severityWhenItDestroys(operation)));
    if (some.length === 0) return undefined;
    const { operation } = random.pick(some);
    const approvals = file.approvals.filter((one) => !fits(one.operation, operation));
    writeFileSync(this.#file, JSON.stringify({ ...file, approvals }));
    return operation;
  }

  /** What a transition has done against its permission; empty when nothing. */
  judge(permission: Permission, said: readonly Said[], made: readonly string[], applied: Ran): string[] {
    const { demands, approved, whole, ceiling } = permission;
    const isApproved = (operation: string): boolean => approved.some((one) => fits(one, operation));
    const missing = said.filter((one) => demands(severityShown(one)) && !isApproved(one.shown.operation));
    const refusals = applied.text.split("\n").filter((line) => line.includes("approvals are demanded ("));
    this.#refused = !whole && refusals.length > 0;
    const unapproved = made.filter((one) => demands(severityMade(one, said)) && !isApproved(one));
    const deletions = said.filter(({ shown }) => shown.resource === undefined || shown.resource === INVENTORY);
    const deleted = made.filter((one) => deletions.some(({ shown }) => fits(shown.operation, one)));
    const destroyed = made.filter((one) => severityMade(one, said) !== undefined);
    const ends = said.some((one) => one.shown.certain && severityShown(one) !== undefined);
    return [
      ...(whole ? refusals.map((line) => `refused, though all of it is approved: ${line.trim()}`) : []),
      ...(whole ? [] : unapproved.map((one) => `made without an approval: ${one}`)),
      ...(missing.length > 0 && !whole ? deleted.map((one) => `deleted, though an approval is missing: ${one}`) : []),
      ...(missing.some(({ shown }) => shown.certain) && !whole && applied.code === 0
        ? ["ended well, though an approval is missing"]
        : []),
      ...(ceiling ? destroyed.map((one) => `destroyed above the ceiling: ${one}`) : []),
      ...(ceiling && ends && applied.code === 0 ? ["ended well above the ceiling"] : []),
    ];
  }
}

const INVENTORY = "inventory";
