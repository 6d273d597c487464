#include "core/audit_check.h"

#include "base/check.h"
#include "base/rfc3339.h"
#include "core/jcs.h"

static const struct {
    const char *name, *text;
} faults[AUDIT_FAULT_COUNT] = {
    [AUDIT_SOUND] = {"sound", "nothing is wrong"},
    [AUDIT_MISSING] = {"missing", "the row is not there, though later ones are: it was deleted"},
    [AUDIT_MOVED] = {"moved", "the row was written under another number or in another chain: rows "
                              "were swapped, put in or renumbered"},
    [AUDIT_CHANGED] = {"changed", "the row is not as it was written: its bytes were changed"},
    [AUDIT_BROKEN] = {"broken", "the row does not follow from the one before it: one of the two "
                                "was replaced or put in"},
    [AUDIT_INDEXED] = {"indexed", "the row is found by something else than it says: a column "
                                  "beside it was changed"},
    [AUDIT_CUT] = {"cut", "the row was signed and is not there: the end was cut off"},
    [AUDIT_FORKED] = {"forked", "something else was signed: the history up to here was written "
                                "anew"},
};

const char *audit_fault_name(enum audit_fault fault) {
    check((unsigned)fault < AUDIT_FAULT_COUNT);
    return faults[fault].name;
}

const char *audit_fault_text(enum audit_fault fault) {
    check((unsigned)fault < AUDIT_FAULT_COUNT);
    return faults[fault].text;
}

static bool is_named(struct str row, const char *name, struct str text) {
    return jcs_is_text(jcs_find(row, name), text);
}

static bool is_own(const struct audit_check *check, const struct audit_stored *stored) {
    int64_t seq = 0;
    return jcs_whole(jcs_find(stored->row, "seq"), &seq) && seq == stored->seq &&
           is_named(stored->row, "chain", check->chain);
}

static bool is_found_by_what_it_says(const struct audit_stored *stored) {
    char at[RFC3339_SIZE];
    if (stored->id.len == 0) {
        return true;
    }
    rfc3339_format(stored->at, at);
    return is_named(stored->row, "id", stored->id) &&
           is_named(stored->row, "actor", stored->actor) &&
           is_named(stored->row, "action", stored->action) &&
           is_named(stored->row, "object", stored->object) &&
           is_named(stored->row, "at", str_from_cstr(at));
}

static enum audit_fault judge(const struct audit_check *check, const struct audit_stored *stored) {
    struct hash leaf = merkle_leaf(stored->row);
    struct hash hash = audit_chain(&check->hash, &leaf);
    if (stored->seq != (int64_t)check->rows.size + 1) {
        return AUDIT_MISSING;
    }
    if (!is_own(check, stored)) {
        return AUDIT_MOVED;
    }
    if (!hash_equal(&leaf, &stored->leaf)) {
        return AUDIT_CHANGED;
    }
    if (!hash_equal(&hash, &stored->hash)) {
        return AUDIT_BROKEN;
    }
    return is_found_by_what_it_says(stored) ? AUDIT_SOUND : AUDIT_INDEXED;
}

static void note(struct audit_check *check, enum audit_fault fault, int64_t seq) {
    check((unsigned)fault < AUDIT_FAULT_COUNT);
    if (check->fault == AUDIT_SOUND && fault != AUDIT_SOUND) {
        check->fault = fault;
        check->fault_seq = seq;
    }
}

void audit_check_row(struct audit_check *check, const struct audit_stored *stored) {
    if (check->fault != AUDIT_SOUND) {
        return;
    }
    note(check, judge(check, stored), (int64_t)check->rows.size + 1);
    if (check->fault == AUDIT_SOUND) {
        merkle_add(&check->rows, &stored->leaf);
        check->hash = stored->hash;
        check(check->rows.size == (uint64_t)stored->seq);
    }
}

void audit_check_head(struct audit_check *check, const struct audit_head *head) {
    int64_t count = (int64_t)check->rows.size;
    if (check->fault != AUDIT_SOUND) {
        return;
    }
    if (head->seq > count) {
        note(check, AUDIT_CUT, count + 1);
        return;
    }
    struct hash root = merkle_root(&check->rows);
    if (head->seq != count || !hash_equal(&head->hash, &check->hash) ||
        !hash_equal(&head->root, &root)) {
        note(check, AUDIT_FORKED, head->seq);
    }
}
