// The bench guest's one program: draws what a bench asks for, straight to the screen. Keys choose:
//   F1 still · F2 flat · F3 pattern: as fast as the machine can
//   F4 small · F5 full, plain · F6 full, picture: one change for each other key that is pressed
//   F7 page flips or one dirty buffer · F8 says on the serial console how many frames there were
// It is the guest's agent too (`ready`, `hello`, `shutdown` on org.rayos.agent).

#include "system.h"
#include "screen.h"
#include "picture.h"

enum { STILL, FLAT, PATTERN, SMALL, FULL_FLAT, FULL_PICTURE };
enum { KEY_F1 = 59, KEY_POWER = 116, EV_KEY = 1, INPUTS = 8, AGENT = 0, SCREEN = 1, FIRST_INPUT = 2 };
enum { SQUARE = 64, SQUARE_X = 604, SQUARE_Y = 370 };

struct input_event { u64 time[2]; u16 type, code; u32 value; };

static int mode, wanted;
static u32 number, frames;
static u64 since;

static void draw(void) {
  struct clip all = {0, 0, screen.width, screen.height};
  struct clip square = {SQUARE_X, SQUARE_Y, SQUARE_X + SQUARE, SQUARE_Y + SQUARE};
  u32 *to = canvas(), stride = screen.stride;
  number++;
  frames++;
  if (mode == SMALL) {
    u32 *at = to + SQUARE_Y * stride + SQUARE_X;
    draw_flat(at, stride, SQUARE, SQUARE, number & 1 ? 0xf0b48c : 0x2f3a5f);
    show(square);
    return;
  }
  if (mode == FLAT) draw_flat(to, stride, screen.width, screen.height, hash(number) & 0xffffff);
  else if (mode == FULL_FLAT)
    draw_flat(to, stride, screen.width, screen.height, number & 1 ? 0xd0c8b8 : 0x203040);
  else draw_view(to, stride, screen.width, screen.height, number);
  draw_number(to, stride, number);
  show(all);
}

static void report(void) {
  say("scene: mode ");
  say_number(mode);
  say(screen.in_place ? " dirty" : " flip");
  say(", frames ");
  say_number(frames);
  say(" in ms ");
  say_number(now_ms() - since);
  say("\n");
  frames = 0;
  since = now_ms();
}

static void set_mode(int to) {
  report();
  mode = to;
  // Both buffers begin alike, so that a small change is all that differs between them.
  u32 keep = number;
  if (to == SMALL || to == STILL)
    for (int i = 0; i < 2; i++) draw_view(screen.pixels[i], screen.stride, screen.width, screen.height, keep);
  wanted = 1;
}

static void stop(void) {
  sys(SYNC);
  sys(REBOOT, 0xfee1deadL, 672274793L, 0x4321fedcL, 0L);
}

static void press(u32 key) {
  if (key == KEY_POWER) stop();
  u32 f = key - KEY_F1;
  if (f <= FULL_PICTURE) set_mode(f);
  else if (f == 6) report(), screen.in_place = !screen.in_place;
  else if (f == 7) report();
  else wanted = mode >= SMALL;
}

static void read_keys(int fd) {
  static struct input_event events[64];
  long got = sys(READ, (long)fd, events, sizeof events);
  for (long i = 0; i < got / (long)sizeof events[0]; i++)
    if (events[i].type == EV_KEY && events[i].value == 1) press(events[i].code);
}

static int starts(const char *text, const char *with) {
  while (*with)
    if (*text++ != *with++) return 0;
  return 1;
}

static void tell(int fd, const char *line) { sys(WRITE, (long)fd, line, length(line)); }

// Lines of the host: short ones, of which each is taken as it comes.
static void read_agent(int fd) {
  static char line[1025];
  long got = sys(READ, (long)fd, line, 1024L);
  if (got <= 0) return;
  line[got] = 0;
  for (char *at = line; *at;) {
    if (starts(at, "hello\n")) tell(fd, "state ready\n");
    else if (starts(at, "shutdown\n")) tell(fd, "stopping\n"), stop();
    else tell(fd, "unknown\n");
    while (*at && *at != '\n') at++;
    if (*at) at++;
  }
}

void _start(void) {
  static struct pollfd polled[FIRST_INPUT + INPUTS];
  static char name[] = "/dev/input/event0";
  draw_picture();
  open_screen();
  for (int i = 0; i < INPUTS; i++) {
    name[sizeof name - 2] = '0' + i;
    polled[FIRST_INPUT + i].fd = sys(OPEN, name, O_NONBLOCK, 0);
    polled[FIRST_INPUT + i].events = POLLIN;
  }
  int agent = sys(OPEN, "/dev/virtio-ports/org.rayos.agent", O_RDWR | O_NONBLOCK, 0);
  polled[SCREEN].fd = screen.fd;
  polled[AGENT].events = polled[SCREEN].events = POLLIN;
  since = now_ms();
  set_mode(STILL);
  if (agent >= 0) tell(agent, "ready\n");
  polled[AGENT].fd = agent;
  for (;;) {
    int moves = mode == FLAT || mode == PATTERN;
    if (!screen.busy && (moves || wanted)) {
      wanted = 0;
      draw();
    }
    int again = !screen.busy && (moves || wanted);
    // Without a host at the agent's port it would be ready all the time: it is looked at once a second.
    sys(POLL, polled, (long)(FIRST_INPUT + INPUTS), again ? 0L : polled[AGENT].fd < 0 && agent >= 0 ? 1000L : -1L);
    polled[AGENT].fd = polled[AGENT].revents & POLLHUP ? -1 : agent;
    if (polled[AGENT].revents & POLLIN) read_agent(agent);
    if (polled[SCREEN].revents & POLLIN) read_flips();
    for (int i = 0; i < INPUTS; i++)
      if (polled[FIRST_INPUT + i].revents & POLLIN) read_keys(polled[FIRST_INPUT + i].fd);
  }
}
