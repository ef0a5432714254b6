// Loaded into a trial's rayosd before its own code (NODE_OPTIONS=--import): counts the steps by which it
// changes what outlives it (files, rows, processes) from the moment on at which a trial says so, and at a
// given one ends the process as kill -9 does, or lets the step fail as a full disk does. Nothing in RayOS
// knows of it.
//
// `RAYOS_TRIAL_STEPS` names a folder. In it, `armed` says what is to be done: {"kill": n}, {"fail": n} or {}
// (only count). Each step is a line of `seen`.

import childProcess from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';

type Call = (this: unknown, ...args: unknown[]) => unknown;
type Order = { readonly kill?: number; readonly fail?: number };

const folder = process.env.RAYOS_TRIAL_STEPS;
if (folder !== undefined && process.argv[1]?.endsWith('rayosd/main.ts')) watch(folder);

function watch(folder: string): void {
  const { appendFileSync, readFileSync, existsSync } = { ...fs };
  const armed = join(folder, 'armed');
  let order: Order | undefined;
  let text = '';
  let count = 0;
  const look = (): Order | undefined => {
    if (!existsSync(armed)) order = undefined;
    else {
      const now = readFileSync(armed, 'utf8');
      if (order === undefined || now !== text) count = 0;
      text = now;
      order = JSON.parse(now) as Order;
    }
    return order;
  };
  /** Runs one step; `name` says undefined of a call that changes nothing that lasts. */
  const step = <T>(name: () => string | undefined, work: () => T, full: () => Error): T => {
    const now = look();
    const what = now === undefined ? undefined : name();
    if (now === undefined || what === undefined) return work();
    const number = ++count;
    appendFileSync(join(folder, 'seen'), `${number} ${what}\n`);
    if (now.fail !== undefined && number >= now.fail) throw full();
    const done = work();
    if (number !== now.kill) return done;
    process.kill(process.pid, 'SIGKILL');
    for (;;); // not one instruction more of RayOS
  };
  const noSpace = () =>
    Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const sqliteFull = () =>
    Object.assign(new Error('database or disk is full'), {
      code: 'ERR_SQLITE_ERROR',
      errcode: 13,
    });

  const wrap = (
    object: object,
    name: string,
    what: (args: readonly unknown[], self: unknown) => string | undefined,
    full: () => Error,
  ) => {
    const target = object as Record<string, Call>;
    const real = target[name];
    if (real === undefined) throw new TypeError(`no ${name} here`);
    target[name] = function (this: unknown, ...args: unknown[]) {
      return step(
        () => what(args, this),
        () => real.apply(this, args),
        full,
      );
    };
  };
  const named = (name: string) => (args: readonly unknown[]) =>
    `${name} ${typeof args[0] === 'number' ? '' : String(args[0])}`.trim();
  for (const name of ['renameSync', 'linkSync', 'mkdirSync', 'fsyncSync', 'copyFileSync'])
    wrap(fs, name, named(name), noSpace);
  // To remove something needs no room, nor does a process.
  const forKills = (what: string) => (order?.fail === undefined ? what : undefined);
  for (const name of ['rmSync', 'chmodSync', 'rmdirSync'])
    wrap(fs, name, (args) => forKills(named(name)(args)), noSpace);
  const creates = ([path, flags]: readonly unknown[]) =>
    typeof flags === 'string' && /^[wa]/.test(flags) ? `openSync ${String(path)}` : undefined;
  wrap(fs, 'openSync', creates, noSpace);
  for (const name of ['rename', 'open'])
    wrap(promises, name, name === 'open' ? creates : named(name), noSpace);
  wrap(childProcess, 'spawn', ([program]) => forKills(`spawn ${String(program)}`), noSpace);
  const sql = (text: unknown) => (isWrite(String(text)) ? `sql ${String(text)}` : undefined);
  wrap(DatabaseSync.prototype, 'exec', ([text]) => sql(text), sqliteFull);
  wrap(
    StatementSync.prototype,
    'run',
    (_args, self) => sql((self as StatementSync).sourceSQL),
    sqliteFull,
  );
  syncBuiltinESMExports();
}

/** What changes the registry; the audit is another matter (it is counted when it is lost). */
function isWrite(sql: string): boolean {
  return /^\s*(INSERT|UPDATE|DELETE|COMMIT)/i.test(sql) && !/\baudit\b/.test(sql);
}
