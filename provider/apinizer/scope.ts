/** Where certificates can be mistaken for each other: nowhere, a name is unique in its project (apinizer.md 2.0). */
export const scopeOf = (project: string): string => `project ${encodeURIComponent(project)}`;

/** How other resources and the run name a certificate. */
export const holding = (project: string, name: string): string =>
  `${scopeOf(project)} certificate ${encodeURIComponent(name)}`;
