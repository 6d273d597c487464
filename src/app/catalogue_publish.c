#include "app/catalogue_publish.h"

#include <string.h>

#include "app/audit.h"
#include "app/catalogue_shape.h"
#include "base/crypto.h"
#include "base/json.h"
#include "store/person.h"
#include "store/setting.h"

/* Settings: what is in force, and what waits to be. Texts are in canonical form. */
static const char hash_in_force[] = "catalogue_hash";
static const char text_in_force[] = "catalogue_text";
static const char text_next[] = "catalogue_next";

enum { OPERATORS_MAX = 200, MEMBERS_MAX = 60 };
static_assert(MEMBERS_MAX < (int)JCS_MEMBERS_MAX, "room for the count of what is left out");

/* --- canonical texts --- */

static int add_part(const char *bytes, size_t len, void *context) {
    buf_add(context, str_of(bytes, len));
    return 0;
}

/* Sorted and without blanks: what is only written otherwise is the same. */
static struct str canonical(struct cx *cx, const json_t *value) {
    CLEANUP(buf_finish) struct buf buf;
    buf_init(&buf, cx->env, CATALOGUE_FILE_MAX);
    (void)json_dump_callback(value, add_part, &buf,
                             JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    return arena_str(cx->arena, buf_str(&buf));
}

/* Without what tells editors where the schema is. */
static struct err canonical_of(struct cx *cx, struct str text, struct str *ret_text) {
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(text, &problem);
    if (!json_is_object(object)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The catalogue is no JSON object.");
    }
    (void)json_object_del(object, "$schema");
    *ret_text = canonical(cx, object);
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- what becomes something else --- */

struct sides {
    struct cx *cx;
    struct jcs_member before[JCS_MEMBERS_MAX], after[JCS_MEMBERS_MAX];
    size_t before_count, after_count;
    int64_t left_out;
};

static void add_side(struct sides *sides, const char *name, const json_t *value,
                     struct jcs_member *members, size_t *count) {
    if (value == NULL) {
        return;
    }
    if (*count == MEMBERS_MAX) {
        sides->left_out++;
        return;
    }
    members[(*count)++] = (struct jcs_member){
        .name = name, .kind = JCS_RAW, .text = canonical(sides->cx, value), .whole = 0};
}

static void add(struct sides *sides, const char *name, const json_t *before, const json_t *after) {
    if (before != NULL && after != NULL && json_equal(before, after) == 1) {
        return;
    }
    add_side(sides, name, before, sides->before, &sides->before_count);
    add_side(sides, name, after, sides->after, &sides->after_count);
}

/* "starter 2", "coupon LAUNCH". */
static const char *name_of(struct cx *cx, const json_t *item) {
    struct str code = json_text(item, "code");
    struct str name =
        code.len > 0 ? arena_printf(cx->arena, "coupon " STR_FMT, STR_ARG(code))
                     : arena_printf(cx->arena, STR_FMT " %lld", STR_ARG(json_text(item, "tier")),
                                    (long long)json_i64(item, "version", 0));
    return arena_cstr(cx->arena, name);
}

static const json_t *find(struct cx *cx, const json_t *list, const char *name) {
    const json_t *item = NULL;
    size_t at = 0;
    json_array_foreach(list, at, item) {
        if (strcmp(name_of(cx, item), name) == 0) {
            return item;
        }
    }
    return NULL;
}

static void add_list(struct sides *sides, const json_t *before, const json_t *after) {
    const json_t *item = NULL;
    size_t at = 0;
    json_array_foreach(before, at, item) {
        const char *name = name_of(sides->cx, item);
        add(sides, name, item, find(sides->cx, after, name));
    }
    json_array_foreach(after, at, item) {
        const char *name = name_of(sides->cx, item);
        if (find(sides->cx, before, name) == NULL) {
            add(sides, name, NULL, item);
        }
    }
}

static struct str written(struct sides *sides, struct jcs_member *members, size_t count) {
    if (sides->left_out > 0) {
        members[count++] = (struct jcs_member)AUDIT_WHOLE("left out", sides->left_out);
    }
    return audit_facts(sides->cx, members, count);
}

static struct err compare(struct cx *cx, struct str before, struct str after,
                          struct approval_facts *facts) {
    static const char *const whole[] = {"approvals", "consumer",    "currency", "dunning",
                                        "features",  "priceNotice", "retention"};
    struct json_problem problem;
    json_t *old CLEANUP(json_release) = json_read(before, &problem);
    json_t *new CLEANUP(json_release) = json_read(after, &problem);
    struct sides *sides = ARENA_NEW(cx->arena, struct sides);
    if (old == NULL || new == NULL || sides == NULL) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "A catalogue that was kept is no JSON.");
    }
    sides->cx = cx;
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        add(sides, whole[i], json_object_get(old, whole[i]), json_object_get(new, whole[i]));
    }
    add_list(sides, json_object_get(old, "plans"), json_object_get(new, "plans"));
    add_list(sides, json_object_get(old, "coupons"), json_object_get(new, "coupons"));
    facts->before = written(sides, sides->before, sides->before_count);
    facts->after = written(sides, sides->after, sides->after_count);
    return OK;
}

/* --- the approval --- */

static struct str request_text(struct cx *cx, struct str hash) {
    return AUDIT_FACTS(cx, AUDIT_TEXT("catalogueHash", hash));
}

struct err catalogue_describe(struct app *app, struct tx *tx,
                              const struct approval_subject *subject,
                              struct approval_facts *ret_facts) {
    struct str before;
    struct str next;
    (void)app;
    TRY(setting_get(tx, text_in_force, &before));
    TRY(setting_get(tx, text_next, &next));
    struct str hash = sha256_text(tx->cx->arena, next);
    bool is_it = str_equal(subject->request, request_text(tx->cx, hash));
    if (!is_it || str_equal(before, next)) {
        ret_facts->outcome = OUTCOME_APPROVAL_STALE; /* another file was given meanwhile */
        return OK;
    }
    ret_facts->object_id = hash;
    return compare(tx->cx, before, next, ret_facts);
}

static struct err put_in_force(struct tx *tx, struct str text) {
    TRY(setting_put(tx, hash_in_force, sha256_text(tx->cx->arena, text)));
    return setting_put(tx, text_in_force, text);
}

struct err catalogue_execute(struct approval_execution *execution) {
    struct str next;
    TRY(setting_get(execution->tx, text_next, &next));
    execution->outcome = OUTCOME_DONE;
    return put_in_force(execution->tx, next);
}

/* --- at start --- */

static struct err has_decider(struct tx *tx, const struct approval_rule *rule, bool *ret_has) {
    struct row_list list;
    TRY(person_operators(tx, OPERATORS_MAX, &list));
    const struct person_row *people = list.items;
    *ret_has = false;
    for (size_t i = 0; i < list.count; i++) {
        *ret_has |= people[i].disabled_at == ROW_NONE &&
                    approval_may_decide(rule, STR(""), id_str(&people[i].id),
                                        (enum role)people[i].operator_role) == APPROVAL_MAY_DECIDE;
    }
    return OK;
}

/* The one in force takes the file's place, and the file waits. */
static struct err ask(struct app *app, struct tx *tx, struct str text,
                      struct record_id *ret_waits_for) {
    struct approval_request request = {
        .subject = {.action = APPROVAL_CATALOGUE,
                    .user_id = STR(""),
                    .request = request_text(tx->cx, sha256_text(tx->cx->arena, text))},
    };
    struct approval_row row = {.id = {""}};
    TRY(setting_put(tx, text_next, text));
    TRY(approval_request(app, tx, &request, &row));
    *ret_waits_for = row.id;
    return OK;
}

struct err catalogue_publish(struct app *app, struct tx *tx, struct str text,
                             struct record_id *ret_waits_for) {
    struct str next;
    struct str hash;
    struct str before;
    bool may_wait = false;
    *ret_waits_for = (struct record_id){""};
    TRY(canonical_of(tx->cx, text, &next));
    TRY(setting_get(tx, hash_in_force, &hash));
    if (hash.len == 0) {
        return put_in_force(tx, next);
    }
    if (str_equal(hash, sha256_text(tx->cx->arena, next))) {
        return OK;
    }
    struct catalogue *in_force = ARENA_NEW(tx->cx->arena, struct catalogue);
    if (in_force == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(setting_get(tx, text_in_force, &before));
    TRY(catalogue_read(tx->cx, "the catalogue in force", before, in_force));
    const struct approval_rule *rule = &in_force->approvals.rules[APPROVAL_CATALOGUE];
    if (rule->need != APPROVAL_NEVER) {
        TRY(has_decider(tx, rule, &may_wait));
    }
    if (!may_wait) {
        return put_in_force(tx, next);
    }
    *app->catalogue = *in_force;
    return ask(app, tx, next, ret_waits_for);
}
