import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { Probe } from '../../contracts/index.ts';
import { testBinary, testUser } from '../run/test-machine.ts';
import { probeHypervisor } from './index.ts';
import { proveAccelerator } from './proof.ts';

test('the proof guest computes rightly in software emulation', async () => {
  const proof = await proveAccelerator(testBinary, 'tcg', testUser);
  assert.ok(proof.works, proof.works ? '' : proof.why);
});

test('a probe finds what is there, and remembers it', async () => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'rayos-probe-'));
  chmodSync(cacheDir, 0o755);
  try {
    const first = await probeHypervisor({ cacheDir });
    assert.ok(Value.Check(Probe, first));
    assert.equal(first.cached, false);
    assert.equal(first.displayDbus, true);
    assert.ok(first.devices.includes('virtio-gpu-pci'));
    assert.match(first.why, first.accelerator === 'kvm' ? /proof guest ran/ : /software emulation/);
    assert.deepEqual(await probeHypervisor({ cacheDir }), { ...first, cached: true });
    assert.equal((await probeHypervisor({ cacheDir, fresh: true })).cached, false);

    const file = join(cacheDir, 'probe.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
    assert.equal((await probeHypervisor({ cacheDir })).cached, false, 'a broken cache is ignored');
    assert.equal((await probeHypervisor({ cacheDir })).cached, true, 'and rewritten');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), probe: {} }));
    assert.equal((await probeHypervisor({ cacheDir })).cached, false);
  } finally {
    rmSync(cacheDir, { recursive: true });
  }
});
