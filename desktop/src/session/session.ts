// Who is signed in, and how that began and ends.

import { type Accessor, createSignal } from 'solid-js';
import { closeSession, getSession, openSession, type SessionAnswer } from '../api/client.ts';
import { tokenInFragment } from './token.ts';

export type Session =
  | { readonly state: 'checking' }
  | (SessionAnswer & { readonly expired?: boolean });

export type SessionModel = {
  readonly session: Accessor<Session>;
  /** Uses a one-time token. */
  readonly signIn: (token: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** The daemon said that the session is no longer good. */
  readonly expired: () => void;
  readonly check: () => Promise<void>;
};

/** Starts with the token in the address, if there is one, else with the cookie that may be there. */
export function createSession(): SessionModel {
  const [session, setSession] = createSignal<Session>({ state: 'checking' });

  const check = async () => {
    setSession(await getSession());
  };
  const signIn = async (token: string) => {
    setSession({ state: 'checking' });
    setSession(await openSession(token));
  };
  const begin = async () => {
    const token = tokenInFragment(location.hash);
    if (!token) return check();
    // At once, before any request: the address bar and the history must not keep the token.
    history.replaceState(null, '', location.pathname);
    const answer = await openSession(token);
    if (answer.state !== 'out') return void setSession(answer);
    // An address that was used up is no reason to turn away a browser that is signed in already.
    const before = await getSession();
    setSession(before.state === 'in' ? before : answer);
  };

  // Other fragments are pages of the desktop.
  window.addEventListener('hashchange', () => {
    if (tokenInFragment(location.hash)) void begin();
  });
  void begin();
  return {
    session,
    signIn,
    check,
    signOut: async () => {
      await closeSession();
      setSession({ state: 'out' });
    },
    expired: () => setSession({ state: 'out', expired: true }),
  };
}
