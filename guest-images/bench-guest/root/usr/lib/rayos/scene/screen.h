// The screen through DRM/KMS: two dumb buffers, shown in turns by page flips as compositors do, or one
// of them kept and told to be dirty, as plain framebuffers do. Structures are those of drm_mode.h.

struct mode { u8 timing[4]; u16 hdisplay, rest[9]; u8 tail[44]; }; // 68 bytes
struct resources { u64 fbs, crtcs, connectors, encoders; u32 counts[4]; u32 limits[4]; };
struct connector { u64 encoders, modes, props, values; u32 count_modes, count_props, count_encoders;
                   u32 encoder, id, type, type_id, connection, mm[2], subpixel, pad; };
struct crtc { u64 connectors; u32 count, id, fb, x, y, gamma, valid; struct mode mode; };
struct dumb { u32 height, width, bpp, flags, handle, pitch; u64 size; };
struct fb { u32 id, width, height, pitch, bpp, depth, handle; };
struct flip { u32 crtc, fb, flags, reserved; u64 data; };
struct dirty { u32 fb, flags, color, count; u64 clips; };
struct clip { u16 x1, y1, x2, y2; };

#define DRM(direction, number, type) ((direction) << 30 | sizeof(type) << 16 | 'd' << 8 | (number))

static struct { int fd; u32 crtc, fbs[2]; u32 *pixels[2]; u32 width, height, stride; int back, busy, in_place; } screen;

static long drm(u32 request, void *argument) { return sys(IOCTL, (long)screen.fd, (u64)request, argument); }

static void open_buffer(int i) {
  struct dumb dumb = {screen.height, screen.width, 32, 0, 0, 0, 0};
  if (drm(DRM(3u, 0xb2, struct dumb), &dumb)) fail("make a buffer");
  struct fb fb = {0, screen.width, screen.height, dumb.pitch, 32, 24, dumb.handle};
  if (drm(DRM(3u, 0xae, struct fb), &fb)) fail("make a framebuffer");
  u64 place[2];
  place[0] = dumb.handle;
  place[1] = 0;
  if (drm(DRM(3u, 0xb3, u64[2]), place)) fail("map a buffer");
  screen.pixels[i] = map(dumb.size, screen.fd, place[1]);
  screen.fbs[i] = fb.id;
  screen.stride = dumb.pitch / 4;
}

static void open_screen(void) {
  static u32 crtcs[16], connectors[16], ids[16];
  static struct mode modes[128];
  screen.fd = sys(OPEN, "/dev/dri/card0", O_RDWR | O_NONBLOCK, 0);
  if (screen.fd < 0) fail("open the screen");
  static struct resources all;
  all.crtcs = (u64)crtcs, all.connectors = (u64)connectors;
  all.counts[1] = 16, all.counts[2] = 16;
  if (drm(DRM(3u, 0xa0, struct resources), &all)) fail("list the screen's parts");
  static struct connector connector;
  connector.id = connectors[0];
  // Only a question for no modes makes the kernel look for them.
  drm(DRM(3u, 0xa7, struct connector), &connector);
  connector.modes = (u64)modes, connector.count_modes = 128, connector.count_props = connector.count_encoders = 0;
  if (drm(DRM(3u, 0xa7, struct connector), &connector) || !connector.count_modes) fail("find a mode");
  screen.crtc = crtcs[0];
  screen.width = modes[0].hdisplay;
  screen.height = modes[0].rest[4];
  open_buffer(0);
  open_buffer(1);
  static struct crtc crtc;
  ids[0] = connectors[0];
  crtc.connectors = (u64)ids, crtc.count = 1, crtc.id = screen.crtc, crtc.fb = screen.fbs[0];
  crtc.valid = 1, crtc.mode = modes[0];
  if (drm(DRM(3u, 0xa2, struct crtc), &crtc)) fail("set the mode");
  screen.back = 1;
}

// Where to draw next.
static u32 *canvas(void) { return screen.pixels[screen.in_place ? 1 - screen.back : screen.back]; }

// Shows what was drawn; `clip` is what has changed of it.
static void show(struct clip clip) {
  if (screen.in_place) {
    struct dirty dirty = {screen.fbs[1 - screen.back], 0, 0, 1, (u64)&clip};
    if (drm(DRM(3u, 0xb1, struct dirty), &dirty)) fail("show what is dirty");
    return;
  }
  struct flip flip = {screen.crtc, screen.fbs[screen.back], 1, 0, 0};
  if (drm(DRM(3u, 0xb0, struct flip), &flip)) fail("flip the page");
  screen.back = 1 - screen.back;
  screen.busy = 1;
}

// The kernel's word that a flip has happened.
static void read_flips(void) {
  static u8 events[1024];
  if (sys(READ, (long)screen.fd, events, sizeof events) > 0) screen.busy = 0;
}
