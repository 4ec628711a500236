/** So many at a time: each may wait for room in the limit of its key. */
const WIDTH = 16;

/** Does something with each of many, in their order. The first failure ends it: no further one is begun. */
export async function atOnce<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const at = next++;
      try {
        done[at] = await work(all[at] as From);
      } catch (error) {
        next = all.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, all.length) }, worker));
  return done;
}
