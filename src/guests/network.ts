// A guest's network: none, a card that leads nowhere but to forwarded ports, or out through this machine. At
// most what policy allows; and what it opens, said in words that hide nothing.

import { type NetworkProfile, RayError } from '../contracts/index.ts';
import type { Device } from '../hypervisor/index.ts';
import type { GuestSpec } from './spec.ts';

const order: readonly NetworkProfile[] = ['off', 'restricted', 'nat'];

export type Forward = { readonly host: number; readonly guest: number };

/** The name of the descriptor that leads to a guest's passt. */
export const passtLink = 'passt';

/** Whether `profile` opens more than `most`. */
export function exceeds(profile: NetworkProfile, most: NetworkProfile): boolean {
  return order.indexOf(profile) > order.indexOf(most);
}

/** The profile that a machine's card stands for. */
export function profileOf(devices: readonly Device[]): NetworkProfile {
  if (devices.some((one) => one.kind === 'network-socket')) return 'nat';
  const card = devices.find((one) => one.kind === 'network-user');
  if (card === undefined) return 'off';
  return card.restrict ? 'restricted' : 'nat';
}

/** Throws POLICY_DENIED when policy allows less than `profile`. */
export function checkProfile(
  profile: NetworkProfile,
  most: NetworkProfile,
  policyFile: string,
): void {
  if (!exceeds(profile, most)) return;
  throw new RayError(
    'POLICY_DENIED',
    `policy allows guests the network "${most}" at most, and this one wants "${profile}"`,
    { policyFile },
  );
}

/** Throws BAD_REQUEST for ports that cannot be, or that are forwarded twice. */
export function checkForwards(forwards: readonly Forward[]): void {
  const wrong = (words: string) => new RayError('BAD_REQUEST', words, { command: 'guest set' });
  const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
  const bad = forwards.find(({ host, guest }) => !isPort(host) || !isPort(guest));
  if (bad) throw wrong(`ports go from 1 to 65535, not ${bad.host}:${bad.guest}`);
  const hosts = forwards.map(({ host }) => host);
  const twice = hosts.find((port, index) => hosts.indexOf(port) !== index);
  if (twice !== undefined) throw wrong(`port ${twice} of this machine is forwarded twice`);
}

/** The card, if the guest has one. `nat` goes through passt where it is installed. */
export function networkDevices(
  { network, forwards }: Pick<GuestSpec, 'network' | 'forwards'>,
  hasPasst: boolean,
): Device[] {
  if (network === 'off') return [];
  if (network === 'nat' && hasPasst) return [{ kind: 'network-socket', socketPath: passtLink }];
  return [{ kind: 'network-user', restrict: network === 'restricted', forwards }];
}

/** What the network of a guest opens, in words. */
export function networkOpens(
  { network, forwards }: Pick<GuestSpec, 'network' | 'forwards'>,
  hasPasst: boolean,
): string {
  if (network === 'off') return 'nothing: it has no network card';
  const ports = forwards.map(({ host, guest }) => `127.0.0.1:${host} → ${guest}`).join(', ');
  const inward =
    ports === ''
      ? 'nothing can connect to it'
      : `programs of this machine can connect to it (${ports})`;
  if (network === 'restricted')
    return `a card that leads nowhere: it can connect to nothing; ${inward}`;
  const outward =
    'it can connect to the internet and to everything that this machine can reach, its local network too';
  return hasPasst
    ? `${outward}, but not to services on this machine's own loopback (127.0.0.1); ${inward}`
    : `${outward}, and to services on this machine's own loopback (127.0.0.1), which it sees as 10.0.2.2: install passt to close that (apt-get install passt); ${inward}`;
}
