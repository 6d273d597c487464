/* Guards: whom an invoice is billed to is told in the same lines whichever side tells it. */
#include "app/billed_to.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"

static void says(const struct billed_to *buyer, const char *expected) {
    struct env world;
    struct arena arena;
    env_posix_init(&world);
    arena_init(&arena, &world, 1 << 16);
    assert_string_equal(arena_cstr(&arena, billed_to_text(&arena, buyer)), expected);
    arena_finish(&arena);
}

static void tells_what_is_given_in_order(void **state) {
    (void)state;
    json_t *tax_ids =
        json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "type", "us_ein", "value", "12-3456789",
                  "type", "eu_vat", "value", "DE2", "type", "eu_vat", "value", "DE1");
    const struct billed_to all = {
        .name = STR("Acme"),
        .line1 = STR("1 High St"),
        .line2 = STR("Floor 2"),
        .city = STR("Berlin"),
        .state = STR("BE"),
        .postal_code = STR("10115"),
        .country = STR("DE"),
        .tax_ids = tax_ids,
        .purchase_order = STR("PO 1"),
    };
    says(&all, "Acme\n1 High St\nFloor 2\n10115 Berlin\nBE\nDE\neu_vat DE1\neu_vat DE2\n"
               "us_ein 12-3456789\nPurchase order: PO 1");
    json_decref(tax_ids);
}

static void leaves_out_what_is_not(void **state) {
    (void)state;
    says(&(struct billed_to){.name = STR("")}, "");
    says(&(struct billed_to){.name = STR("Acme"), .country = STR("US")}, "Acme\nUS");
    says(&(struct billed_to){.city = STR("Rome")}, "Rome");
    says(&(struct billed_to){.postal_code = STR("1")}, "1");
}

static void a_line_stays_one(void **state) {
    (void)state;
    says(&(struct billed_to){.name = STR("A\nB\rC"), .country = STR("US")}, "A B C\nUS");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_given_in_order),
        cmocka_unit_test(leaves_out_what_is_not),
        cmocka_unit_test(a_line_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
