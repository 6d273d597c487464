/* Promise: from one table a JSON object is read, written and described; every bad field is named at
 * once, in words that tell how to mend it; what is written reads back as it was. */
#include "base/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

struct address {
    char city[21];
    struct str country;
};

struct line {
    int64_t amount;
    struct str text;
};

struct order {
    struct str name;
    struct str note;
    bool has_quantity;
    int64_t quantity;
    int64_t any;
    bool paid;
    int plan;
    int64_t at;
    struct address address;
    bool has_second;
    struct address second;
    struct shape_list lines;
    struct shape_list tags;
    struct str metadata;
    int64_t allowance; /* -1: unlimited */
    struct str nickname;
};

static bool allowance_decode(const json_t *value, struct arena *arena, void *ret_member) {
    (void)arena;
    int64_t *allowance = ret_member;
    if (json_is_string(value) && strcmp(json_string_value(value), "unlimited") == 0) {
        *allowance = -1;
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return false;
    }
    *allowance = json_integer_value(value);
    return true;
}

static void allowance_encode(struct json_writer *out, const void *member) {
    const int64_t *allowance = member;
    if (*allowance < 0) {
        json_put_cstr(out, "unlimited");
    } else {
        json_put_i64(out, *allowance);
    }
}

static const struct shape_custom allowance_custom = {
    allowance_decode, allowance_encode, "a whole number or unlimited",
    "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},{\"const\":\"unlimited\"}]}"};

static const char *const plans[] = {"free", "starter", "professional", NULL};

static const struct shape_field address_fields[] = {
    {"city", "Where", SHAPE_CHARS, offsetof(struct address, city), .min = 1, .max = 20},
    {"country", "ISO 3166", SHAPE_STR, offsetof(struct address, country), .min = 2, .max = 2,
     .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
};
static const struct shape address_shape =
    SHAPE("Address", "A place", struct address, address_fields);

static const struct shape_field line_fields[] = {
    {"amount", "Cents", SHAPE_I64, offsetof(struct line, amount), .min = -100, .max = 100},
    {"text", "What", SHAPE_STR, offsetof(struct line, text), .max = 10},
};
static const struct shape line_shape = SHAPE(NULL, NULL, struct line, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &line_shape};
static const struct shape_field tag_item = {.kind = SHAPE_STR, .min = 1, .max = 4};

static const struct shape_field order_fields[] = {
    {"name", "Who", SHAPE_STR, offsetof(struct order, name), .min = 1, .max = 8,
     .allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_]"},
    {"note", "Said", SHAPE_STR, offsetof(struct order, note), .max = 20,
     .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT},
    {"quantity", "How many", SHAPE_I64, offsetof(struct order, quantity), .min = 1,
     .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE,
     .is_set = offsetof(struct order, has_quantity)},
    {"any", "Any number", SHAPE_I64, offsetof(struct order, any), .flags = SHAPE_OPTIONAL},
    {"paid", "Paid", SHAPE_BOOL, .offset = offsetof(struct order, paid)},
    {"plan", "Plan", SHAPE_ENUM, offsetof(struct order, plan), .names = plans},
    {"at", "When", SHAPE_INSTANT, .offset = offsetof(struct order, at)},
    {"address", "To", SHAPE_OBJECT, offsetof(struct order, address), .of = &address_shape},
    {"second", "Or to", SHAPE_OBJECT, offsetof(struct order, second), .of = &address_shape,
     .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE | SHAPE_OMITTED,
     .is_set = offsetof(struct order, has_second)},
    {"lines", "Lines", SHAPE_LIST, offsetof(struct order, lines), .min = 1, .max = 3,
     .item = &line_item, .item_size = sizeof(struct line)},
    {"tags", "Tags", SHAPE_LIST, offsetof(struct order, tags), .max = 2, .item = &tag_item,
     .item_size = sizeof(struct str), .flags = SHAPE_OPTIONAL},
    {"metadata", "Yours", SHAPE_JSON, offsetof(struct order, metadata), .max = 40,
     .flags = SHAPE_OPTIONAL},
    {"allowance", "Allowed", SHAPE_CUSTOM, offsetof(struct order, allowance),
     .custom = &allowance_custom},
    {"nickname", "Short", SHAPE_STR, offsetof(struct order, nickname), .max = 10,
     .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE},
};
static const struct shape order_shape = SHAPE("Order", "An order", struct order, order_fields);

struct desk {
    struct env_sim *sim;
    struct arena arena;
    struct buf out;
    struct json_writer writer;
    struct shape_errors errors;
    struct order order;
};

static int set_up(void **state) {
    struct desk *desk = test_calloc(1, sizeof *desk);
    desk->sim = env_sim_create(1);
    arena_init(&desk->arena, env_sim_env(desk->sim), 1 << 20);
    buf_init(&desk->out, env_sim_env(desk->sim), 1 << 16);
    json_writer_init(&desk->writer, &desk->out);
    *state = desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    arena_finish(&desk->arena);
    buf_finish(&desk->out);
    env_sim_destroy(desk->sim);
    test_free(desk);
    return 0;
}

static bool decode(struct desk *desk, struct str text) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *value = json_read(text, &problem);
    assert_non_null(value);
    desk->order = (struct order){0};
    desk->errors.count = 0;
    return shape_decode(&order_shape, value, &desk->arena, &desk->order, &desk->errors);
}

static struct str encode(struct desk *desk) {
    buf_clear(&desk->out);
    json_writer_init(&desk->writer, &desk->out);
    shape_encode(&order_shape, &desk->order, &desk->writer);
    return buf_str(&desk->out);
}

#define FULL                                                                                       \
    "{\"name\":\"ada-1\",\"note\":\"two\\nlines\",\"quantity\":9007199254740992,\"any\":-5,"       \
    "\"paid\":true,\"plan\":\"starter\",\"at\":\"2015-05-17T10:05:03.120Z\","                      \
    "\"address\":{\"city\":\"K\xc3\xb6ln\",\"country\":\"DE\"},"                                   \
    "\"second\":{\"city\":\"Graz\",\"country\":\"AT\"},"                                           \
    "\"lines\":[{\"amount\":-100,\"text\":\"\"},{\"amount\":100,\"text\":\"b\"}],"                 \
    "\"tags\":[\"x\",\"y\"],\"metadata\":{\"a\":[1,null,\"z\"]},\"allowance\":\"unlimited\","      \
    "\"nickname\":\"n\"}"

static void reads_every_kind(void **state) {
    struct desk *desk = *state;
    assert_true(decode(desk, STR(FULL)));
    const struct order *order = &desk->order;
    assert_text(order->name, "ada-1");
    assert_text(order->note, "two\nlines");
    assert_true(order->has_quantity && order->quantity == LIMIT_AMOUNT);
    assert_int_equal(order->any, -5);
    assert_true(order->paid);
    assert_int_equal(order->plan, 1);
    assert_true(order->at == INT64_C(1431857103120));
    assert_string_equal(order->address.city, "K\xc3\xb6ln");
    assert_true(order->has_second);
    assert_text(order->second.country, "AT");
    assert_int_equal(order->lines.count, 2);
    const struct line *lines = order->lines.items;
    assert_int_equal(lines[0].amount, -100);
    assert_text(lines[1].text, "b");
    assert_text(((const struct str *)order->tags.items)[1], "y");
    assert_text(order->metadata, "{\"a\":[1,null,\"z\"]}");
    assert_int_equal(order->allowance, -1);
    assert_text(encode(desk), FULL);
}

#define LEAST                                                                                      \
    "\"name\":\"a\",\"paid\":false,\"plan\":\"free\",\"at\":\"1970-01-01T00:00:00Z\","             \
    "\"address\":{\"city\":\"A\",\"country\":\"DE\"},\"lines\":[{\"amount\":0,\"text\":\"\"}],"    \
    "\"allowance\":3"

static void absent_and_null_are_told_apart_from_values(void **state) {
    struct desk *desk = *state;
    assert_true(decode(desk, STR("{" LEAST "}")));
    assert_false(desk->order.has_quantity);
    assert_null(desk->order.nickname.bytes);
    assert_text(encode(desk),
                "{\"name\":\"a\",\"note\":\"\",\"quantity\":null,\"any\":0,\"paid\":false,"
                "\"plan\":\"free\",\"at\":\"1970-01-01T00:00:00Z\","
                "\"address\":{\"city\":\"A\",\"country\":\"DE\"},"
                "\"lines\":[{\"amount\":0,\"text\":\"\"}],\"tags\":[],\"metadata\":null,"
                "\"allowance\":3,\"nickname\":null}");
    assert_true(decode(desk, STR("{" LEAST ",\"quantity\":null,\"nickname\":null,\"second\":null,"
                                 "\"metadata\":null}")));
    assert_false(desk->order.has_quantity || desk->order.has_second);
    assert_text(desk->order.metadata, "null");
    assert_true(decode(desk, STR("{" LEAST ",\"quantity\":1,\"nickname\":\"\"}")));
    assert_true(desk->order.has_quantity);
    assert_non_null(desk->order.nickname.bytes);
}

#define NAME_TEXT "text of 1 to 8 characters out of - 0-9 ] _ a-z"
#define NOTE_TEXT "text of at most 20 bytes without control characters but line breaks and tabs"
#define QUANTITY_TEXT "a whole number from 1 to 9007199254740992 or null"
#define INSTANT_TEXT "an RFC 3339 instant such as 2015-05-17T10:05:03Z"

/* One member that replaces or joins the least object, and what is said about it. */
static const struct {
    const char *member, *path, *expected;
} refusals[] = {
    {"\"name\":\"\"", "/name", NAME_TEXT},
    {"\"name\":\"123456789\"", "/name", NAME_TEXT},
    {"\"name\":\"Ada\"", "/name", NAME_TEXT},
    {"\"name\":1", "/name", NAME_TEXT},
    {"\"name\":null", "/name", NAME_TEXT},
    {"\"note\":\"123456789012345678901\"", "/note", NOTE_TEXT},
    {"\"note\":\"\\u0001\"", "/note", NOTE_TEXT},
    {"\"note\":\"\\u007f\"", "/note", NOTE_TEXT},
    {"\"note\":\"\\u0085\"", "/note", NOTE_TEXT},
    {"\"note\":null", "/note", NOTE_TEXT},
    {"\"nickname\":\"a\\nb\"", "/nickname",
     "text of at most 10 bytes without control characters or null"},
    {"\"quantity\":0", "/quantity", QUANTITY_TEXT},
    {"\"quantity\":9007199254740993", "/quantity", QUANTITY_TEXT},
    {"\"quantity\":1.0", "/quantity", QUANTITY_TEXT},
    {"\"quantity\":\"1\"", "/quantity", QUANTITY_TEXT},
    {"\"quantity\":true", "/quantity", QUANTITY_TEXT},
    {"\"any\":1e3", "/any", "a whole number"},
    {"\"paid\":1", "/paid", "true or false"},
    {"\"paid\":\"true\"", "/paid", "true or false"},
    {"\"plan\":\"gold\"", "/plan", "one of free, starter, professional"},
    {"\"plan\":0", "/plan", "one of free, starter, professional"},
    {"\"plan\":\"Free\"", "/plan", "one of free, starter, professional"},
    {"\"at\":\"yesterday\"", "/at", INSTANT_TEXT},
    {"\"at\":1431857103", "/at", INSTANT_TEXT},
    {"\"address\":\"here\"", "/address", "an object"},
    {"\"address\":{\"city\":\"A\",\"country\":\"D\"}", "/address/country",
     "text of exactly 2 characters out of A-Z"},
    {"\"address\":{\"country\":\"DE\"}", "/address/city",
     "required: text of 1 to 20 bytes without control characters"},
    {"\"address\":{\"city\":\"123456789012345678901\",\"country\":\"DE\"}", "/address/city",
     "text of 1 to 20 bytes without control characters"},
    {"\"lines\":[]", "/lines", "a list of 1 to 3 items"},
    {"\"lines\":{}", "/lines", "a list of 1 to 3 items"},
    {"\"lines\":[1]", "/lines/0", "an object"},
    {"\"lines\":[{\"amount\":0,\"text\":\"\"},{\"amount\":101,\"text\":\"\"}]", "/lines/1/amount",
     "a whole number from -100 to 100"},
    {"\"lines\":[{\"amount\":0,\"text\":\"\",\"a/b~c\":1}]", "/lines/0/a~1b~0c",
     "no such field; the fields here are amount, text"},
    {"\"tags\":[\"a\",\"b\",\"c\"]", "/tags", "a list of at most 2 items"},
    {"\"tags\":[\"a\",\"bcdef\"]", "/tags/1", "text of 1 to 4 bytes without control characters"},
    {"\"tags\":[null]", "/tags/0", "text of 1 to 4 bytes without control characters"},
    {"\"metadata\":\"0123456789012345678901234567890123456789\"", "/metadata",
     "a JSON value of at most 40 bytes"},
    {"\"allowance\":-1", "/allowance", "a whole number or unlimited"},
    {"\"allowance\":null", "/allowance", "a whole number or unlimited"},
    {"\"\":1", "/",
     "no such field; the fields here are name, note, quantity, any, paid, plan, at, address, "
     "second, lines, tags, metadata, allowance, nickname"},
};

static void refuses_each_by_its_name(void **state) {
    struct desk *desk = *state;
    struct json_problem problem;
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        CLEANUP(json_release) json_t *value = json_read(STR("{" LEAST "}"), &problem);
        CLEANUP(json_release)
        json_t *change =
            json_read(arena_printf(&desk->arena, "{%s}", refusals[i].member), &problem);
        assert_non_null(change);
        assert_int_equal(json_object_update(value, change), 0);
        desk->errors.count = 0;
        assert_false(shape_decode(&order_shape, value, &desk->arena, &desk->order, &desk->errors));
        assert_int_equal(desk->errors.count, 1);
        assert_text(desk->errors.list[0].path, refusals[i].path);
        assert_text(desk->errors.list[0].expected, refusals[i].expected);
    }
}

static void names_all_bad_fields_at_once(void **state) {
    struct desk *desk = *state;
    assert_false(decode(desk, STR("{\"quantity\":0,\"paid\":7,\"lines\":[{},3],\"extra\":1}")));
    static const char *const paths[] = {
        "/name",           "/quantity",     "/paid",    "/plan",      "/at",    "/address",
        "/lines/0/amount", "/lines/0/text", "/lines/1", "/allowance", "/extra",
    };
    assert_int_equal(desk->errors.count, ARRAY_LEN(paths));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        assert_text(desk->errors.list[i].path, paths[i]);
    }
    assert_false(decode(desk, STR("[]")));
    assert_int_equal(desk->errors.count, 1);
    assert_text(desk->errors.list[0].path, "");
    assert_text(desk->errors.list[0].expected, "an object");
}

static void stops_naming_at_the_limit(void **state) {
    struct desk *desk = *state;
    struct str text = STR("{\"x\":1");
    for (int i = 0; i < 2 * LIMIT_FIELD_ERRORS; i++) {
        text = arena_printf(&desk->arena, STR_FMT ",\"x%d\":1", STR_ARG(text), i);
    }
    text = arena_printf(&desk->arena, STR_FMT "}", STR_ARG(text));
    assert_false(decode(desk, text));
    assert_int_equal(desk->errors.count, LIMIT_FIELD_ERRORS);
    shape_error_add(&desk->errors, &desk->arena, "/more", "nothing");
    assert_int_equal(desk->errors.count, LIMIT_FIELD_ERRORS);
    desk->errors.count = 0;
    shape_error_add(&desk->errors, &desk->arena, "/until", "an instant after /from");
    assert_text(desk->errors.list[0].path, "/until");
}

/* Fails each allocation in turn: never a crash, never a success with parts missing. */
static void survives_exhausted_memory(void **state) {
    struct desk *desk = *state;
    bool is_through = false;
    for (uint64_t nth = 1; !is_through; nth++) {
        assert_true(nth < 100);
        arena_finish(&desk->arena);
        env_sim_fail_alloc(desk->sim, nth, true);
        is_through = decode(desk, STR(FULL));
        assert_true(is_through != arena_failed(&desk->arena));
        assert_int_equal(desk->errors.count == 0 || arena_failed(&desk->arena), 1);
    }
    env_sim_fail_alloc(desk->sim, 0, false);
    assert_text(encode(desk), FULL);
}

static void describes_itself(void **state) {
    struct desk *desk = *state;
    shape_schema(&order_shape, "#/components/schemas/", &desk->writer);
    struct json_problem problem;
    CLEANUP(json_release) json_t *schema = json_read(buf_str(&desk->out), &problem);
    assert_non_null(schema);
    static const struct {
        const char *path, *json;
    } cases[] = {
        {"title", "\"Order\""},
        {"type", "\"object\""},
        {"additionalProperties", "false"},
        {"required", "[\"name\",\"paid\",\"plan\",\"at\",\"address\",\"lines\",\"allowance\"]"},
        {"properties.name", "{\"description\":\"Who\",\"type\":\"string\",\"minLength\":1,"
                            "\"maxLength\":8,\"pattern\":\"^[\\\\-0-9\\\\]_a-z]*$\"}"},
        {"properties.quantity",
         "{\"description\":\"How many\",\"type\":[\"integer\",\"null\"],\"format\":\"int64\","
         "\"minimum\":1,\"maximum\":9007199254740992}"},
        {"properties.any",
         "{\"description\":\"Any number\",\"type\":\"integer\",\"format\":\"int64\"}"},
        {"properties.paid", "{\"description\":\"Paid\",\"type\":\"boolean\"}"},
        {"properties.plan.enum", "[\"free\",\"starter\",\"professional\"]"},
        {"properties.at.format", "\"date-time\""},
        {"properties.address.anyOf", "[{\"$ref\":\"#/components/schemas/Address\"}]"},
        {"properties.second.anyOf",
         "[{\"$ref\":\"#/components/schemas/Address\"},{\"type\":\"null\"}]"},
        {"properties.lines.minItems", "1"},
        {"properties.lines.maxItems", "3"},
        {"properties.lines.items.properties.amount.minimum", "-100"},
        {"properties.lines.items.additionalProperties", "false"},
        {"properties.tags.items.maxLength", "4"},
        {"properties.metadata", "{\"description\":\"Yours\"}"},
        {"properties.allowance.anyOf",
         "[{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},{\"const\":\"unlimited\"}]}]"},
        {"properties.nickname.type", "[\"string\",\"null\"]"},
        {"properties.nickname.pattern", "\"^[^\\\\u0000-\\\\u001f\\\\u007f-\\\\u009f]*$\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[512] = "";
        size_t len = json_dumpb(json_at(schema, cases[i].path), text, sizeof text,
                                JSON_COMPACT | JSON_ENCODE_ANY);
        assert_text(str_of(text, len), cases[i].json);
    }
}

static void a_schema_may_stand_alone(void **state) {
    struct desk *desk = *state;
    shape_schema(&order_shape, NULL, &desk->writer);
    struct json_problem problem;
    CLEANUP(json_release) json_t *schema = json_read(buf_str(&desk->out), &problem);
    assert_text(json_text(schema, "$schema"), "https://json-schema.org/draft/2020-12/schema");
    assert_text(json_text(schema, "properties.address.type"), "object");
    assert_int_equal(json_i64(schema, "properties.address.properties.city.maxLength", 0), 20);
}

#define AT_A_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        AT_A_DESK(reads_every_kind),          AT_A_DESK(absent_and_null_are_told_apart_from_values),
        AT_A_DESK(refuses_each_by_its_name),  AT_A_DESK(names_all_bad_fields_at_once),
        AT_A_DESK(stops_naming_at_the_limit), AT_A_DESK(survives_exhausted_memory),
        AT_A_DESK(describes_itself),          AT_A_DESK(a_schema_may_stand_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
