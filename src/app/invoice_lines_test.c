/* Guards: the lines of an invoice come back as they were stored, also those of older releases, and
 * what is none of it is damage, never a line less. */
#include "app/invoice_lines.h"

#include "app/test_world.h"
#include "base/testing.h"

static const struct payments_invoice_line whole = {
    .description = STR_INIT("1 \xc3\x97 \"Starter\"\n(at $29.00 / month)"),
    .price_id = STR_INIT("price_1"),
    .amount = {-2900, {"usd"}},
    .discount = {290, {"usd"}},
    .tax = {551, {"usd"}},
    .period = {{INT64_C(1431820800000)}, {INT64_C(1434499200123)}},
    .quantity = 3,
    .is_proration = true,
};

static void assert_same(const struct payments_invoice_line *line,
                        const struct payments_invoice_line *other) {
    assert_true(str_equal(line->description, other->description));
    assert_true(str_equal(line->price_id, other->price_id));
    assert_true(money_equal(line->amount, other->amount));
    assert_true(money_equal(line->discount, other->discount));
    assert_true(money_equal(line->tax, other->tax));
    assert_int_equal(line->period.start.ms, other->period.start.ms);
    assert_int_equal(line->period.end.ms, other->period.end.ms);
    assert_int_equal(line->quantity, other->quantity);
    assert_int_equal(line->is_proration, other->is_proration);
}

static void lines_come_back_in_their_order(void **state) {
    struct world *world = *state;
    struct payments_invoice_line other = whole;
    other.price_id = STR("");
    other.quantity = 1; /* of no price: it is not stored */
    other.is_proration = false;
    const struct payments_invoice_line items[] = {whole, other};
    const struct invoice_lines lines = {items, ARRAY_LEN(items)};
    struct invoice_lines read;
    assert_ok(invoice_lines_read(world->cx.arena, invoice_lines_write(&world->cx, &lines), &read));
    assert_int_equal(read.count, ARRAY_LEN(items));
    assert_same(&read.items[0], &whole);
    assert_same(&read.items[1], &other);
}

static void an_invoice_may_have_no_line(void **state) {
    struct world *world = *state;
    const struct invoice_lines none = {NULL, 0};
    struct invoice_lines read;
    assert_text(invoice_lines_write(&world->cx, &none), "[]");
    assert_ok(invoice_lines_read(world->cx.arena, STR("[]"), &read));
    assert_int_equal(read.count, 0);
}

static void an_older_line_has_neither_discount_nor_tax(void **state) {
    struct world *world = *state;
    struct invoice_lines read;
    assert_ok(invoice_lines_read(
        world->cx.arena,
        STR("[{\"description\":\"Starter\",\"amount\":{\"amount\":2900,\"currency\":\"usd\"},"
            "\"period\":{\"start\":\"2027-01-01T00:00:00Z\",\"end\":\"2027-02-01T00:00:00Z\"},"
            "\"proration\":false}]"),
        &read));
    assert_int_equal(read.items[0].amount.minor, 2900);
    assert_true(money_equal(read.items[0].discount, money_zero(CURRENCY_USD)));
    assert_true(money_equal(read.items[0].tax, money_zero(CURRENCY_USD)));
}

static void what_is_no_line_is_corrupt(void **state) {
    struct world *world = *state;
    static const char *const texts[] = {
        "",
        "{}",
        "null",
        "[1]",
        "[{}]",
        "[",
        "[{\"amount\":{\"amount\":1,\"currency\":\"usd\"}}]",
        "[{\"amount\":{\"amount\":1},\"period\":{\"start\":\"2027-01-01T00:00:00Z\","
        "\"end\":\"2027-02-01T00:00:00Z\"}}]",
        "[{\"amount\":{\"amount\":1,\"currency\":\"usd\"},\"period\":{\"start\":\"soon\","
        "\"end\":\"2027-02-01T00:00:00Z\"}}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct invoice_lines read;
        assert_err(invoice_lines_read(world->cx.arena, str_from_cstr(texts[i]), &read),
                   ERR_CORRUPT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(lines_come_back_in_their_order),
        WORLD_TEST(an_invoice_may_have_no_line),
        WORLD_TEST(an_older_line_has_neither_discount_nor_tax),
        WORLD_TEST(what_is_no_line_is_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
