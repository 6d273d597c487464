#include "app/webhook_endpoint.h"

#include "app/alert.h"
#include "app/audit.h"
#include "app/billing_event_type.h"
#include "app/webhook_signature.h"
#include "base/check.h"
#include "core/calendar.h"
#include "store/webhook_delivery.h"

/* Told of a delivery that ends with its endpoint's being disabled. */
#define GIVEN_UP STR("The endpoint is disabled.")

/* --- types --- */

/* "invoice.*" and "*": all that begins so. */
static bool is_of(struct str type, struct str word) {
    return str_ends_with(word, STR("*")) ? str_starts_with(type, str_first(word, word.len - 1))
                                         : str_equal(type, word);
}

bool webhook_type_is_known(struct str word) {
    bool is_group = str_equal(word, STR("*")) || str_ends_with(word, STR(".*"));
    for (size_t i = 0; is_group && i < billing_event_type_count; i++) {
        if (is_of(str_from_cstr(billing_event_types[i].name), word)) {
            return true;
        }
    }
    return billing_event_type_find(word) != NULL;
}

bool webhook_types_have(struct str words, struct str type) {
    while (words.len > 0) {
        if (is_of(type, str_cut(&words, ' '))) {
            return true;
        }
    }
    return false;
}

/* --- reading --- */

struct err webhook_endpoints_read(struct tx *tx, struct row_list *ret_list) {
    return webhook_endpoint_list(tx, WEBHOOK_ENDPOINTS_MAX, ret_list);
}

struct err webhook_endpoint_read(struct tx *tx, struct str id, struct webhook_endpoint_row *ret_row,
                                 bool *ret_found) {
    return webhook_endpoint_get(tx, id, ret_row, ret_found);
}

/* --- made --- */

static void put_facts(struct webhook_endpoint_row *row,
                      const struct webhook_endpoint_facts *facts) {
    row->url = facts->url;
    row->description = facts->description;
    row->types = facts->types;
    row->metadata = facts->metadata.len > 0 ? facts->metadata : STR("{}");
}

static struct err run_create(struct command *command, struct tx *tx) {
    struct webhook_endpoint_create *create = (struct webhook_endpoint_create *)command;
    struct row_list list;
    TRY(webhook_endpoints_read(tx, &list));
    if (list.count == WEBHOOK_ENDPOINTS_MAX) {
        command->outcome = OUTCOME_WEBHOOK_ENDPOINTS_FULL;
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    struct webhook_endpoint_row row = {
        .id = id_new(tx->cx, "whep"),
        .secret = create->secret,
        .secret_before_until = ROW_NONE,
        .status = WEBHOOK_ENDPOINT_ENABLED,
        .disabled_at = ROW_NONE,
        .failing_since = ROW_NONE,
        .created_at = now,
        .updated_at = now,
    };
    put_facts(&row, &create->facts);
    create->id = row.id;
    audit_say(tx, &(struct audit_said){.object = id_str(&create->id)});
    command->outcome = OUTCOME_CREATED;
    return webhook_endpoint_insert(tx, &row);
}

void webhook_endpoint_create(struct app *app, struct webhook_endpoint_create *create) {
    check(webhook_secret_is_valid(create->secret));
    create->command.run = run_create;
    create->command.after = NULL;
    command_submit(app, &create->command);
}

/* --- changed --- */

/* Reads the endpoint that a command is about; false, and its outcome, when there is none. */
static struct err find(struct command *command, struct tx *tx, struct str id,
                       struct webhook_endpoint_row *ret_row, bool *ret_found) {
    TRY(webhook_endpoint_get(tx, id, ret_row, ret_found));
    command->outcome = *ret_found ? OUTCOME_DONE : OUTCOME_WEBHOOK_ENDPOINT_NOT_FOUND;
    return OK;
}

static struct err disable(struct tx *tx, struct webhook_endpoint_row *row, const char *reason) {
    row->status = WEBHOOK_ENDPOINT_DISABLED;
    row->disabled_reason = str_from_cstr(reason);
    row->disabled_at = row->updated_at = cx_now_ms(tx->cx);
    return webhook_delivery_give_up(tx, id_str(&row->id), GIVEN_UP);
}

static void enable(struct webhook_endpoint_row *row) {
    row->status = WEBHOOK_ENDPOINT_ENABLED;
    row->disabled_reason = STR("");
    row->disabled_at = row->failing_since = ROW_NONE;
}

static struct err run_change(struct command *command, struct tx *tx) {
    struct webhook_endpoint_change *change = (struct webhook_endpoint_change *)command;
    struct webhook_endpoint_row row;
    bool is_found = false;
    TRY(find(command, tx, change->id, &row, &is_found));
    if (!is_found) {
        return OK;
    }
    bool was_enabled = row.status == WEBHOOK_ENDPOINT_ENABLED;
    put_facts(&row, &change->facts);
    row.updated_at = cx_now_ms(tx->cx);
    if (change->is_enabled && !was_enabled) {
        enable(&row);
    } else if (!change->is_enabled && was_enabled) {
        TRY(disable(tx, &row, "operator"));
    }
    return webhook_endpoint_replace(tx, &row);
}

void webhook_endpoint_change(struct app *app, struct webhook_endpoint_change *change) {
    change->command.run = run_change;
    change->command.after = NULL;
    command_submit(app, &change->command);
}

struct err webhook_endpoint_shut(struct app *app, struct tx *tx, struct webhook_endpoint_row *row,
                                 const char *reason, struct str answer) {
    if (row->status == WEBHOOK_ENDPOINT_DISABLED) {
        return OK;
    }
    TRY(disable(tx, row, reason));
    TRY(webhook_endpoint_replace(tx, row));
    return alert_webhook_endpoint_disabled(app, tx, row, answer);
}

static struct err run_roll(struct command *command, struct tx *tx) {
    struct webhook_secret_roll *roll = (struct webhook_secret_roll *)command;
    struct webhook_endpoint_row row;
    struct instant now = {cx_now_ms(tx->cx)};
    bool is_found = false;
    TRY(find(command, tx, roll->id, &row, &is_found));
    if (!is_found) {
        return OK;
    }
    bool overlaps = roll->overlap_hours > 0;
    row.secret_before = overlaps ? row.secret : STR("");
    row.secret_before_until =
        overlaps ? instant_add(now, duration_seconds(roll->overlap_hours * 3600)).ms : ROW_NONE;
    row.secret = roll->secret;
    row.updated_at = now.ms;
    return webhook_endpoint_replace(tx, &row);
}

void webhook_secret_roll(struct app *app, struct webhook_secret_roll *roll) {
    check(webhook_secret_is_valid(roll->secret));
    check(roll->overlap_hours >= 0 && roll->overlap_hours <= WEBHOOK_OVERLAP_HOURS_MAX);
    roll->command.run = run_roll;
    roll->command.after = NULL;
    command_submit(app, &roll->command);
}

/* --- ended --- */

static struct err run_remove(struct command *command, struct tx *tx) {
    struct webhook_endpoint_remove *remove = (struct webhook_endpoint_remove *)command;
    bool was_there = false;
    TRY(webhook_delivery_delete_of(tx, remove->id));
    TRY(webhook_endpoint_delete(tx, remove->id, &was_there));
    command->outcome = was_there ? OUTCOME_DONE : OUTCOME_WEBHOOK_ENDPOINT_NOT_FOUND;
    return OK;
}

void webhook_endpoint_remove(struct app *app, struct webhook_endpoint_remove *remove) {
    remove->command.run = run_remove;
    remove->command.after = NULL;
    command_submit(app, &remove->command);
}
