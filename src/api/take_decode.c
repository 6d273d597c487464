#include "api/take_decode.h"

#include <stddef.h>
#include <string.h>

#include "api/shapes.h"
#include "base/cursor.h"
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
     .offset = AT(id), .min = 1, .max = LIMIT_EVENT_ID, .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
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
     .max = LIMIT_EVENT_ID, .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
    {"releaseId", "Names the release: repeated, it gives back once", SHAPE_STR,
     .offset = AT(release_id), .min = 1, .max = LIMIT_EVENT_ID,
     .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
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

static void skip_blanks(struct cursor *text) {
    while (text->at < text->end &&
           (*text->at == ' ' || *text->at == '\n' || *text->at == '\r' || *text->at == '\t')) {
        text->at++;
    }
}

/* The character, with blanks around it. */
static bool scan_char(struct cursor *text, char c) {
    skip_blanks(text);
    if (text->at == text->end || *text->at != c) {
        return false;
    }
    text->at++;
    skip_blanks(text);
    return true;
}

/* A text of visible ASCII without escapes: none of the characters that TEXT_TOKEN leaves out, and
 * what has a meaning to JSON is among those. */
static bool scan_text(struct cursor *text, struct str *ret_text) {
    if (text->at == text->end || *text->at != '"') {
        return false;
    }
    const char *start = text->at + 1;
    const char *end = token_end(start, text->end);
    if (end == text->end || *end != '"') {
        return false;
    }
    *ret_text = str_of(start, (size_t)(end - start));
    text->at = end + 1;
    return true;
}

static bool scan_amount(struct cursor *text, int64_t *ret_amount) {
    const char *at = text->at;
    int64_t amount = 0;
    for (; at < text->end && *at >= '0' && *at <= '9'; at++) {
        if (at - text->at == AMOUNT_DIGITS) {
            return false;
        }
        amount = amount * 10 + (*at - '0');
    }
    if (at == text->at || (at - text->at > 1 && *text->at == '0')) {
        return false;
    }
    *ret_amount = amount;
    text->at = at; /* ".5" or "e3" is then no ',' or '}' */
    return true;
}

static bool scan_metric(struct cursor *text, int *ret_metric) {
    struct str name;
    enum metric metric = METRIC_MODULES;
    if (!scan_text(text, &name) || !metric_parse(name, &metric)) {
        return false;
    }
    *ret_metric = (int)metric;
    return true;
}

static bool scan_id(struct cursor *text, struct str *ret_id) {
    return scan_text(text, ret_id) && ret_id->len >= 1 && ret_id->len <= LIMIT_EVENT_ID;
}

/* The name of a member; 0 for another name. */
static unsigned scan_name(struct cursor *text) {
    if (cursor_skip(text, STR("\"userId\""))) {
        return HAS_USER;
    }
    if (cursor_skip(text, STR("\"metric\""))) {
        return HAS_METRIC;
    }
    if (cursor_skip(text, STR("\"amount\""))) {
        return HAS_AMOUNT;
    }
    if (cursor_skip(text, STR("\"id\""))) {
        return HAS_ID;
    }
    return cursor_skip(text, STR("\"releaseId\"")) ? HAS_RELEASE_ID : 0;
}

static bool scan_value(struct cursor *text, unsigned member, struct take_in *in) {
    switch (member) {
    case HAS_USER:
        return scan_text(text, &in->user_id) && in->user_id.len >= 1 &&
               in->user_id.len <= LIMIT_USER_ID;
    case HAS_METRIC:
        return scan_metric(text, &in->metric);
    case HAS_AMOUNT:
        return scan_amount(text, &in->amount);
    case HAS_ID:
        return scan_id(text, &in->id);
    case HAS_RELEASE_ID:
        return scan_id(text, &in->release_id);
    }
    return false;
}

/* One member with its value; *members notes it, and refuses it the second time. */
static bool scan_member(struct cursor *text, struct take_in *in, unsigned *members) {
    unsigned member = scan_name(text);
    bool is_good = (*members & member) == 0 && scan_char(text, ':') && scan_value(text, member, in);
    *members |= member;
    return is_good;
}

static bool scan_object(struct cursor *text, unsigned may_have, struct take_in *ret_in) {
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
    struct cursor text = cursor_of(body);
    struct take_in in;
    bool is_good = scan_object(&text, may_have, &in) && text.at == text.end;
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
    struct cursor text = cursor_of(body);
    size_t count = 0;
    if (!scan_char(&text, '[')) {
        return false;
    }
    do {
        if (count == TAKE_BATCH_MAX || !scan_object(&text, may_have, &ret_items[count])) {
            return false;
        }
        count++;
    } while (scan_char(&text, ','));
    *ret_count = count;
    return scan_char(&text, ']') && text.at == text.end;
}
