import { assert } from './assert.ts';

/** A bounded queue that drops its oldest entry when full, and says how many it dropped. */
export class Ring<T> {
  readonly capacity: number;
  readonly #slots: (T | undefined)[];
  #head = 0;
  #length = 0;
  #dropped = 0;

  constructor(capacity: number) {
    assert(Number.isInteger(capacity) && capacity > 0, `capacity is ${capacity}`);
    this.capacity = capacity;
    this.#slots = new Array<T | undefined>(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** How many entries were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Appends; returns the entry that had to go, if any. */
  push(value: T): T | undefined {
    let lost: T | undefined;
    if (this.#length === this.capacity) {
      lost = this.shift();
      this.#dropped++;
    }
    this.#slots[(this.#head + this.#length) % this.capacity] = value;
    this.#length++;
    return lost;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.capacity;
    this.#length--;
    return value;
  }

  /** Oldest first, without taking anything out. */
  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.#length; index++) {
      yield this.#slots[(this.#head + index) % this.capacity] as T;
    }
  }
}
