// A file that systemd-boot lists as a UKI, and that starts nothing: a PE with an `.osrel` section.
// https://learn.microsoft.com/windows/win32/debug/pe-format, UAPI Unified Kernel Image

const headersBytes = 0x200;
const peAt = 0x80;
const optionalBytes = 0xf0;
const optionalAt = peAt + 24;
const sectionsAt = optionalAt + optionalBytes;

/** What an entry says of itself: IMAGE_ID is its sort key, IMAGE_VERSION its version. */
export function listedUki(imageId: string, imageVersion: string): Buffer {
  const osrel = Buffer.from(
    `ID=rayos\nPRETTY_NAME="RayOS"\nIMAGE_ID=${imageId}\nIMAGE_VERSION=${imageVersion}\n`,
  );
  const sections = [
    { name: '.osrel', content: osrel },
    { name: '.linux', content: Buffer.from('none') },
  ];
  const file = Buffer.alloc(headersBytes * (sections.length + 1));
  file.write('MZ');
  file.writeUInt32LE(peAt, 0x3c);
  file.write('PE\0\0', peAt);
  file.writeUInt16LE(0x8664, peAt + 4); // x86-64
  file.writeUInt16LE(sections.length, peAt + 6);
  file.writeUInt16LE(optionalBytes, peAt + 20);
  file.writeUInt16LE(0x22, peAt + 22); // an executable for large addresses
  file.writeUInt16LE(0x20b, optionalAt); // PE32+
  file.writeUInt32LE(0x1000, optionalAt + 32); // alignment in memory
  file.writeUInt32LE(headersBytes, optionalAt + 36); // and in the file
  file.writeUInt32LE(0x1000 * (sections.length + 1), optionalAt + 56);
  file.writeUInt32LE(headersBytes, optionalAt + 60);
  file.writeUInt16LE(10, optionalAt + 68); // an EFI application
  file.writeUInt32LE(16, optionalAt + 108);
  for (const [i, { name, content }] of sections.entries()) {
    const at = sectionsAt + i * 40;
    file.write(name, at);
    file.writeUInt32LE(content.length, at + 8);
    file.writeUInt32LE(0x1000 * (i + 1), at + 12);
    file.writeUInt32LE(headersBytes, at + 16);
    file.writeUInt32LE(headersBytes * (i + 1), at + 20);
    file.writeUInt32LE(0x40000040, at + 36); // data that is read
    content.copy(file, headersBytes * (i + 1));
  }
  return file;
}
