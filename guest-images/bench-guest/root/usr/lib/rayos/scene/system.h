// The kernel's own interface, as far as the scene needs it: this program has no C library.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

// System call: number, then up to six arguments. The kernel wants the fourth in r10.
long sys(long number, ...);
asm(".globl sys\n"
    "sys:\n"
    "movq %rdi,%rax\n movq %rsi,%rdi\n movq %rdx,%rsi\n movq %rcx,%rdx\n"
    "movq %r8,%r10\n movq %r9,%r8\n movq 8(%rsp),%r9\n"
    "syscall\n ret\n");

// 64 bytes at a time, as the processor likes them: `blocks` of one value, or copied.
void fill_blocks(void *to, u64 value, u64 blocks);
asm(".globl fill_blocks\n"
    "fill_blocks:\n"
    "movq %rsi,(%rdi)\n movq %rsi,8(%rdi)\n movq %rsi,16(%rdi)\n movq %rsi,24(%rdi)\n"
    "movq %rsi,32(%rdi)\n movq %rsi,40(%rdi)\n movq %rsi,48(%rdi)\n movq %rsi,56(%rdi)\n"
    "addq $64,%rdi\n decq %rdx\n jnz fill_blocks\n ret\n");

void copy_blocks(void *to, const void *from, u64 blocks);
asm(".globl copy_blocks\n"
    "copy_blocks:\n"
    "movq (%rsi),%rax\n movq 8(%rsi),%rcx\n movq 16(%rsi),%r8\n movq 24(%rsi),%r9\n"
    "movq %rax,(%rdi)\n movq %rcx,8(%rdi)\n movq %r8,16(%rdi)\n movq %r9,24(%rdi)\n"
    "movq 32(%rsi),%rax\n movq 40(%rsi),%rcx\n movq 48(%rsi),%r8\n movq 56(%rsi),%r9\n"
    "movq %rax,32(%rdi)\n movq %rcx,40(%rdi)\n movq %r8,48(%rdi)\n movq %r9,56(%rdi)\n"
    "addq $64,%rsi\n addq $64,%rdi\n decq %rdx\n jnz copy_blocks\n ret\n");

// What the compiler itself calls for structures.
void *memmove(void *to, const void *from, u64 n) {
  for (u64 i = 0; i < n; i++) ((u8 *)to)[i] = ((const u8 *)from)[i];
  return to;
}

void *memset(void *to, int value, u64 n) {
  for (u64 i = 0; i < n; i++) ((u8 *)to)[i] = value;
  return to;
}

enum { READ = 0, WRITE = 1, OPEN = 2, POLL = 7, MMAP = 9, IOCTL = 16, EXIT = 60, SYNC = 162,
       REBOOT = 169, CLOCK_GETTIME = 228 };
enum { O_RDWR = 2, O_NONBLOCK = 04000, POLLIN = 1, POLLHUP = 16 };

struct pollfd { int fd; short events; short revents; };

static long length(const char *text) {
  long n = 0;
  while (text[n]) n++;
  return n;
}

static void say(const char *text) { sys(WRITE, 1, text, length(text)); }

static void say_number(u64 value) {
  char digits[24];
  int at = 23;
  digits[at] = 0;
  do digits[--at] = '0' + value % 10; while (value /= 10);
  say(digits + at);
}

static void fail(const char *what) {
  say("scene: cannot ");
  say(what);
  say("\n");
  sys(EXIT, 1);
}

static u64 now_ms(void) {
  long time[2];
  sys(CLOCK_GETTIME, 1, time);
  return time[0] * 1000 + time[1] / 1000000;
}

static void *map(long size, int fd, u64 offset) {
  // A mapping of a device is shared, one of memory private and anonymous.
  long at = sys(MMAP, 0L, size, 3L, fd < 0 ? 0x22L : 1L, (long)fd, offset);
  if (at < 0 && at > -4096) fail("map memory");
  return (void *)at;
}
