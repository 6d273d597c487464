/* Promise: the image of a text is that text's QR code, whole and with its quiet zone. */
#include "proof/qr.h"

#include <qrencode.h>
#include <stdlib.h>

#include "base/env_sim.h"
#include "base/testing.h"

enum { SIDE_MAX = 200 };

/* The bars of the image, put back into a grid. */
static int read_bars(struct str svg, bool grid[SIDE_MAX][SIDE_MAX]) {
    int side = 0;
    const char *at = strstr(svg.bytes, "viewBox=\"0 0 ");
    assert_non_null(at);
    side = (int)strtol(at + strlen("viewBox=\"0 0 "), NULL, 10);
    assert_in_range(side, 29, SIDE_MAX);
    at = strstr(svg.bytes, "<path d=\"");
    assert_non_null(at);
    at += strlen("<path d=\"");
    while (*at == 'M') {
        char *end = NULL;
        long x = strtol(at + 1, &end, 10);
        long y = strtol(end, &end, 10);
        assert_int_equal(*end, 'h');
        long len = strtol(end + 1, &end, 10);
        at = strchr(end, 'z') + 1;
        assert_in_range(len, 1, side);
        for (long i = 0; i < len; i++) {
            grid[y][x + i] = true;
        }
    }
    assert_true(strcmp(at, "\"/></svg>") == 0);
    return side;
}

static void draws_what_the_library_encodes(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    arena_init(&arena, env_sim_env(sim), 1024 * 1024);
    static char longest[QR_TEXT_MAX];
    memset(longest, 'x', sizeof longest);
    const struct str texts[] = {
        STR("a"), STR("otpauth://totp/Turnpike:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        str_of(longest, sizeof longest)};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        static bool grid[SIDE_MAX][SIDE_MAX];
        memset(grid, 0, sizeof grid);
        int side = read_bars(qr_svg(&arena, texts[i]), grid);
        QRcode *code = QRcode_encodeData((int)texts[i].len, (const unsigned char *)texts[i].bytes,
                                         0, QR_ECLEVEL_M);
        assert_non_null(code);
        assert_int_equal(side, code->width + 8);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                bool is_inside = x >= 4 && y >= 4 && x < side - 4 && y < side - 4;
                bool is_black = is_inside && (code->data[(y - 4) * code->width + x - 4] & 1) != 0;
                assert_int_equal(grid[y][x], is_black);
            }
        }
        QRcode_free(code);
    }
    assert_false(arena_failed(&arena));
    arena_finish(&arena);
    env_sim_destroy(sim);
}

static void without_memory_there_is_no_image(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    arena_init(&arena, env_sim_env(sim), 64);
    assert_text(qr_svg(&arena, STR("a")), "");
    assert_true(arena_failed(&arena));
    arena_finish(&arena);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_what_the_library_encodes),
        cmocka_unit_test(without_memory_there_is_no_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
