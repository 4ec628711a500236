/**
 * Reads shared by all resources of a process: a refresh of many certificates on one comm asks once. Only `read` uses
 * this; a step that changes something always reads afresh. Any mutation forgets everything.
 */
export class CoalescedReads {
  readonly #reads = new Map<string, Promise<unknown>>();

  get<T>(key: string, load: () => Promise<T>): Promise<T> {
    const pending = this.#reads.get(key) as Promise<T> | undefined;
    if (pending !== undefined) return pending;
    const loading = load();
    this.#reads.set(key, loading);
    // A failed read is not remembered: the next resource may ask again.
    loading.catch(() => {
      if (this.#reads.get(key) === loading) this.#reads.delete(key);
    });
    return loading;
  }

  forget(): void {
    this.#reads.clear();
  }
}
