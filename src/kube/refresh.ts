/** Those who want a list that begins after they asked, so that it holds all that was written before. */
export class Refreshes {
  #asking: PromiseWithResolvers<void>[] = [];
  /** Their list has begun. */
  #served: PromiseWithResolvers<void>[] = [];

  get areAsked(): boolean {
    return this.#asking.length > 0;
  }

  ask(): Promise<void> {
    const asking = Promise.withResolvers<void>();
    this.#asking.push(asking);
    return asking.promise;
  }

  listBegins(): void {
    this.#served.push(...this.#asking.splice(0));
  }

  listIsThere(): void {
    for (const { resolve } of this.#served.splice(0)) resolve();
  }

  fail(reason: unknown): void {
    this.listBegins();
    for (const { reject } of this.#served.splice(0)) reject(reason);
  }
}
