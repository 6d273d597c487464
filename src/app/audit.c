#include "app/audit.h"

#include <string.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/rfc3339.h"
#include "core/audit.h"
#include "store/customer.h"

enum {
    ROW_VERSION = 2, /* 1 had reasons in words */
    OBJECT_MAX = 255,
    REASON_MAX = 2000,
    AGENT_MAX = 256,
    VEIL_BYTES = (AUDIT_VEILED_SIZE - 3) / 2,
};

/* --- what is said --- */

static void replace(struct str *said, struct str by) {
    if (by.len > 0) {
        *said = by;
    }
}

const struct actor *audit_actor(const struct tx *tx) {
    return tx->audit == NULL || tx->audit->act == NULL ? NULL : &tx->audit->act->actor;
}

struct str audit_actor_id(const struct tx *tx) {
    const struct actor *actor = audit_actor(tx);
    return actor == NULL ? STR("") : actor->id;
}

void audit_say(struct tx *tx, const struct audit_said *said) {
    if (tx->audit == NULL) {
        return;
    }
    struct audit_said *all = &tx->audit->said;
    replace(&all->customer, said->customer);
    replace(&all->object, said->object);
    replace(&all->before, said->before);
    replace(&all->after, said->after);
    replace(&all->reason, said->reason);
    replace(&all->approval, said->approval);
    replace(&all->outcome, said->outcome);
}

struct str audit_facts(struct cx *cx, const struct jcs_member *members, size_t count) {
    size_t len = jcs_write(members, count, NULL);
    char *text = arena_room(cx->arena, len);
    if (text == NULL) {
        return STR(""); /* the arena has failed, and says so */
    }
    (void)jcs_write(members, count, text);
    return str_of(text, len);
}

void audit_veil(const struct app *app, struct str text, char ret_veiled[AUDIT_VEILED_SIZE]) {
    uint8_t mac[SHA256_SIZE];
    const struct str parts[] = {STR("audit\n"), text};
    memset(ret_veiled, 0, AUDIT_VEILED_SIZE);
    if (text.len > 0) {
        hmac_sha256(app->audit_key, parts, ARRAY_LEN(parts), mac);
        memcpy(ret_veiled, "h:", 2);
        str_hex(mac, VEIL_BYTES, ret_veiled + 2);
    }
}

struct str audit_veiled(struct tx *tx, struct str text) {
    char veiled[AUDIT_VEILED_SIZE] = "";
    if (tx->audit != NULL) {
        audit_veil(tx->audit->app, text, veiled);
    }
    return arena_str(tx->cx->arena, str_from_cstr(veiled));
}

/* --- where it came from, and why --- */

/* What comes from outside is bounded and UTF-8, or is not written. */
static struct str fit(struct str text, size_t max) {
    return text.len <= max && str_is_utf8(text) ? text : STR("");
}

/* Whatever a client calls itself, as text. */
static struct str plain(struct cx *cx, struct str text) {
    struct str first = str_first(text, AGENT_MAX);
    char *copy = arena_room(cx->arena, first.len + 1);
    for (size_t i = 0; copy != NULL && i < first.len; i++) {
        char c = first.bytes[i];
        copy[i] = c >= ' ' && c < 0x7f ? c : '?';
    }
    return copy == NULL ? STR("") : str_of(copy, first.len);
}

/* Remembers it beside the row, which names it. */
static struct err keep_origin(struct tx *tx, struct str chain, struct str *ret_reference) {
    const struct actor *actor = &tx->audit->act->actor;
    char veiled[AUDIT_VEILED_SIZE];
    *ret_reference = STR("");
    if (actor->address.len == 0) {
        return OK;
    }
    struct str agent = plain(tx->cx, actor->user_agent);
    audit_veil(tx->audit->app,
               arena_printf(tx->cx->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(chain),
                            STR_ARG(actor->address), STR_ARG(agent)),
               veiled);
    *ret_reference = arena_str(tx->cx->arena, str_from_cstr(veiled));
    const struct audit_origin_row row = {
        .user_id = chain,
        .reference = *ret_reference,
        .address = actor->address,
        .user_agent = agent,
        .first_at = cx_now_ms(tx->cx),
        .last_at = cx_now_ms(tx->cx),
    };
    return audit_origin_put(tx, &row);
}

/* "h:" and 32 digits: what was veiled before it came here, and stays so. */
static bool is_veil(struct str text) {
    bool is = text.len == AUDIT_VEILED_SIZE - 1 && str_starts_with(text, STR("h:"));
    for (size_t i = 2; is && i < text.len; i++) {
        char c = text.bytes[i];
        is = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return is;
}

/* Remembers the words beside the row, which has their keyed hash. */
static struct err keep_reason(struct tx *tx, const struct audit_row *row, struct str reason,
                              struct str *ret_reference) {
    struct str words = fit(reason, REASON_MAX);
    *ret_reference = words;
    if (words.len == 0 || is_veil(words)) {
        return OK;
    }
    *ret_reference = audit_veiled(tx, words);
    const struct audit_reason_row kept = {
        .user_id = row->user_id, .row_id = id_str(&row->id), .reason = words};
    return audit_reason_insert(tx, &kept);
}

/* --- the row --- */

struct members {
    struct jcs_member list[JCS_MEMBERS_MAX];
    size_t count;
};

static void add(struct members *members, const char *name, struct str text) {
    check(members->count < JCS_MEMBERS_MAX);
    members->list[members->count++] = (struct jcs_member)AUDIT_TEXT(name, text);
}

static void add_if(struct members *members, const char *name, struct str text) {
    if (text.len > 0) {
        add(members, name, text);
    }
}

static void add_facts(struct members *members, const char *name, struct str object) {
    if (object.len > 0) {
        add(members, name, object);
        members->list[members->count - 1].kind = JCS_RAW;
    }
}

static void add_whole(struct members *members, const char *name, int64_t whole) {
    check(members->count < JCS_MEMBERS_MAX);
    members->list[members->count++] = (struct jcs_member)AUDIT_WHOLE(name, whole);
}

static void add_actor(struct members *members, const struct act *act) {
    if (act == NULL) {
        add(members, "actor", STR(""));
        add(members, "actorKind", str_from_cstr(actor_kind_name(ACTOR_SYSTEM)));
        return;
    }
    const struct actor *actor = &act->actor;
    add(members, "actor", fit(actor->id, OBJECT_MAX));
    add(members, "actorKind", str_from_cstr(actor_kind_name(actor->kind)));
    add_if(members, "session", fit(actor->session, OBJECT_MAX));
    add_if(members, "impersonator", fit(actor->impersonator, OBJECT_MAX));
    add_if(members, "request", fit(actor->request_id, OBJECT_MAX));
}

/* Who is nobody's customer has no chain: what was tried stands in the operators'. */
static struct err chain_of(struct tx *tx, struct str customer, struct str *ret_chain) {
    struct customer_row row;
    bool is_known = false;
    *ret_chain = STR("");
    if (customer.len > 0) {
        TRY(customer_get(tx, customer, &row, &is_known));
    }
    if (is_known) {
        *ret_chain = customer;
    }
    return OK;
}

static struct err follow(struct tx *tx, struct audit_row *row, struct hash *ret_before) {
    struct audit_row last;
    bool has_last = false;
    TRY(audit_row_last(tx, row->user_id, &last, &has_last));
    row->seq = has_last ? last.seq + 1 : 1;
    memset(ret_before, 0, sizeof *ret_before);
    if (has_last && !str_unhex(last.chain, ret_before->bytes, SHA256_SIZE)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "the audit log holds a hash that is none");
    }
    return OK;
}

static struct str hex_of(struct cx *cx, const struct hash *hash) {
    char hex[SHA256_HEX];
    str_hex(hash->bytes, SHA256_SIZE, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

/* What is the row's own, and what it is found by. */
static struct err begin(struct tx *tx, struct str action, const struct audit_said *said,
                        struct audit_row *ret_row) {
    const struct act *act = tx->audit->act;
    struct str customer = said->customer.len > 0 ? said->customer
                          : act != NULL          ? act->customer
                                                 : STR("");
    struct str object = said->object.len > 0 ? said->object : act != NULL ? act->object : STR("");
    struct audit_row row = {
        .id = id_new(tx->cx, AUDIT_ROW_KIND),
        .at = cx_now_ms(tx->cx),
        .actor = act == NULL ? STR("") : fit(act->actor.id, OBJECT_MAX),
        .action = action,
        .object = fit(object, OBJECT_MAX),
    };
    TRY(chain_of(tx, fit(customer, LIMIT_USER_ID), &row.user_id));
    *ret_row = row;
    return OK;
}

static struct err write(struct tx *tx, struct audit_row *row, struct members *members) {
    struct hash before;
    char at[RFC3339_SIZE];
    rfc3339_format(row->at, at);
    TRY(follow(tx, row, &before));
    add(members, "action", row->action);
    add(members, "at", str_from_cstr(at));
    add(members, "chain", row->user_id);
    add(members, "id", id_str(&row->id));
    add(members, "object", row->object);
    add_whole(members, "seq", row->seq);
    add_whole(members, "v", ROW_VERSION);
    row->row = audit_facts(tx->cx, members->list, members->count);
    struct hash leaf = merkle_leaf(row->row);
    struct hash chain = audit_chain(&before, &leaf);
    row->leaf = hex_of(tx->cx, &leaf);
    row->chain = hex_of(tx->cx, &chain);
    if (arena_failed(tx->cx->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(audit_row_insert(tx, row));
    return audit_pending_add(tx, row->user_id);
}

static void add_said(struct members *members, const struct audit_said *said) {
    add_facts(members, "before", said->before);
    add_facts(members, "after", said->after);
    add_if(members, "approval", fit(said->approval, OBJECT_MAX));
}

struct err audit_append(struct tx *tx, const struct audit_entry *entry) {
    struct audit_row row;
    struct members members = {.count = 0};
    struct str reason;
    if (tx->audit == NULL) {
        return OK;
    }
    TRY(begin(tx, entry->action, &entry->said, &row));
    TRY(keep_reason(tx, &row, entry->said.reason, &reason));
    add_actor(&members, tx->audit->act);
    add_said(&members, &entry->said);
    add_if(&members, "reason", reason);
    add(&members, "outcome",
        entry->said.outcome.len > 0 ? entry->said.outcome
                                    : str_from_cstr(outcome_code(OUTCOME_DONE)));
    return write(tx, &row, &members);
}

struct err audit_conclude(struct tx *tx, enum outcome outcome) {
    struct audit_row row;
    struct members members = {.count = 0};
    struct str origin;
    struct str reason;
    if (tx->audit == NULL || tx->audit->act == NULL) {
        return OK;
    }
    const struct act *act = tx->audit->act;
    const struct audit_said *said = &tx->audit->said;
    struct str customer = said->customer.len > 0 ? said->customer : act->customer;
    TRY(begin(tx, act->action, said, &row));
    TRY(keep_origin(tx, row.user_id, &origin));
    TRY(keep_reason(tx, &row, said->reason.len > 0 ? said->reason : act->reason, &reason));
    add_actor(&members, act);
    add_said(&members, said);
    add_facts(&members, "asked", act->asked);
    add_if(&members, "reason", reason);
    if (row.user_id.len == 0) {
        add_if(&members, "customer", fit(customer, LIMIT_USER_ID));
    }
    add_if(&members, "origin", origin);
    add(&members, "outcome",
        said->outcome.len > 0 ? said->outcome : str_from_cstr(outcome_code(outcome)));
    return write(tx, &row, &members);
}

/* --- only the row --- */

static struct err run_only(struct command *command, struct tx *tx) {
    audit_say(tx, &(struct audit_said){.outcome = ((struct audit_only *)command)->outcome});
    return OK;
}

void audit_write_only(struct app *app, struct audit_only *only) {
    check(app->acting != NULL);
    only->command.run = run_only;
    only->command.after = NULL;
    command_submit_with(app, &only->command, COMMAND_TOTALS_OF, STR(""));
}

/* --- reading --- */

struct err audit_read_page(struct tx *tx, const struct audit_filter *filter, size_t max,
                           struct row_list *ret_list) {
    return audit_row_page(tx, filter, max, ret_list);
}

struct err audit_read_walk(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                           struct row_list *ret_list) {
    return audit_row_walk(tx, user_id, seq, max, ret_list);
}

struct err audit_read_origin(struct tx *tx, const struct audit_row *row,
                             struct audit_origin_row *ret_row, bool *ret_found) {
    struct str reference;
    *ret_found = false;
    return jcs_plain(jcs_find(row->row, "origin"), &reference)
               ? audit_origin_get(tx, row->user_id, reference, ret_row, ret_found)
               : OK;
}

/* Rows of before words were kept aside have them in themselves. */
struct err audit_read_reason(struct tx *tx, const struct audit_row *row, struct str *ret_reason) {
    struct audit_reason_row kept;
    bool is_kept = false;
    struct str said = STR("");
    *ret_reason = (struct str){NULL, 0};
    if (!jcs_plain(jcs_find(row->row, "reason"), &said)) {
        return OK;
    }
    TRY(audit_reason_get(tx, row->user_id, id_str(&row->id), &kept, &is_kept));
    if (is_kept && kept.reason.len > 0) {
        *ret_reason = kept.reason;
    } else if (!is_veil(said)) {
        *ret_reason = said;
    }
    return OK;
}
