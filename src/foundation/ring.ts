// The newest `capacity` values, oldest first; older ones are forgotten.

export class Ring<T> {
  readonly #values: T[] = [];
  #start = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError('capacity must be a positive integer');
    this.capacity = capacity;
  }

  get length(): number {
    return this.#values.length;
  }

  push(value: T): void {
    if (this.#values.length < this.capacity) {
      this.#values.push(value);
      return;
    }
    this.#values[this.#start] = value;
    this.#start = (this.#start + 1) % this.capacity;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.#values.length; i++)
      yield this.#values[(this.#start + i) % this.#values.length] as T;
  }
}
