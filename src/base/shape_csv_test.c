/* Promise: what has a shape becomes a line of CSV with a cell for each column, whatever is in it:
 * null or not, of an object inside, formula or number. */
#include "base/shape_csv.h"

#include "base/testing.h"

struct amount {
    int64_t minor;
    char code[4];
};

struct place {
    struct str city;
    int64_t since;
};

struct row {
    bool is_known, has_place, has_amount;
    struct str name;
    char code[4];
    int64_t count;
    int state;
    int64_t at;
    struct place place;
    struct amount amount;
    struct shape_list tags;
    struct str facts;
};

static const char *const states[] = {"open", "closed", NULL};

#define AT(member) offsetof(struct amount, member)
static const struct shape_field amount_fields[] = {
    {"amount", "Minor units", SHAPE_I64, .offset = AT(minor)},
    {"currency", "Code", SHAPE_CHARS, .offset = AT(code), .max = 3},
};
#undef AT
static const struct shape amount_shape = SHAPE("Amount", "Money", struct amount, amount_fields);

#define AT(member) offsetof(struct place, member)
static const struct shape_field place_fields[] = {
    {"city", "Where", SHAPE_STR, .offset = AT(city), .max = 20},
    {"since", "When", SHAPE_INSTANT, .offset = AT(since)},
};
#undef AT
static const struct shape place_shape = SHAPE("Place", "A place", struct place, place_fields);

static const struct shape_field tag_item = {.kind = SHAPE_STR, .max = 20};

#define AT(member) offsetof(struct row, member)
static const struct shape_field row_fields[] = {
    {"name", "Who", SHAPE_STR, .offset = AT(name), .max = 100, .flags = SHAPE_NULLABLE},
    {"code", "Short", SHAPE_CHARS, .offset = AT(code), .max = 3},
    {"count", "How many", SHAPE_I64, .offset = AT(count)},
    {"known", "Whether", SHAPE_BOOL, .offset = AT(is_known)},
    {"state", "Which", SHAPE_ENUM, .offset = AT(state), .names = states},
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
    {"place", "Where", SHAPE_OBJECT, .offset = AT(place), .of = &place_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_place)},
    {"price", "What it costs", SHAPE_OBJECT, .offset = AT(amount), .of = &amount_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"tags", "Words", SHAPE_LIST, .offset = AT(tags), .item = &tag_item,
     .item_size = sizeof(struct str)},
    {"facts", "More", SHAPE_JSON, .offset = AT(facts), .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape row_shape = SHAPE("Row", "A row", struct row, row_fields);

static void put_amount(struct csv_line *line, const void *value) {
    const struct amount *amount = value;
    csv_line_i64(line, amount->minor);
    csv_line_text(line, str_from_cstr(amount->code));
}

static const char *const endings[] = {".minor", ".currency", NULL};
static const struct csv_object amount_object = {&amount_shape, endings, 2, put_amount};

static void names_are(const struct csv_object *object, const char *expected) {
    struct env env;
    struct buf out;
    env_posix_init(&env);
    buf_init(&out, &env, 4000);
    shape_csv_names(&row_shape, object, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(buf_str(&out).bytes, expected);
    buf_finish(&out);
}

static void line_is(const struct row *row, const char *expected) {
    struct env env;
    struct buf out;
    env_posix_init(&env);
    buf_init(&out, &env, 4000);
    shape_csv_values(&row_shape, &amount_object, row, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(buf_str(&out).bytes, expected);
    buf_finish(&out);
}

static void columns_have_the_names_of_members(void **state) {
    (void)state;
    names_are(
        &amount_object,
        "\"name\",\"code\",\"count\",\"known\",\"state\",\"at\",\"place.city\",\"place.since\","
        "\"price.minor\",\"price.currency\",\"tags\",\"facts\"\r\n");
    names_are(
        NULL,
        "\"name\",\"code\",\"count\",\"known\",\"state\",\"at\",\"place.city\",\"place.since\","
        "\"price.amount\",\"price.currency\",\"tags\",\"facts\"\r\n");
}

static void each_value_is_a_cell(void **state) {
    (void)state;
    struct str tags[] = {STR("a"), STR("b,c")};
    struct row row = {
        .is_known = true,
        .has_place = true,
        .has_amount = true,
        .name = STR("Ada \"A\", Ltd."),
        .code = "xyz",
        .count = -5,
        .state = 1,
        .at = 0,
        .place = {STR("K\xc3\xb6ln"), 1000},
        .amount = {-2900, "usd"},
        .tags = {tags, 2},
        .facts = STR("{\"a\":1}"),
    };
    line_is(&row,
            "\"Ada \"\"A\"\", Ltd.\",\"xyz\",-5,\"true\",\"closed\",\"1970-01-01T00:00:00Z\","
            "\"K\xc3\xb6ln\",\"1970-01-01T00:00:01Z\",-2900,\"usd\",\"[\"\"a\"\",\"\"b,c\"\"]\","
            "\"{\"\"a\"\":1}\"\r\n");
}

static void what_is_not_there_leaves_its_cells_empty(void **state) {
    (void)state;
    struct row row = {.code = "x"};
    line_is(&row, ",\"x\",0,\"false\",\"open\",\"1970-01-01T00:00:00Z\",,,,,\"[]\",\r\n");
}

static void texts_are_no_formulas(void **state) {
    (void)state;
    struct row row = {
        .name = STR("=1+1"), .code = "-x", .has_place = true, .place = {STR("@a"), 0}};
    line_is(&row, "\"'=1+1\",\"'-x\",0,\"false\",\"open\",\"1970-01-01T00:00:00Z\",\"'@a\","
                  "\"1970-01-01T00:00:00Z\",,,\"[]\",\r\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_the_names_of_members),
        cmocka_unit_test(each_value_is_a_cell),
        cmocka_unit_test(what_is_not_there_leaves_its_cells_empty),
        cmocka_unit_test(texts_are_no_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
