// The process that looks at a stranger's file: it has the file as descriptor 3, gives up root before it
// reads a byte of it, says what it found as one line of JSON, and ends.

import { fstatSync } from 'node:fs';
import { asRayError } from '../../contracts/errors.ts';
import { recognise } from './recognise.ts';
import { fileSource } from './source.ts';

const fd = 3;
const nobody = 65534;

if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
try {
  const found = recognise(fileSource(fd, fstatSync(fd).size));
  process.stdout.write(`${JSON.stringify({ found })}\n`);
} catch (thrown) {
  // Whatever else a parser throws at a file, the file is at fault.
  const error = asRayError(thrown);
  const { code, message, details } = error;
  const fault =
    code === 'INTERNAL'
      ? { code: 'FILE_CORRUPT', message: 'the file cannot be right: it leads nowhere' }
      : {
          code,
          message,
          ...(details?.remedy === undefined ? {} : { remedy: String(details.remedy) }),
        };
  process.stdout.write(`${JSON.stringify({ fault })}\n`);
}
