/** The sandbox's clock: the system's, moved by an offset, or frozen at a time that a test chose. */
export class SandboxClock {
  #frozen: Date | undefined;
  #offset = 0;

  constructor(now?: string) {
    if (now !== undefined) this.set(now);
  }

  now(): Date {
    return this.#frozen === undefined ? new Date(Date.now() + this.#offset) : new Date(this.#frozen);
  }

  /** Freezes the clock at a time. */
  set(iso: string): void {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) throw new Error(`"${iso}" is not a time. Allowed: ISO 8601.`);
    this.#frozen = at;
  }

  advance(by: { days?: number; hours?: number; seconds?: number }): void {
    const milliseconds = (((by.days ?? 0) * 24 + (by.hours ?? 0)) * 3600 + (by.seconds ?? 0)) * 1000;
    if (this.#frozen === undefined) this.#offset += milliseconds;
    else this.#frozen = new Date(this.#frozen.getTime() + milliseconds);
  }
}
