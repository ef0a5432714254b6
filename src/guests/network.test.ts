import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkProfile } from '../contracts/index.ts';
import { limitsHeldBy } from './limits.ts';
import { checkForwards, checkProfile, networkDevices, networkOpens } from './network.ts';
import { plainSpec } from './spec.ts';

const forwards = [{ host: 8080, guest: 80 }];

test('a guest gets at most what policy allows', () => {
  const all: NetworkProfile[] = ['off', 'restricted', 'nat'];
  for (const [least, wanted] of all.entries())
    for (const [most, allowed] of all.entries())
      if (least <= most) checkProfile(wanted, allowed, 'policy.toml');
      else
        assert.throws(() => checkProfile(wanted, allowed, 'policy.toml'), {
          code: 'POLICY_DENIED',
        });
});

test('off is no card; restricted is closed; nat goes through passt where it is', () => {
  assert.deepEqual(networkDevices({ network: 'off', forwards }, true), []);
  for (const hasPasst of [true, false])
    assert.deepEqual(networkDevices({ network: 'restricted', forwards }, hasPasst), [
      { kind: 'network-user', restrict: true, forwards },
    ]);
  assert.equal(networkDevices({ network: 'nat', forwards }, true)[0]?.kind, 'network-socket');
  assert.deepEqual(networkDevices({ network: 'nat', forwards }, false), [
    { kind: 'network-user', restrict: false, forwards },
  ]);
});

test('what a network opens is said, the way to this machine itself too', () => {
  assert.match(networkOpens({ network: 'off', forwards: [] }, true), /nothing/);
  assert.match(networkOpens({ network: 'restricted', forwards }, true), /127\.0\.0\.1:8080 → 80/);
  assert.match(networkOpens({ network: 'nat', forwards }, true), /not to services .*loopback/);
  assert.match(networkOpens({ network: 'nat', forwards }, false), /10\.0\.2\.2.*passt/);
});

test('ports that cannot be, or are used twice, are refused', () => {
  checkForwards([...forwards, { host: 2222, guest: 22 }]);
  const wrong = [
    [{ host: 0, guest: 1 }],
    [{ host: 70_000, guest: 1 }],
    [...forwards, { host: 8080, guest: 81 }],
  ];
  for (const each of wrong) assert.throws(() => checkForwards(each), { code: 'BAD_REQUEST' });
});

test('what holds the limits of a guest is said, and what does not', () => {
  const row = {
    memoryMiB: 1024,
    spec: { ...plainSpec, limits: { cpuPercent: 150, diskMiBPerSecond: 20 } },
  };
  const none = limitsHeldBy(row, 'this machine has no cgroup v2');
  assert.match(none, /QEMU itself: each disk \(20 MiB a second\); .*no cgroup v2/);
  const all = { controllers: new Set(['cpu', 'memory', 'pids'] as const), missing: undefined };
  assert.match(limitsHeldBy(row, all), /processor \(150 % of one\), memory .*QEMU itself/);
  const partly = limitsHeldBy(row, all, new Set(['pids']));
  assert.match(partly, /^a cgroup: number of processes; .*could not be put.* processor .*, memory/);
  assert.match(limitsHeldBy(row, all, new Set()), /^QEMU itself: .*could not be put/);
});
