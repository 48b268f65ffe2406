// Work in turn: a trustee who brings the next paper while one is still being read loses neither, and they count in the order of bringing.

/** One piece of work after the other. */
export class Turns {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #waiting = 0;

  /** Whether something is being done or waits. */
  get busy() {
    return this.#waiting > 0;
  }

  /** Does the work after all that came before it, whatever became of that; answers or throws as the work does. */
  take(work) {
    this.#waiting += 1;
    const turn = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when all that was brought so far is done. */
  async settled() {
    await this.#last;
  }
}

/**
 * Reads papers, `[{ name, text() }]`, in their order. One that is none, or contradicts another, keeps none of the others back: each refusal is told
 * by itself.
 */
export async function readAll(papers, brought, refuse) {
  for (const { name, text } of brought) {
    try {
      papers.add(await text(), name);
    } catch (error) {
      refuse(error);
    }
  }
}
