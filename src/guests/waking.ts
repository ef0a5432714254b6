// What a guest that rests on disk is given when it goes on. Its machine is the one that it was saved with, card
// for card, or the state would not fit; but what it reaches by it is at most what it may reach today.

import { type NetworkProfile, RayError } from '../contracts/index.ts';
import type { Device, MachineConfig } from '../hypervisor/index.ts';
import { exceeds, profileOf } from './network.ts';
import type { GuestRow } from './registry.ts';

export type Admitted = {
  /** The most that policy allows. */
  readonly network: NetworkProfile;
  readonly policyFile: string;
  /** Today's devices of the folders that are open to the guest, that for dropped files among them. */
  readonly folders: readonly Device[];
  /** An empty folder, in place of one that was taken away: its device has to be there. */
  readonly nothing: string;
};

/** Throws POLICY_DENIED, GUEST_CANNOT for a network that it may not have any more. */
export function machineToWake(
  saved: MachineConfig,
  { name, title, spec }: Pick<GuestRow, 'name' | 'title' | 'spec'>,
  { network, policyFile, folders, nothing }: Admitted,
): MachineConfig {
  const had = profileOf(saved.devices);
  if (exceeds(had, network))
    throw new RayError(
      'POLICY_DENIED',
      `policy allows guests the network "${network}" at most, and ${title} was suspended with "${had}"`,
      { policyFile },
    );
  if (exceeds(had, spec.network))
    throw new RayError(
      'GUEST_CANNOT',
      `${title} was suspended with the network "${had}", and may have "${spec.network}" now`,
      { remedy: `Let it go on with that network: rayos guest set ${name} --network ${had}` },
    );
  const today = (device: Device): Device => {
    if (device.kind === 'network-user') return { ...device, forwards: spec.forwards };
    if (device.kind !== 'folder-9p') return device;
    const open = folders.find((one) => one.kind === 'folder-9p' && one.tag === device.tag);
    return open ?? { ...device, path: nothing, readOnly: true };
  };
  return { ...saved, devices: saved.devices.map(today) };
}
