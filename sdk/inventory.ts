import * as pulumi from "@pulumi/pulumi";
import { providerText, type Kind } from "../provider/dynamic/kinds.js";
import { INVENTORY_TYPE as TYPE } from "./inventoryType.js";
import { recordsOptions } from "./options.js";
import { isSecret, settledValue, withoutPem } from "./outputs.js";
import { policyBefore, policyOfStack } from "./policy.js";
import { stateBefore, type HeldBefore } from "./stateBefore.js";

/**
 * The inventory of a stack: registered at the end of the program, without the user's doing, so that a plain preview
 * names what a removal ends. How and when: inventory.md "Registration" and rules 1-5, 11, 12.
 */

const PROVIDER = providerText("Inventory");

/** A resource that the program has made. */
export interface Member {
  readonly resource: pulumi.CustomResource;
  readonly kind: Kind;
  /** Name of its explicit provider instance. */
  readonly instance: string | undefined;
  readonly retained: boolean;
  readonly deletedWith: pulumi.Input<pulumi.Resource> | undefined;
}

/** The registered resource. Programs do not construct it. */
class InventoryResource extends pulumi.CustomResource {
  constructor(
    inputs: object,
    before: Promise<HeldBefore | undefined>,
    stack: pulumi.Resource,
    dependsOn: pulumi.Resource[],
  ) {
    const urn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${TYPE}::inventory`;
    super(
      TYPE,
      "inventory",
      {
        ...inputs,
        ...{ __provider: PROVIDER, __policy: policyOfStack(), __policyBefore: policyBefore(before), __urn: urn },
      },
      { parent: stack, dependsOn },
    );
  }
}

/** Collects the resources of one stack until the program has ended. */
export class Inventory {
  /** The stack's resources of ours at the last state, by URN; undefined where the engine does not tell. */
  readonly before: Promise<HeldBefore | undefined>;
  readonly #members = new Set<Member>();
  readonly #others = new Set<pulumi.Resource>();
  readonly #stack: pulumi.Resource;
  /** Started by the CLI's own runner, which ends with the process; otherwise an inline program of the Automation API. */
  readonly #cli: boolean;
  readonly #works: Promise<unknown>[] = [];
  #closed = false;
  #failed = false;
  /** Why nothing is ended, whatever the program has made. */
  #refused: string | undefined;

  constructor(stack: pulumi.Resource & { readonly outputs: pulumi.Output<unknown> }) {
    this.#stack = stack;
    this.#cli = process.env.PULUMI_NODEJS_MONITOR !== undefined && inlineStore() === undefined;
    this.before = stateBefore();
    pulumi.runtime.registerStackTransformation(recordsOptions);
    const program = settledProgram(stack.outputs).then((ok) => {
      this.#failed = !ok;
    });
    if (this.#cli) this.#closeBeforeExit();
    else this.#closeWhenQuiet(program);
  }

  /** To be called before a resource is registered: the engine would make it. @throws Error once the program has ended. */
  refuseLate(): void {
    if (this.#closed) {
      throw new Error(
        "A resource of pulumi-clm was constructed after the program had ended, so the preview could not name it. Construct it while the program runs, and await what it waits for.",
      );
    }
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  /** URNs of what the program has made so far. */
  async made(): Promise<ReadonlySet<string>> {
    const urns = await Promise.all([...this.#members].map(({ resource }) => settledValue(resource.urn)));
    return new Set(urns.filter((urn) => urn !== undefined));
  }

  /** Work that makes resources after the program has ended: it belongs to the program, and nothing is ended where it fails. */
  during(work: Promise<unknown>): void {
    // A rejection that nobody handles is what fails a program of the CLI; inline it would be its caller's.
    if (this.#cli) void work.then(() => undefined);
    this.#works.push(
      work.catch((error: unknown) => {
        this.#refused = error instanceof Error ? error.message : String(error);
      }),
    );
  }

  #closeBeforeExit(): void {
    process.once("beforeExit", () => {
      this.#close().catch((error: unknown) => pulumi.log.error(String(error)));
    });
    process.once("exit", (code) => {
      // process.exit() in the program skips beforeExit, and the run would succeed without naming what it deletes.
      if (this.#closed || code !== 0) return;
      process.stderr.write(
        "pulumi-clm: the program called process.exit before it had ended, so what would be deleted could not be named. Let the program end by itself.\n",
      );
      process.exitCode = 1;
    });
  }

  #closeWhenQuiet(program: Promise<void>): void {
    const release = pulumi.runtime.rpcKeepAlive(); // the engine takes the end of an inline program for its signal
    pulumi.runtime.registerStackTransformation(({ resource }) => {
      this.#others.add(resource);
      return undefined;
    });
    const quiet = async (): Promise<void> => {
      await program;
      await Promise.all(this.#works);
      for (let seen = -1; seen !== this.#others.size;) {
        seen = this.#others.size;
        await Promise.all([...this.#others].map((resource) => settledValue(resource.urn)));
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    quiet()
      .then(() => this.#close())
      .catch((error: unknown) => pulumi.log.error(String(error)))
      .finally(release);
  }

  async #close(): Promise<void> {
    this.#closed = true;
    // The run fails by itself, and the list that is stored stays (inventory.md rule 2).
    if (this.#failed || (this.#cli && (this.#refused !== undefined || pulumi.log.hasErrors()))) return;
    const before = await this.before;
    if (this.#members.size === 0 && before?.size === 0 && !before.hasInventory) return;
    const entries: Record<string, unknown> = {};
    for (const member of this.#members) {
      const urn = await settledValue(member.resource.urn);
      if (urn === undefined) return; // its registration failed, and so does the run
      entries[urn] = await describe(member);
    }
    new InventoryResource(
      {
        entries,
        before: before?.asInput(),
        // Inline, Pulumi would delete first and report the program's error later: `check` refuses (inventory.md F9).
        refuse: this.#refused ?? (pulumi.log.hasErrors() ? "the program failed, so nothing is deleted" : undefined),
      },
      this.before,
      this.#stack,
      [...this.#members].map(({ resource }) => resource),
    );
  }
}

/** A member as plain values: nested outputs would make the whole list unknown at once (inventory.md rule 5). */
async function describe({ resource, kind, instance, retained, deletedWith }: Member): Promise<Record<string, unknown>> {
  const outputs = resource as unknown as Record<string, pulumi.Output<unknown> | undefined>;
  const values = await Promise.all(
    kind.fields.map(async (field) => {
      const output = outputs[field];
      return [field, output === undefined ? undefined : await settledValue(output)] as const;
    }),
  );
  const state = kind.stateFrom(Object.fromEntries(values));
  const secrets = new Set<string>();
  for (const field of kind.fields) {
    const output = outputs[field];
    if (output !== undefined && (await isSecret(output))) secrets.add(field);
  }
  return {
    type: kind.type,
    id: await settledValue(resource.id),
    ...(state === undefined ? {} : { state: markedAs(secrets, withoutPem(state) as object) }),
    ...(instance === undefined ? {} : { instance }),
    ...(retained ? { retained } : {}),
    ...(deletedWith === undefined
      ? {}
      : { deletedWith: await settledValue(pulumi.output(deletedWith).apply((one) => one.urn)) }),
  };
}

/** What a program has marked as secret is encrypted in this copy, too. */
const markedAs = (secrets: ReadonlySet<string>, state: object): object =>
  Object.fromEntries(
    Object.entries(state).map(([field, value]: [string, unknown]) => [
      field,
      secrets.has(field) ? pulumi.secret(value) : value,
    ]),
  );

async function settledProgram(outputs: pulumi.Output<unknown>): Promise<boolean> {
  try {
    await (outputs as unknown as { promise(): Promise<unknown> }).promise();
    return true;
  } catch {
    return false; // reported by Pulumi itself
  }
}

/** Set by the Automation API around an inline program (inventory.md "Registration"); held by the contract test. */
const inlineStore = (): unknown =>
  (globalThis as { asyncLocalStorage?: { getStore(): unknown } }).asyncLocalStorage?.getStore();

/** One inventory a stack, shared by all copies of this package in a process. */
const inventories = ((globalThis as Record<symbol, unknown>)[Symbol.for("pulumi-clm.inventory/1")] ??=
  new WeakMap()) as WeakMap<pulumi.Resource, Inventory>;

/** The inventory of the stack that is running; undefined in unit tests without a stack. */
export function inventoryOf(): Inventory | undefined {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined) return undefined;
  const known = inventories.get(stack);
  if (known !== undefined) return known;
  const made = new Inventory(stack);
  inventories.set(stack, made);
  return made;
}

/**
 * Inline programs of the Automation API call this once, first of all inside the program, so that the inventory exists even when the
 * program makes no resource any more; programs run by the CLI need not, importing the package is enough.
 */
export function inventory(): void {
  inventoryOf();
}

// A program from which the last certificate was removed only imports the package: its inventory must speak, too.
inventoryOf();
