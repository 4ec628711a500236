import * as pulumi from "@pulumi/pulumi";
import { KINDS, type Kind } from "../provider/dynamic/kinds.js";
import { inventoryOf } from "./inventory.js";
import { plainPromise, withoutPem } from "./outputs.js";
import { stateOf } from "./stateOf.js";
import type { Use } from "../provider/core/lifecycle.js";
import { ClmResource, kindOfResource, originOf } from "./resource.js";

/** Inputs of `Retirement`. None is secret. */
export interface RetirementArgs {
  /** The certificate whose previous ones are ended: a resource of this package with the output `previous`. */
  of: ClmResource;
  /**
   * What must be done first in a run: everything that has to use the new certificate before the old one ends. A certificate
   * of a gateway among it is looked at besides: nothing ends that it still has in use, or while one of its environments
   * is not known to have what it should.
   */
  after?: readonly pulumi.Resource[];
  /** UTC days between the replacement of a certificate and its end. Default 0: in the run that replaces it. */
  delayDays?: pulumi.Input<number>;
  /**
   * Thumbprint of the certificate in charge that the partner has accepted, or id of the ACME credential that clients use;
   * nothing is ended while it names another.
   */
  accepted?: pulumi.Input<string>;
}

/**
 * Ends the previous certificates of a resource, in its system's own way, once they are due: after everything in `after`
 * is done, `delayDays` after each was replaced, and only while the one in charge is in use. Each end is named by `pulumi
 * preview` first; what is due later is shown with its day. Removing a retirement ends nothing.
 *
 * @example
 * const certificate = new ecgrid.Certificate("partner-a", { commId: 5001, overlapDays: 30 });
 * new Retirement("partner-a-old", { of: certificate, delayDays: 14 });
 */
export class Retirement extends ClmResource {
  constructor(
    name: string,
    { of, after = [], delayDays, accepted }: RetirementArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const { kind, provider } = originOf(of);
    const first = withChildren(after);
    super(
      KINDS.Retirement,
      name,
      {
        of: { urn: of.urn, type: kind.type, id: of.id, state: stateOf(of, kind) },
        delayDays,
        accepted,
        __before: before(of),
        __after: usesOf(first),
        __inUse: inUse(of, kind, first),
        __type: kind.type,
      },
      {
        ...(provider === undefined ? {} : { provider }),
        ...opts,
        dependsOn: pulumi.output(opts?.dependsOn ?? []).apply((more) => [...[more].flat(), of, ...after]),
      },
    );
  }
}

/** What the resources that come first have in use; unknown while this run changes one of them. */
function usesOf(first: readonly pulumi.Resource[]): pulumi.Output<object[]> | undefined {
  const stated = first.flatMap((resource) => {
    const kind = kindOfResource(resource);
    return kind === undefined
      ? []
      : [
          pulumi
            .all([plainPromise(resource.urn), stateOf(resource, kind)])
            .apply(([urn, outputs]) => useOf(kind, urn, kind.stateFrom(outputs))),
        ];
  });
  return stated.length === 0 ? undefined : pulumi.all(stated).apply((all) => all.filter((use) => use !== undefined));
}

function useOf(kind: Kind, urn: string, state: object | undefined): (Use & { readonly urn: string }) | undefined {
  const use = state === undefined ? undefined : kind.uses(state);
  return use === undefined ? undefined : { urn, ...use };
}

/** Who had the subject's certificates in use at the last state, whatever becomes of it in this run. */
async function inUse(
  of: pulumi.Resource,
  kind: Kind,
  first: readonly pulumi.Resource[],
): Promise<object[] | undefined> {
  const held = await inventoryOf()?.before;
  const subject = held?.get(await plainPromise(of.urn))?.state;
  if (held === undefined || subject === undefined) return undefined;
  const own = kind.thumbprints(subject);
  const comesFirst = new Set(await Promise.all(first.map(({ urn }) => plainPromise(urn))));
  const uses = [...held].flatMap(([urn, one]) => {
    const { unsettled, ...use } = useOf(one.kind, urn, one.state) ?? {};
    return "thumbprints" in use && use.thumbprints.some((print) => own.includes(print))
      ? [{ ...use, after: comesFirst.has(urn) }]
      : [];
  });
  return uses.length === 0 ? undefined : uses;
}

/** Resources and what stands in them: a component has nothing in use itself. */
function withChildren(resources: readonly pulumi.Resource[]): pulumi.Resource[] {
  return resources.flatMap((resource) => [
    resource,
    ...withChildren([...((resource as unknown as Parent).__childResources ?? [])]),
  ]);
}

/** What the SDK's type files leave out of `Resource`; held by an engine test. */
interface Parent {
  readonly __childResources?: ReadonlySet<pulumi.Resource>;
}

/** The subject as the last state has it: what a preview can name while this run changes it. */
async function before(of: pulumi.Resource): Promise<unknown> {
  const held = await inventoryOf()?.before;
  return withoutPem(held?.get(await plainPromise(of.urn))?.state);
}
