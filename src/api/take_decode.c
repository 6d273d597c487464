#include "api/take_decode.h"

#include <string.h>

#include "api/shapes.h"
#include "core/metric.h"

/* --- the shapes --- */

#define AT(member) offsetof(struct take_in, member)
#define USER                                                                                       \
    {                                                                                              \
        "userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1,                      \
                                             .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN           \
    }
#define METRIC                                                                                     \
    { "metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names }
#define AMOUNT                                                                                     \
    {                                                                                              \
        "amount", "How much, in the metric's unit", SHAPE_I64, .offset = AT(amount), .min = 0,     \
                                                               .max = LIMIT_AMOUNT                 \
    }
static const struct shape_field take_fields[] = {
    USER,
    METRIC,
    AMOUNT,
    {"id", "Names the take: repeated, it is answered as the first time and counted once", SHAPE_STR,
     .offset = AT(id), .min = 1, .max = LIMIT_EVENT_ID, .flags = SHAPE_OPTIONAL},
};
const struct shape take_shape =
    SHAPE("Take", "Use that is to be counted if it is allowed", struct take_in, take_fields);

static const struct shape_field check_fields[] = {USER, METRIC, AMOUNT};
const struct shape check_shape =
    SHAPE("Check", "Use that is only asked about", struct take_in, check_fields);

static const struct shape_field release_fields[] = {
    USER,
    METRIC,
    AMOUNT,
    {"id", "Of the take that reserved it", SHAPE_STR, .offset = AT(id), .min = 1,
     .max = LIMIT_EVENT_ID, .flags = SHAPE_OPTIONAL},
    {"releaseId", "Names the release: repeated, it gives back once", SHAPE_STR,
     .offset = AT(release_id), .min = 1, .max = LIMIT_EVENT_ID, .flags = SHAPE_OPTIONAL},
};
const struct shape release_shape =
    SHAPE("Release", "Use that was reserved and did not happen", struct take_in, release_fields);
#undef AT

/* --- the scanner --- */

enum { AMOUNT_DIGITS = 15 }; /* every number of so many digits is within LIMIT_AMOUNT */
static_assert(LIMIT_AMOUNT > INT64_C(999999999999999), "what the scanner takes is in bounds");

enum member {
    HAS_USER = 1,
    HAS_METRIC = 2,
    HAS_AMOUNT = 4,
    HAS_ID = 8,
    HAS_RELEASE_ID = 16,
    IN_CHECK = HAS_USER | HAS_METRIC | HAS_AMOUNT,
    IN_TAKE = IN_CHECK | HAS_ID,
    IN_RELEASE = IN_TAKE | HAS_RELEASE_ID,
};

static void skip_blanks(struct str *text) {
    while (text->len > 0 && (text->bytes[0] == ' ' || text->bytes[0] == '\n' ||
                             text->bytes[0] == '\r' || text->bytes[0] == '\t')) {
        *text = str_of(text->bytes + 1, text->len - 1);
    }
}

/* The character, with blanks around it. */
static bool scan_char(struct str *text, char c) {
    skip_blanks(text);
    if (text->len == 0 || text->bytes[0] != c) {
        return false;
    }
    *text = str_of(text->bytes + 1, text->len - 1);
    skip_blanks(text);
    return true;
}

/* A text of visible ASCII without escapes: nothing that has a meaning to JSON, none of the
 * characters that TEXT_TOKEN leaves out. */
static bool scan_text(struct str *text, struct str *ret_text) {
    skip_blanks(text);
    if (text->len == 0 || text->bytes[0] != '"') {
        return false;
    }
    *text = str_of(text->bytes + 1, text->len - 1);
    size_t len = 0;
    while (len < text->len && text->bytes[len] != '"') {
        char c = text->bytes[len];
        if (c <= ' ' || c > '~' || c == '\\' || c == '`') {
            return false;
        }
        len++;
    }
    if (len == text->len) {
        return false;
    }
    *ret_text = str_of(text->bytes, len);
    *text = str_of(text->bytes + len + 1, text->len - len - 1);
    return true;
}

static bool scan_amount(struct str *text, int64_t *ret_amount) {
    int64_t amount = 0;
    size_t len = 0;
    while (len < text->len && text->bytes[len] >= '0' && text->bytes[len] <= '9') {
        if (len == AMOUNT_DIGITS) {
            return false;
        }
        amount = amount * 10 + (text->bytes[len++] - '0');
    }
    if (len == 0 || (len > 1 && text->bytes[0] == '0')) {
        return false;
    }
    *ret_amount = amount;
    *text = str_of(text->bytes + len, text->len - len); /* ".5" or "e3" is then no ',' or '}' */
    return true;
}

static bool scan_metric(struct str *text, int *ret_metric) {
    struct str name;
    if (!scan_text(text, &name)) {
        return false;
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (str_equal(name, str_from_cstr(metric_names[i]))) {
            *ret_metric = i;
            return true;
        }
    }
    return false;
}

static bool scan_id(struct str *text, struct str *ret_id) {
    return scan_text(text, ret_id) && ret_id->len >= 1 && ret_id->len <= LIMIT_EVENT_ID;
}

/* One member with its value; *members notes it, and refuses it the second time. */
static bool scan_member(struct str *text, struct take_in *in, unsigned *members) {
    struct str name;
    if (!scan_text(text, &name) || !scan_char(text, ':')) {
        return false;
    }
    unsigned member = 0;
    bool is_good = false;
    if (str_equal(name, STR("userId"))) {
        member = HAS_USER;
        is_good = scan_text(text, &in->user_id) && in->user_id.len >= 1 &&
                  in->user_id.len <= LIMIT_USER_ID;
    } else if (str_equal(name, STR("metric"))) {
        member = HAS_METRIC;
        is_good = scan_metric(text, &in->metric);
    } else if (str_equal(name, STR("amount"))) {
        member = HAS_AMOUNT;
        is_good = scan_amount(text, &in->amount);
    } else if (str_equal(name, STR("id"))) {
        member = HAS_ID;
        is_good = scan_id(text, &in->id);
    } else if (str_equal(name, STR("releaseId"))) {
        member = HAS_RELEASE_ID;
        is_good = scan_id(text, &in->release_id);
    }
    is_good = is_good && (*members & member) == 0;
    *members |= member;
    return is_good;
}

static bool scan_object(struct str *text, unsigned may_have, struct take_in *ret_in) {
    struct take_in in = {.id = STR(""), .release_id = STR("")};
    unsigned members = 0;
    if (!scan_char(text, '{')) {
        return false;
    }
    do {
        if (!scan_member(text, &in, &members)) {
            return false;
        }
    } while (scan_char(text, ','));
    bool has_all = (members & IN_CHECK) == IN_CHECK && (members & ~may_have) == 0;
    if (!has_all || !scan_char(text, '}')) {
        return false;
    }
    *ret_in = in;
    return true;
}

static bool scan_body(struct str body, unsigned may_have, struct take_in *ret_in) {
    struct take_in in;
    bool is_good = scan_object(&body, may_have, &in) && body.len == 0;
    if (is_good) {
        *ret_in = in;
    }
    return is_good;
}

bool take_scan(struct str body, void *ret_in) {
    return scan_body(body, IN_TAKE, ret_in);
}

bool check_scan(struct str body, void *ret_in) {
    return scan_body(body, IN_CHECK, ret_in);
}

bool release_scan(struct str body, void *ret_in) {
    return scan_body(body, IN_RELEASE, ret_in);
}

bool take_scan_batch(struct str body, const struct shape *shape,
                     struct take_in ret_items[TAKE_BATCH_MAX], size_t *ret_count) {
    unsigned may_have = shape == &check_shape  ? IN_CHECK
                        : shape == &take_shape ? IN_TAKE
                                               : IN_RELEASE;
    size_t count = 0;
    if (!scan_char(&body, '[')) {
        return false;
    }
    do {
        if (count == TAKE_BATCH_MAX || !scan_object(&body, may_have, &ret_items[count])) {
            return false;
        }
        count++;
    } while (scan_char(&body, ','));
    *ret_count = count;
    return scan_char(&body, ']') && body.len == 0;
}
