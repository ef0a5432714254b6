import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runWell } from '../../guest-images/build/run.ts';
import { signedBy } from './signing.ts';

test('the certificate is named by its hash; what is none is told before the build', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-signing-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [keyFile, certificateFile] = [join(folder, 'test.key'), join(folder, 'test.crt')];
  const signing = { keyFile, certificateFile, enrols: true };
  assert.throws(() => signedBy(signing), { code: 'NOT_ON_THIS_HOST', message: /test\.key$/ });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const made = ['-subj', '/CN=test', '-keyout', keyFile, '-out', certificateFile];
  await runWell('openssl', ['req', '-x509', ...curve, ...made]);
  const shown = await runWell('openssl', [
    ...['x509', '-noout', '-fingerprint', '-sha256', '-in', certificateFile],
  ]);
  const { certificate, enrols } = signedBy(signing);
  assert.ok(shown.toString().trim().endsWith(`=${certificate}`));
  assert.equal(enrols, true);
  writeFileSync(certificateFile, 'no certificate');
  assert.throws(() => signedBy(signing), { code: 'NOT_ON_THIS_HOST', message: /no certificate$/ });
});
