#include "app/evidence_revoked.h"

#include <stdlib.h>
#include <string.h>

#include "app/audit.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "store/access_review.h"

/* Rows of the log that are looked at for the figures over all, of each action. */
enum { REVOKED_MAX = 10 * 1000 };

static const struct {
    const char *action;
    const char *kind; /* of who lost what they had; NULL: the review's item says */
    const char *how;
} ways[] = {
    {"operator.remove", "operator", "removed"},
    {"member.remove", "member", "removed"},
    {"key.revoke", "key", "revoked"},
    {"access_review.decide", NULL, "review"},
};

/* One that lost access. */
struct revoked {
    struct str id, kind, subject, customer, how, actor;
    int64_t asked_at, decided_at, removed_at;
};

/* --- one row of the log --- */

static struct str text_of(struct str row, const char *name) {
    struct str text;
    return jcs_plain(jcs_find(row, name), &text) ? text : STR("");
}

/* When they left, if whoever removed them said so. */
static int64_t left_at(struct str row, int64_t otherwise) {
    int64_t at = 0;
    struct str said = text_of(jcs_find(row, "asked"), "leftAt");
    return said.len > 0 && rfc3339_parse(said, &at) ? at : otherwise;
}

/* Of a review's decision to take access away: when the review was opened, and of what kind. */
static struct err add_review(struct tx *tx, struct str row, struct revoked *one, bool *ret_is_one) {
    struct str after = jcs_find(row, "after");
    struct access_review_row review;
    struct row_list items;
    bool is_there = false;
    *ret_is_one = false;
    if (!str_equal(text_of(after, "decision"), STR("revoke"))) {
        return OK;
    }
    TRY(access_review_get(tx, text_of(after, "review"), &review, &is_there));
    if (!is_there) {
        return OK;
    }
    TRY(access_review_items(tx, id_str(&review.id), REVOKED_MAX, &items));
    const struct access_review_item_row *rows = items.items;
    for (size_t i = 0; i < items.count && !*ret_is_one; i++) {
        *ret_is_one = str_equal(rows[i].subject, one->subject);
        one->kind = *ret_is_one ? rows[i].kind : one->kind;
    }
    one->asked_at = review.opened_at;
    return OK;
}

/* What was refused ended nothing, and who was only asked in had nothing. */
static struct err read_one(struct tx *tx, const struct audit_row *row, size_t way,
                           struct revoked *ret_one, bool *ret_is_one) {
    struct revoked one = {
        .id = id_str(&row->id),
        .subject = row->object,
        .customer = row->user_id,
        .how = str_from_cstr(ways[way].how),
        .actor = row->actor,
        .asked_at = left_at(row->row, row->at),
        .decided_at = row->at,
        .removed_at = row->at,
    };
    bool is_done = jcs_is_text(jcs_find(row->row, "outcome"), STR("done"));
    *ret_is_one = is_done && !str_starts_with(row->object, STR("invi_"));
    if (ways[way].kind != NULL) {
        one.kind = str_from_cstr(ways[way].kind);
    } else if (*ret_is_one) {
        TRY(add_review(tx, row->row, &one, ret_is_one));
    }
    *ret_one = one;
    return OK;
}

static int64_t seconds_of(const struct revoked *one) {
    check(one->removed_at >= one->decided_at);
    return one->removed_at > one->asked_at ? (one->removed_at - one->asked_at) / 1000 : 0;
}

/* --- all of a period --- */

/* The next rows of one way, the newest first, before the id `before`; empty: from the end. */
static struct err page(struct evidence_reading *reading, size_t way, struct str before, size_t max,
                       struct row_list *ret_list) {
    struct record_id first = id_first(AUDIT_ROW_KIND, reading->place->from);
    struct record_id end = id_first(AUDIT_ROW_KIND, reading->place->to);
    const struct audit_filter filter = {
        .action = str_from_cstr(ways[way].action),
        .id_first = arena_str(reading->tx->cx->arena, id_str(&first)),
        .id_before = before.len > 0 ? before : arena_str(reading->tx->cx->arena, id_str(&end)),
    };
    return audit_read_page(reading->tx, &filter, max, ret_list);
}

static void put(const struct revoked *one, struct export_value *values) {
    const struct str texts[] = {one->id,       one->kind, one->subject,
                                one->customer, one->how,  one->actor};
    const int64_t wholes[] = {one->asked_at, one->decided_at, one->removed_at, seconds_of(one)};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        values[i] = (struct export_value){texts[i], ROW_NONE};
    }
    for (size_t i = 0; i < ARRAY_LEN(wholes); i++) {
        values[ARRAY_LEN(texts) + i] = (struct export_value){STR(""), wholes[i]};
    }
}

/* The cursor is the way's number, a line break, and the last id. */
struct err evidence_read_revoked(struct evidence_reading *reading, struct row_list *ret_list) {
    struct cx *cx = reading->tx->cx;
    struct str id = arena_str(cx->arena, buf_str(reading->cursor));
    struct str number = str_cut(&id, '\n');
    size_t way = number.len == 0 ? 0 : (size_t)(number.bytes[0] - '0');
    struct row_list list;
    size_t count = 0;
    check(way < ARRAY_LEN(ways));
    TRY(page(reading, way, id, EXPORT_PAGE, &list));
    const struct audit_row *rows = list.items;
    struct export_row *out = arena_array(cx->arena, list.count + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        struct revoked one;
        bool is_one = false;
        TRY(read_one(reading->tx, &rows[i], way, &one, &is_one));
        if (is_one) {
            put(&one, out[count++].values);
        }
    }
    bool is_last_page = list.count < EXPORT_PAGE;
    reading->is_over = is_last_page && way + 1 == ARRAY_LEN(ways);
    buf_clear(reading->cursor);
    buf_printf(reading->cursor, "%zu\n" STR_FMT, is_last_page ? way + 1 : way,
               STR_ARG(is_last_page ? STR("") : id_str(&rows[list.count - 1].id)));
    *ret_list = (struct row_list){out, count};
    return out == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- the figures over all --- */

static int by_size(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

static struct err add_seconds(struct evidence_reading *reading, size_t way, const char *kind,
                              int64_t *seconds, size_t *count) {
    struct row_list list;
    TRY(page(reading, way, STR(""), REVOKED_MAX, &list));
    const struct audit_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct revoked one;
        bool is_one = false;
        TRY(read_one(reading->tx, &rows[i], way, &one, &is_one));
        if (is_one && str_equal(one.kind, str_from_cstr(kind))) {
            check(*count < ARRAY_LEN(ways) * REVOKED_MAX);
            seconds[(*count)++] = seconds_of(&one);
        }
    }
    return OK;
}

/* Of an even number the lower of the two in the middle: a time that somebody did take. */
static void summarize(const char *kind, int64_t *seconds, size_t count,
                      struct export_value *values) {
    check(count > 0);
    qsort(seconds, count, sizeof *seconds, by_size);
    const int64_t wholes[] = {(int64_t)count, seconds[(count - 1) / 2], seconds[count - 1]};
    values[0] = (struct export_value){str_from_cstr(kind), ROW_NONE};
    for (size_t i = 0; i < ARRAY_LEN(wholes); i++) {
        values[i + 1] = (struct export_value){STR(""), wholes[i]};
    }
}

struct err evidence_read_time_to_revoke(struct evidence_reading *reading,
                                        struct row_list *ret_list) {
    static const char *const kinds[] = {"operator", "member", "key"};
    struct arena *arena = reading->tx->cx->arena;
    struct export_row *out = arena_array(arena, ARRAY_LEN(kinds), sizeof *out);
    int64_t *seconds = arena_array(arena, ARRAY_LEN(ways) * REVOKED_MAX, sizeof *seconds);
    size_t rows = 0;
    reading->is_over = true;
    for (size_t i = 0; out != NULL && seconds != NULL && i < ARRAY_LEN(kinds); i++) {
        size_t count = 0;
        for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
            TRY(add_seconds(reading, way, kinds[i], seconds, &count));
        }
        if (count > 0) {
            summarize(kinds[i], seconds, count, out[rows++].values);
        }
    }
    *ret_list = (struct row_list){out, rows};
    return out == NULL || seconds == NULL ? ERR(ERR_NO_MEMORY) : OK;
}
