// What is drawn. All of it is integer arithmetic on the frame's number, so that bench/scene.ts can draw
// the same picture and compare, pixel by pixel, what a viewer shows with what it should.

enum { PICTURE_WIDTH = 1536, PICTURE_HEIGHT = 1056, BLOCK = 16, BITS = 24 };

static u32 *picture;

static u32 hash(u32 n) {
  n *= 2654435761u;
  n ^= n >> 15;
  n *= 2246822519u;
  n ^= n >> 13;
  return n;
}

static u32 wave(u32 t) { return t & 256 ? 255 - (t & 255) : t & 255; }

// Light from several sides, and grain: what a photograph is to an encoder.
static u32 photo(u32 x, u32 y) {
  u32 grain = hash(y * PICTURE_WIDTH + x) & 7;
  u32 a = wave(x + (y >> 1)), b = wave(x * 2 + y * 3), c = wave(y * 2 + 4096 - x);
  return ((a + c) / 2 * 15 / 16 + grain) << 16 | ((a + b) / 2 * 15 / 16 + grain) << 8 | ((b + c) / 2 * 15 / 16 + grain);
}

// Dark strokes on light paper in cells of 8 by 16: what text is to an encoder.
static u32 text(u32 x, u32 y) {
  u32 glyph = hash((y >> 4) * 4096 + (x >> 3)), column = x & 7, row = y & 15;
  int ink = column < 6 && row > 2 && row < 13 && (glyph & 15) > 2 && (hash(glyph + (row >> 1) * 4 + (column >> 1)) & 3) < 2;
  return ink ? 0x202838 : 0xf4f2ec;
}

static u32 gradient(u32 x, u32 y) { return (x & 255) << 16 | (y & 255) << 8 | ((x + y) >> 1 & 255); }

static void draw_picture(void) {
  picture = map(PICTURE_WIDTH * PICTURE_HEIGHT * 4, -1, 0);
  for (u32 y = 0; y < PICTURE_HEIGHT; y++)
    for (u32 x = 0; x < PICTURE_WIDTH; x++) {
      u32 kind = ((x >> 7) + (y >> 7)) % 3;
      picture[y * PICTURE_WIDTH + x] = kind == 0 ? photo(x, y) : kind == 1 ? text(x, y) : gradient(x, y);
    }
}

// The frame's number as black and white blocks at the top left, readable through any encoder.
static void draw_number(u32 *to, u32 stride, u32 number) {
  for (u32 y = 0; y < BLOCK; y++)
    for (u32 bit = 0; bit < BITS; bit++)
      fill_blocks(to + y * stride + bit * BLOCK, number >> bit & 1 ? 0x00ffffff00ffffffuL : 0uL, 1);
}

static void draw_flat(u32 *to, u32 stride, u32 width, u32 height, u32 color) {
  for (u32 y = 0; y < height; y++) fill_blocks(to + y * stride, (u64)color << 32 | color, width / 16);
}

// Another part of the large picture for each number: every pixel changes, and no two parts overlap by rule.
static void draw_view(u32 *to, u32 stride, u32 width, u32 height, u32 number) {
  u32 h = hash(number), x = h & 255, y = h >> 8 & 255;
  for (u32 row = 0; row < height; row++)
    copy_blocks(to + row * stride, picture + (y + row) * PICTURE_WIDTH + x, width / 16);
}
