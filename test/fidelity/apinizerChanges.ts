import { X509Certificate } from "node:crypto";
import { RIGHTS } from "../../sandbox/apinizer/store.js";
import type { Spec, World } from "../instrument/world.js";
import { inputsOf, of, without, type Kind, type Program } from "./program.js";
import type { Random } from "./random.js";

/** What changes at the gateways of an Apinizer project, and in programs about them. */

const CERTIFICATE = "apinizer.Certificate";
const JWK = "apinizer.Jwk";
const LATER = "later";
export const gateways = (program: Program): Spec[] => of(program, CERTIFICATE);
export const jwks = (program: Program): Spec[] => of(program, JWK);
const ofCertificate = inputsOf(CERTIFICATE);
const ofJwk = inputsOf(JWK);

const PROJECT = "partners";
const OTHER_PROJECT = "other";
export const ENVIRONMENTS = ["production", "staging", "sandbox"];
/** A certificate of the project that no program has. */
const FOREIGN = "foreign";

const some = (random: Random): string[] => {
  const chosen = ENVIRONMENTS.filter(() => random.chance(55));
  return chosen.length > 0 ? chosen : [random.pick(ENVIRONMENTS)];
};
const text = (random: Random): string => `t${random.int(1_000_000)}`;

/** What every run finds at the service. */
function prepare({ sandbox }: World): void {
  const { apinizer } = sandbox;
  for (const name of ENVIRONMENTS)
    if (!apinizer.environments().some((one) => one.name === name)) apinizer.addEnvironment(name);
  if (!apinizer.projects().includes(OTHER_PROJECT)) apinizer.addProject(OTHER_PROJECT);
}

/** Most keys are of one kind, so that most JWKs can follow a replacement. */
const newPem = (random: Random, { sandbox }: World): Promise<string> =>
  sandbox.apinizer.newPem(`gw${random.int(1_000_000)}`, random.chance(95) ? "ec" : "rsa");

/** The input that holds a PEM, of a resource or of the one whose output it is. */
function pemOf(program: Program, { args, later }: Spec): { args: Record<string, unknown>; field: string } {
  const source = program.resources.find(({ name }) => name === later?.pem);
  return source === undefined ? { args, field: "pem" } : { args: source.args, field: "value" };
}

/** Gives a resource inputs that are outputs of another one, which are not known while that is made or changed. */
function throughAnother(program: Program, one: Spec, field: string): void {
  const { [field]: value, ...others } = one.args;
  const name = `l${program.named++}`;
  program.resources.splice(program.resources.indexOf(one), 0, { kind: LATER, name, args: { value: value ?? null } });
  one.args = others;
  one.later = { ...one.later, [field]: name };
}

/** Picks a certificate of the program; false when there is none. */
const onCertificate =
  (change: (one: Spec, random: Random, program: Program, world: World) => void | Promise<void>): Kind["apply"] =>
  async (random, program, world) => {
    const all = gateways(program);
    if (all.length === 0) return false;
    await change(random.pick(all), random, program, world);
    return true;
  };

const nameOf = ({ args }: Spec): string => String(args.name);
const projectOf = ({ args }: Spec): string => String(args.project);

/** Whether the manager has the certificate of a resource. */
export const isThere = ({ sandbox }: World, one: Spec): boolean =>
  sandbox.apinizer.certificates(projectOf(one)).some(({ name }) => name === nameOf(one));

const PEOPLE: Readonly<Record<string, (one: Spec, random: Random, world: World) => void | Promise<void>>> = {
  delete: (one, _random, { sandbox }) => {
    sandbox.apinizer.deleteOutside(nameOf(one), projectOf(one));
  },
  undeploy: (one, random, { sandbox }) => {
    sandbox.apinizer.undeployOutside(nameOf(one), random.chance(50) ? undefined : some(random), projectOf(one));
  },
  replace: async (one, random, world) => {
    await world.sandbox.apinizer.addCertificateOutside({
      name: nameOf(one),
      project: projectOf(one),
      alias: random.chance(80) ? String(one.args.alias) : nameOf(one),
      environments: some(random),
      pem: await newPem(random, world),
    });
  },
  "list twice": async (one, random, world) => {
    const { apinizer } = world.sandbox;
    const { entries } = apinizer.certificate(nameOf(one), projectOf(one));
    const { environmentName } = random.pick(entries);
    apinizer.doubleEntry(
      nameOf(one),
      environmentName,
      random.chance(50) ? await newPem(random, world) : undefined,
      projectOf(one),
    );
  },
  describe: (one, random, { sandbox }) => {
    sandbox.apinizer.describeOutside(nameOf(one), text(random), projectOf(one));
  },
};

const FAULTS = ["drop-before", "drop-after", "500", "503", "429", "403", "html", "truncate", "empty"] as const;
const CALLS = [
  ...["POST", "PUT", "DELETE"].map((method) => `${method} /apiops/projects/${PROJECT}/certificates/*`),
  ...["POST", "PUT", "DELETE"].map((method) => `${method} /apiops/projects/${PROJECT}/jwks/*`),
];

export const APINIZER_CHANGES: readonly Kind[] = [
  {
    name: "add gateway",
    weight: 6,
    apply: async (random, program, world) => {
      if (gateways(program).length >= 4) return false;
      prepare(world);
      const name = `g${program.named++}`;
      // The first one has something to lose from the start.
      const isFirst = gateways(program).length === 0;
      const one: Spec = {
        kind: CERTIFICATE,
        name,
        args: {
          ...{ project: PROJECT, name, alias: name, environments: isFirst ? ENVIRONMENTS : some(random) },
          ...(isFirst || random.chance(75) ? { pem: await newPem(random, world) } : {}),
          ...(random.chance(30) ? { jwkUpdateAction: "NULLIFY" } : {}),
          ...(random.chance(30) ? { jwkUpdateScope: "ALL_PROJECTS" } : {}),
          ...(random.chance(30) ? { jwkDeleteAction: "DELETE", allowJwkDeletion: true } : {}),
          onDelete: random.chance(85) ? "delete" : "retain",
          whenUndeployUnknown: random.pick(["fail", "letGo"]),
        },
      };
      program.resources.push(one);
      if (random.chance(25)) throughAnother(program, one, "pem");
      return true;
    },
  },
  {
    name: "adopt gateway",
    weight: 1,
    apply: async (random, program, world) => {
      if (gateways(program).length >= 4) return false;
      prepare(world);
      const name = `g${program.named++}`;
      const pem = await newPem(random, world);
      const environments = some(random);
      await world.sandbox.apinizer.addCertificateOutside({ name, environments, pem });
      program.resources.push({
        kind: CERTIFICATE,
        name,
        args: {
          ...{ project: PROJECT, name, alias: name, adopt: true },
          ...{ environments, pem },
        },
      });
      return true;
    },
  },
  {
    name: "add JWK of a gateway",
    weight: 5,
    apply: async (random, program, world) => {
      if (jwks(program).length >= 4) return false;
      prepare(world);
      const name = `j${program.named++}`;
      const all = gateways(program);
      const common = { name, onDelete: random.chance(85) ? "delete" : "retain" };
      const fromIt = { environment: random.pick(ENVIRONMENTS), algorithm: "ES256" };
      if (all.length > 0 && random.chance(70)) {
        const source = random.pick(all);
        const environments = (source.args.environments ?? ENVIRONMENTS) as string[];
        const environment = random.pick(environments);
        program.resources.push({
          ...{ kind: JWK, name, args: { ...common, ...fromIt, environment } },
          later: { certificate: `${source.name}.self` },
        });
        return true;
      }
      const there = world.sandbox.apinizer.certificates(PROJECT);
      if (!there.some((one) => one.name === FOREIGN))
        await world.sandbox.apinizer.addCertificateOutside({ name: FOREIGN, pem: await newPem(random, world) });
      const certificateName = there.length > 0 && random.chance(60) ? random.pick(there).name : FOREIGN;
      program.resources.push({
        ...{ kind: JWK, name, args: { ...common, ...fromIt, project: PROJECT, certificateName } },
      });
      return true;
    },
  },
  {
    name: "add generated JWK",
    weight: 2,
    apply: (random, program, world) => {
      if (jwks(program).length >= 4) return false;
      prepare(world);
      const name = `j${program.named++}`;
      const kinds = [
        { generate: { type: "RSA", size: 2048 }, algorithm: "RS256" },
        { generate: { type: "EC", curve: "P-256", kid: name }, algorithm: "ES256" },
      ];
      program.resources.push({ kind: JWK, name, args: { project: PROJECT, name, ...random.pick(kinds) } });
      return true;
    },
  },
  {
    name: "adopt JWK",
    weight: 1,
    apply: async (random, program, world) => {
      if (jwks(program).length >= 4) return false;
      const { apinizer } = world.sandbox;
      const there = apinizer.certificates(PROJECT).filter(({ entries }) => entries.length > 0);
      if (there.length === 0) return false;
      const source = random.pick(there);
      const name = `j${program.named++}`;
      const { environmentName } = apinizer.addJwkOutside(name, source);
      const args = { project: PROJECT, name, certificateName: source.name, environment: environmentName };
      program.resources.push({ kind: JWK, name, args: { ...args, algorithm: "ES256", adopt: true } });
      return Promise.resolve(true);
    },
  },
  {
    name: "new PEM",
    weight: 10,
    apply: onCertificate(async (one, random, program, world) => {
      const { args, field } = pemOf(program, one);
      args[field] = await newPem(random, world);
    }),
  },
  {
    name: "PEM is not issued",
    weight: 1,
    apply: onCertificate((one, _random, program) => {
      const { args, field } = pemOf(program, one);
      if (field === "value") args[field] = null;
      else Reflect.deleteProperty(args, field);
    }),
  },
  {
    name: "PEM from another resource",
    weight: 1,
    apply: onCertificate((one, _random, program) => {
      if (one.later?.pem === undefined) throughAnother(program, one, "pem");
    }),
  },
  {
    name: "other environments",
    weight: 6,
    apply: onCertificate((one, random, program) => {
      const source = program.resources.find(({ name }) => name === one.later?.environments);
      if (source !== undefined) source.args.value = some(random);
      else {
        one.args.environments = some(random);
        if (random.chance(15)) throughAnother(program, one, "environments");
      }
    }),
  },
  ofCertificate("gateway's texts", 2, (args, random) => {
    if (random.chance(50)) args.description = text(random);
    else args.alias = text(random);
  }),
  ofCertificate("gateway's JWK actions", 4, (args, random) => {
    args.jwkUpdateAction = random.pick(["UPDATE", "NULLIFY"]);
    args.jwkUpdateScope = random.pick(["SAME_PROJECT", "ALL_PROJECTS"]);
    args.jwkDeleteAction = random.pick(["NULLIFY", "DELETE"]);
    args.allowJwkDeletion = args.jwkDeleteAction === "DELETE" ? true : random.chance(50);
  }),
  {
    name: "gateway's JWK action from another resource",
    weight: 1,
    apply: onCertificate((one, random, program) => {
      if (one.later?.jwkUpdateAction !== undefined) return;
      one.args.jwkUpdateAction = random.pick(["UPDATE", "NULLIFY"]);
      throughAnother(program, one, "jwkUpdateAction");
    }),
  },
  ofCertificate("gateway's end", 1, (args, random) => {
    args.onDelete = random.pick(["delete", "delete", "retain"]);
    args.whenUndeployUnknown = random.pick(["fail", "letGo"]);
    args.whenEndedOutside = random.pick(["fail", "replace"]);
  }),
  ofCertificate("gateway trigger", 4, (args, random) => {
    args.trigger = text(random);
  }),
  {
    name: "another gateway",
    weight: 2,
    apply: onCertificate((one, random, program) => {
      if (random.chance(30)) one.args.project = one.args.project === PROJECT ? OTHER_PROJECT : PROJECT;
      else one.args.name = `g${program.named++}`;
      // An alias is unique in an environment, and the old certificate goes after the new one has come.
      if (random.chance(85)) one.args.alias = `g${program.named++}`;
    }),
  },
  {
    name: "retain gateway on delete",
    weight: 1,
    apply: (random, program) => {
      const all = [...gateways(program), ...jwks(program)];
      if (all.length === 0) return false;
      const one = random.pick(all);
      one.opts = { ...one.opts, retainOnDelete: one.opts?.retainOnDelete !== true };
      return true;
    },
  },
  ofJwk("JWK's description", 2, (args, random) => {
    args.description = text(random);
  }),
  ofJwk("JWK trigger", 3, (args, random) => {
    args.trigger = text(random);
  }),
  ofJwk("JWK's source", 1, (args, random) => {
    if (args.generate === undefined) args.environment = random.pick(ENVIRONMENTS);
    else Object.assign(args, { generate: { type: "EC", curve: "P-256", kid: text(random) }, algorithm: "ES256" });
  }),
  {
    // Faults that only a person can mend would make every later run fail.
    name: "mend the gateway",
    weight: 8,
    apply: (_random, program, { sandbox }) => {
      const { apinizer } = sandbox;
      const open = jwks(program).flatMap((one) => {
        const { args, later } = one;
        const gateway = program.resources.find(({ name }) => later?.certificate === `${name}.self`);
        const [project, name] =
          gateway === undefined ? [PROJECT, args.certificateName] : [projectOf(gateway), nameOf(gateway)];
        const entry = apinizer.certificates(project).find((each) => each.name === name)?.entries[0];
        const made = apinizer.jwks(project).some((each) => each.name === args.name);
        return entry === undefined || made ? [] : [{ args, entry }];
      });
      sandbox.hostile.clear();
      apinizer.setRights(RIGHTS, "admin");
      for (const { name } of apinizer.workers()) apinizer.reachable(name);
      const there = [...apinizer.certificates(), ...apinizer.jwks()].map(({ name }) => name);
      for (const { args } of [...gateways(program), ...jwks(program)])
        if (!there.includes(String(args.name))) Reflect.deleteProperty(args, "adopt");
      for (const { args, entry } of open) {
        const { asymmetricKeyType } = new X509Certificate(Buffer.from(entry.der, "base64")).publicKey;
        Object.assign(args, {
          environment: entry.environmentName,
          algorithm: asymmetricKeyType === "rsa" ? "RS256" : "ES256",
        });
      }
      return true;
    },
  },
  {
    name: "another JWK",
    weight: 1,
    apply: (random, program) => {
      const all = jwks(program);
      if (all.length === 0) return false;
      random.pick(all).args.name = `j${program.named++}`;
      return true;
    },
  },
  {
    name: "people at the gateway",
    weight: 8,
    apply: async (random, program, world) => {
      const there = gateways(program).filter((one) => isThere(world, one));
      if (there.length === 0) return false;
      await PEOPLE[random.pick(Object.keys(PEOPLE))]?.(random.pick(there), random, world);
      return true;
    },
  },
  {
    // What workers hold that could not be reached then has no record any more.
    name: "gateway deleted while an environment was cut off",
    weight: 3,
    apply: (random, program, world) => {
      const there = gateways(program).filter((one) => isThere(world, one));
      if (there.length === 0) return false;
      const { apinizer } = world.sandbox;
      const one = random.pick(there);
      const { entries } = apinizer.certificate(nameOf(one), projectOf(one));
      const { environmentName } = random.pick(entries);
      apinizer.unreachable(environmentName);
      apinizer.deleteOutside(nameOf(one), projectOf(one));
      apinizer.reachable(environmentName);
      if (random.chance(60)) without(program, one);
      else one.args.trigger = text(random);
      return true;
    },
  },
  {
    name: "people at a JWK",
    weight: 3,
    apply: (random, _program, { sandbox }) => {
      const { apinizer } = sandbox;
      const all = apinizer.jwks(PROJECT);
      if (all.length === 0) return false;
      const { name } = random.pick(all);
      if (random.chance(50)) apinizer.deleteJwkOutside(name);
      else apinizer.describeJwkOutside(name, text(random));
      return true;
    },
  },
  {
    name: "workers",
    weight: 5,
    apply: (random, _program, world) => {
      prepare(world);
      const { apinizer } = world.sandbox;
      const cut = apinizer.workers().filter(({ reachable }) => !reachable);
      if (cut.length > 0 && random.chance(80)) for (const { name } of cut) apinizer.reachable(name);
      else if (random.chance(60)) apinizer.unreachable(random.pick(ENVIRONMENTS));
      else apinizer.unreachable(random.pick(apinizer.workers()).name);
      return true;
    },
  },
  {
    name: "rights at the gateway",
    weight: 2,
    apply: (random, _program, { sandbox }) => {
      sandbox.apinizer.setRights(random.chance(50) ? [] : RIGHTS, "admin");
      return true;
    },
  },
  {
    name: "fault at the gateway",
    weight: 4,
    apply: (random, _program, { sandbox }) => {
      sandbox.hostile.clear();
      if (random.chance(25)) return true;
      sandbox.hostile.add({
        match: random.pick(CALLS),
        mode: random.pick(FAULTS),
        executed: random.chance(50),
        times: 1 + random.int(2),
        retryAfter: "0",
      });
      return true;
    },
  },
  {
    name: "habits of the gateway's manager",
    weight: 2,
    apply: (random, _program, { sandbox: { variants } }) => {
      variants.apUpdateEntries = random.pick(["replaced", "replaced", "appended"]);
      variants.apUpdateId = random.pick(["kept", "new"]);
      variants.apDropped = random.pick(["shown", "silent", "kept"]);
      variants.apFailedUpdate = random.pick(["stored", "rolled-back"]);
      variants.apDeleteOrder = random.pick(["deletion-first", "undeployment-first"]);
      variants.apDeploymentShape = random.pick(["D1", "D2", "D3", "D3-pods", "D4", "D5", "null"]);
      variants.apFailedList = random.pick(["full", "empty", "missing"]);
      variants.apListContent = random.pick(["present", "missing"]);
      variants.apNotFound = random.pick(["400", "404", "404-empty"]);
      variants.apNoDeployRight = random.pick(["refused", "saved"]);
      return true;
    },
  },
];
