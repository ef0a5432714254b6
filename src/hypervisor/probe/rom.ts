// The proof guest: 64 KiB of ROM that a processor starts in. It goes from real mode to long mode with paging,
// the way that every guest does, computes a checksum with 64-bit arithmetic over memory, writes its 8 bytes
// to port 0xe9 and ends QEMU through isa-debug-exit. The checksum starts from a seed of our choice, so that
// nothing but a working processor gives the right answer.
//
// The bytes were assembled by hand; `gcc`'s assembler gives the same ones. Code at 0xfffff000.

const romBytes = 64 * 1024;
const codeAt = 0xf000;
const resetVectorAt = 0xfff0;

const multiplier = 0x5851f42d4c957f2dn; // Knuth, MMIX
const increment = 0x14057b7ef767814fn;
const rounds = 20_000;
const memoryWords = 512;

/** What the guest writes to isa-debug-exit; QEMU then exits with (value << 1) | 1. */
const done = 0x21;
export const doneStatus = (done << 1) | 1;

/** `size` bytes, little endian, as hexadecimal digits. */
function little(value: bigint, size: number): string {
  const bytes = Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  return Buffer.from(bytes).toString('hex');
}

const code = (seed: bigint): string[] => [
  // 16 bits, at 0xfffff000
  'fa', // cli
  '2e 66 0f 01 16 18 f1', // lgdtl cs:[0xf118]
  '0f 20 c0', // mov eax, cr0
  '0c 01', // or al, 1 (protected mode)
  '0f 22 c0', // mov cr0, eax
  '66 ea 18 f0 ff ff 08 00', // jmp 0x08:0xfffff018
  // 32 bits, at 0xfffff018
  '66 b8 10 00', // mov ax, 0x10
  '8e d8 8e c0 8e d0', // mov ds, eax; mov es, eax; mov ss, eax
  'fc', // cld
  'bf 00 00 01 00', // mov edi, 0x10000
  '31 c0', // xor eax, eax
  'b9 00 48 00 00', // mov ecx, 0x4800
  'f3 ab', // rep stosd: zeroes 0x10000 to 0x22000
  'c7 05 00 00 01 00 03 10 01 00', // [0x10000] = 0x11003: level 4 -> level 3
  'c7 05 00 10 01 00 03 20 01 00', // [0x11000] = 0x12003: first GiB
  'c7 05 18 10 01 00 03 30 01 00', // [0x11018] = 0x13003: fourth GiB
  'c7 05 00 20 01 00 83 00 00 00', // [0x12000] = 0x83: 2 MiB of memory at 0
  'c7 05 f8 3f 01 00 83 00 e0 ff', // [0x13ff8] = 0xffe00083: 2 MiB that hold this ROM
  '0f 20 e0 0c 20 0f 22 e0', // cr4 |= 0x20 (physical address extension)
  'b8 00 00 01 00 0f 22 d8', // cr3 = 0x10000
  'b9 80 00 00 c0 0f 32 80 cc 01 0f 30', // EFER |= 0x100 (long mode)
  '0f 20 c0 0d 00 00 00 80 0f 22 c0', // cr0 |= 0x80000000 (paging)
  'ea 91 f0 ff ff 18 00', // jmp 0x18:0xfffff091
  // 64 bits, at 0xfffff091
  `48 b8 ${little(seed, 8)}`, // mov rax, seed
  `48 bb ${little(multiplier, 8)}`, // mov rbx, multiplier
  `49 b8 ${little(increment, 8)}`, // mov r8, increment
  `b9 ${little(BigInt(rounds), 4)}`, // mov ecx, rounds
  '48 0f af c3', // round: imul rax, rbx
  '4c 01 c0', // add rax, r8
  '89 c6', // mov esi, eax
  '81 e6 f8 0f 00 00', // and esi, 0xff8
  '48 33 86 00 00 02 00', // xor rax, [rsi + 0x20000]
  '48 89 86 00 00 02 00', // mov [rsi + 0x20000], rax
  '48 c1 c0 11', // rol rax, 17
  'ff c9 75 db', // dec ecx; jnz round
  'b9 08 00 00 00', // mov ecx, 8
  'e6 e9', // byte: out 0xe9, al
  '48 c1 e8 08', // shr rax, 8
  'ff c9 75 f6', // dec ecx; jnz byte
  `b0 ${little(BigInt(done), 1)}`, // mov al, done
  '66 ba f4 00 ee', // mov dx, 0xf4; out dx, al
  'f4 eb fd', // hlt, for ever
  '90 90 90 90 90 90', // up to the descriptor table, at 0xfffff0f8
  '00 00 00 00 00 00 00 00', // none
  'ff ff 00 00 00 9b cf 00', // 0x08: code, 32 bits, 4 GiB
  'ff ff 00 00 00 93 cf 00', // 0x10: data, 4 GiB
  'ff ff 00 00 00 9b af 00', // 0x18: code, 64 bits
  '1f 00 f8 f0 ff ff', // its limit and address, at 0xfffff118
];

/** The ROM that computes the checksum of `seed`, a number of 64 bits. */
export function proofRom(seed: bigint): Uint8Array {
  const rom = new Uint8Array(romBytes).fill(0xf4); // hlt
  rom.set(Buffer.from(code(seed).join('').replaceAll(' ', ''), 'hex'), codeAt);
  rom.set(Buffer.from('e90df0', 'hex'), resetVectorAt); // jmp 0xf000
  return rom;
}

/** The checksum that the guest must find: the same computation. */
export function proofAnswer(seed: bigint): bigint {
  const memory = new BigUint64Array(memoryWords);
  let value = seed;
  for (let i = 0; i < rounds; i++) {
    value = BigInt.asUintN(64, value * multiplier + increment);
    const word = Number((value & 0xff8n) >> 3n);
    value ^= memory[word] ?? 0n;
    memory[word] = value;
    value = BigInt.asUintN(64, (value << 17n) | (value >> 47n));
  }
  return value;
}
