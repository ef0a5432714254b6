// The Linux desktop with its surroundings: network through this machine, a shared folder, dropped files,
// programs opened by name. Real packets, real files; what is seen inside is read from its serial console.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../src/foundation/testing-until.ts';
import { defaultPolicyText } from '../src/policy/index.ts';
import { inGuest as guestShell } from './harness/guest-shell.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'linux-desktop';
let rayos: TestRayos;
let shared = '';
let listener: ReturnType<typeof createServer>;
let forwarded = 0;
let heard = 0;

before(async () => {
  shared = mkdtempSync(join(tmpdir(), 'rayos-shared-'));
  chmodSync(shared, 0o755);
  mkdirSync(join(shared, 'in it'));
  writeFileSync(join(shared, 'hello.txt'), 'from this machine');
  listener = createServer((socket) => {
    heard++;
    socket.end('loopback was reached\n');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  rayos = await TestRayos.start();
  await rayos.kill();
  const policy = defaultPolicyText
    .replace('network = "off"', 'network = "nat"')
    .replace('allow = ["~"]', `allow = ["${shared}"]`);
  writeFileSync(join(rayos.stateDir, 'policy.toml'), policy);
  await rayos.boot();
  await rayos.run('guest.create', { name: guest, network: 'nat' });
  forwarded = await freePort();
  await rayos.run('guest.set', { guest, forward: `${forwarded}:8080` });
  const asked = await rayos.ask('folder.share', { guest, path: shared, name: 'papers' });
  assert.ok('consent' in asked);
  await rayos.run('folder.share', { guest, path: shared, name: 'papers' }, asked.consent);
  await rayos.run('guest.start', { guest });
});

after(async () => {
  await rayos[Symbol.asyncDispose]();
  listener.close();
  rmSync(shared, { recursive: true });
});

const inGuest = (line: string) => guestShell(rayos, guest, line);

test('the console prints what the guest says, without what would command a terminal', async () => {
  await inGuest('true');
  const { code, stdout } = await rayos.cli('guest', 'console', guest);
  assert.equal(code, 0);
  assert.match(stdout, /ray@linux-desktop/);
  assert.doesNotMatch(stdout, /[^\P{Cc}\n\t]/u);
});

test('a shared folder is there, read-only, and nothing beside it is', async () => {
  assert.match(
    await inGuest('cat /media/papers/hello.txt; ls /media/papers'),
    /from this machine[\s\S]*in it/,
  );
  assert.match(
    await inGuest('touch /media/papers/new; mount | grep papers'),
    /Read-only file system[\s\S]*9p \(ro/,
  );
  symlinkSync('/etc/shadow', join(shared, 'link'));
  assert.doesNotMatch(
    await inGuest('cat /media/papers/link /media/papers/../../proc/1/environ'),
    /root:|RAYOS/,
  );
});

test('a dropped file is in the guest, byte by byte', async () => {
  const bytes = Buffer.from('dropped '.repeat(10_000));
  const { upload, inGuest: place } = await rayos.run('folder.drop', {
    guest,
    file: 'letter to you.txt',
    sizeBytes: bytes.length,
  });
  assert.equal(await put(upload, bytes), 200);
  const sum = createHash('sha256').update(bytes).digest('hex');
  assert.match(await inGuest(`sha256sum '${place}'`), new RegExp(sum));
  await rayos.marker('GUEST:FILE_DROPPED');
});

test('something is opened by name; what is not there is said so', async () => {
  assert.deepEqual(await rayos.run('guest.open', { guest, what: 'terminal' }), {
    guest,
    opened: 'terminal',
  });
  const answer = await rayos.ask('guest.open', { guest, what: 'no-such-program' });
  assert.equal('error' in answer && answer.error.code, 'GUEST_CANNOT');
});

test("packets come in by a forwarded port, and do not go out to this machine's loopback", async () => {
  const { network } = await rayos.run('guest.show', { guest });
  await until(async () => /UP +[0-9]+\./.test(await inGuest('ip -br address')), 'an address');
  await inGuest(
    `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 1); while ($c = $s->accept) { <$c>; print $c "from the guest\\n"; close $c }' &`,
  );
  assert.match(await answerAt(forwarded), /from the guest/);
  const { port } = listener.address() as AddressInfo;
  const reached = await inGuest(
    `for a in $(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p') 10.0.2.2; do timeout 5 bash -c "exec 3<>/dev/tcp/$a/${port} && cat <&3"; done`,
  );
  if (/but not to services/.test(network.opens)) assert.equal(heard, 0, reached);
  else assert.match(network.opens, /10\.0\.2\.2/);
});

test('it is suspended with its folder and what was dropped, and has both when it goes on', async () => {
  await rayos.run('guest.suspend', { guest });
  await rayos.run('guest.resume', { guest });
  await until(async () => {
    const seen = await inGuest('cat /media/papers/hello.txt; ls /media/drop');
    return seen.includes('from this machine') && seen.includes('letter to you');
  }, 'what the guest had before');
});

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * What a server answers; asked again until it listens. The question comes first: passt before 2024 leaves a
 * server that speaks first unheard.
 */
function answerAt(port: number): Promise<string> {
  return until(async () => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' });
    // Whoever takes the question and says nothing is asked anew.
    socket.setTimeout(5000, () => socket.destroy());
    socket.write('who is there?\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    return text === '' ? undefined : text;
  }, 'an answer');
}

function put(path: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: rayos.socket, path, method: 'PUT' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
