#include "app/billed_to.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

enum { TAX_IDS_MAX = 16 };

static void add_part(struct buf *text, struct str part) {
    for (size_t i = 0; i < part.len; i++) {
        bool is_break = part.bytes[i] == '\n' || part.bytes[i] == '\r';
        buf_add(text, is_break ? STR(" ") : str_of(part.bytes + i, 1));
    }
}

static void add_line(struct buf *text, struct str first, struct str second) {
    if (first.len + second.len == 0) {
        return;
    }
    if (buf_str(text).len > 0) {
        buf_add(text, STR("\n"));
    }
    add_part(text, first);
    if (first.len > 0 && second.len > 0) {
        buf_add(text, STR(" "));
    }
    add_part(text, second);
}

static int compare_text(struct str a, struct str b) {
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.bytes, b.bytes, least);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_tax_ids(const void *left, const void *right) {
    const json_t *a = *(json_t *const *)left;
    const json_t *b = *(json_t *const *)right;
    int order = compare_text(json_text(a, "type"), json_text(b, "type"));
    return order != 0 ? order : compare_text(json_text(a, "value"), json_text(b, "value"));
}

/* In an order of their own: neither side promises one. */
static void add_tax_ids(struct buf *text, const json_t *list) {
    const json_t *sorted[TAX_IDS_MAX];
    size_t count = json_array_size(list);
    count = count < TAX_IDS_MAX ? count : TAX_IDS_MAX;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = json_array_get(list, i);
    }
    qsort(sorted, count, sizeof sorted[0], compare_tax_ids);
    for (size_t i = 0; i < count; i++) {
        add_line(text, json_text(sorted[i], "type"), json_text(sorted[i], "value"));
    }
}

struct str billed_to_text(struct arena *arena, const struct billed_to *buyer) {
    struct buf text;
    buf_init(&text, arena->env, LIMIT_BODY);
    add_line(&text, buyer->name, STR(""));
    add_line(&text, buyer->line1, STR(""));
    add_line(&text, buyer->line2, STR(""));
    add_line(&text, buyer->postal_code, buyer->city);
    add_line(&text, buyer->state, STR(""));
    add_line(&text, buyer->country, STR(""));
    add_tax_ids(&text, buyer->tax_ids);
    if (buyer->purchase_order.len > 0) {
        add_line(&text, STR(PURCHASE_ORDER_LABEL ":"), buyer->purchase_order);
    }
    return buf_finish_in(&text, arena);
}
