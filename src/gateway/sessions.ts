// Who is there. A browser signs in with a token that works once, and gets a cookie; both are 32 random
// bytes. The store keeps only hashes of cookies, so a copied database signs nobody in.

import { createHash, randomBytes } from 'node:crypto';
import type { Migration, Store, Unsubscribe } from '../foundation/index.ts';

export const sessionMigration: Migration = {
  room: 'session',
  steps: [
    'CREATE TABLE session (hash TEXT PRIMARY KEY, created INTEGER NOT NULL, seen INTEGER NOT NULL) STRICT',
  ],
};

export const loginLifeMs = 10 * 60_000;
const idleLifeMs = 14 * 24 * 3_600_000;
const seenStepMs = 60_000;
const maxOpenLogins = 100;

export class Sessions {
  readonly #logins = new Map<string, number>();
  /** What each session has open, by what ends it. */
  readonly #open = new Map<string, Set<() => void>>();
  readonly #find;
  readonly #insert;
  readonly #touch;
  readonly #remove;
  readonly #expire;
  readonly #now: () => number;

  constructor({ database }: Store, now: () => number = Date.now) {
    this.#now = now;
    this.#find = database.prepare('SELECT seen FROM session WHERE hash = ?');
    this.#insert = database.prepare('INSERT INTO session (hash, created, seen) VALUES (?, ?, ?)');
    this.#touch = database.prepare('UPDATE session SET seen = ? WHERE hash = ?');
    this.#remove = database.prepare('DELETE FROM session WHERE hash = ?');
    this.#expire = database.prepare('DELETE FROM session WHERE seen < ?');
  }

  /** A new one-time token, good for `loginLifeMs`. */
  offerLogin(): string {
    for (const [token, expires] of this.#logins)
      if (expires <= this.#now()) this.#logins.delete(token);
    const oldest = this.#logins.keys().next();
    if (this.#logins.size >= maxOpenLogins && !oldest.done) this.#logins.delete(oldest.value);
    const token = randomBytes(32).toString('base64url');
    this.#logins.set(hash(token), this.#now() + loginLifeMs);
    return token;
  }

  /**
   * Trades a one-time token for a session's cookie value; undefined when the token is no good. What the
   * store throws is thrown, and the token is then still good.
   */
  signIn(token: string): string | undefined {
    const key = hash(token);
    const expires = this.#logins.get(key);
    if (expires === undefined || expires <= this.#now()) return undefined;
    const cookie = randomBytes(32).toString('base64url');
    this.#expire.run(this.#now() - idleLifeMs);
    this.#insert.run(hash(cookie), this.#now(), this.#now());
    this.#logins.delete(key); // not before: a full disk does not use the token up
    return cookie;
  }

  /** Whether this cookie is of a live session. */
  isSignedIn(cookie: string | undefined): boolean {
    if (cookie === undefined) return false;
    const key = hash(cookie);
    const row = this.#find.get(key);
    const seen = row === undefined ? 0 : Number(row.seen);
    if (seen < this.#now() - idleLifeMs) return false;
    if (seen < this.#now() - seenStepMs) this.#keepAlive(key);
    return true;
  }

  /** Calls `end` when the session of this cookie is signed out. */
  whenSignedOut(cookie: string, end: () => void): Unsubscribe {
    const key = hash(cookie);
    const open = this.#open.get(key) ?? new Set();
    this.#open.set(key, open.add(end));
    return () => {
      open.delete(end);
      if (open.size === 0 && this.#open.get(key) === open) this.#open.delete(key);
    };
  }

  /** Ends the session and what it has open. */
  signOut(cookie: string): void {
    const key = hash(cookie);
    for (const end of [...(this.#open.get(key) ?? [])]) end();
    this.#remove.run(key);
  }

  #keepAlive(key: string): void {
    try {
      this.#touch.run(this.#now(), key);
    } catch {
      // A full disk: the session is as good as before, and its next request tries again.
    }
  }
}

/** What a session is called among viewers of a guest. A framer may know it: it signs nobody in. */
export function partyOf(cookie: string): string {
  return hash(`viewers of ${cookie}`).slice(0, 32);
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
