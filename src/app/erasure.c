#include "app/erasure.h"

#include <stdio.h>

#include "app/audit.h"
#include "app/erasure_tell.h"
#include "app/mail_send.h"
#include "app/retention.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "core/subscription.h"
#include "store/customer.h"
#include "store/dunning.h"
#include "store/erasure.h"
#include "store/invoice.h"
#include "store/keyring.h"
#include "store/mail.h"
#include "store/operation.h"
#include "store/person.h"
#include "store/subscription.h"
#include "store/touched.h"

enum {
    PEOPLE_MAX = 200,
    /* Books and invoices are kept from the end of their year: ten years cover what member states
     * of the EU ask for. */
    KEPT_YEARS = 10,
    YEAR_DIGITS = 4,
    CERTIFICATE_MAX = 16 * 1024,
};

/* --- what must be settled --- */

static struct err blocked_by(struct tx *tx, struct str user_id, enum outcome *ret_outcome) {
    struct subscription_row subscription;
    struct operation_row operation;
    struct row_list cases;
    bool is_subscribed = false;
    bool is_changing = false;
    bool is_held = false;
    int64_t owed = 0;
    TRY(privacy_customer_stands(tx, user_id, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(subscription_in_force(tx, user_id, &subscription, &is_subscribed));
    TRY(operation_open(tx, user_id, &operation, &is_changing));
    TRY(invoice_count_owed(tx, user_id, &owed));
    TRY(dunning_live(tx, user_id, 1, &cases));
    TRY(retention_is_held(tx, user_id, &is_held));
    *ret_outcome = is_held                                           ? OUTCOME_RETENTION_HELD
                   : is_changing                                     ? OUTCOME_OPERATION_IN_PROGRESS
                   : cases.count > 0                                 ? OUTCOME_ERASURE_DISPUTED
                   : owed > 0                                        ? OUTCOME_ERASURE_OWES
                   : is_subscribed && subscription.tier != TIER_FREE ? OUTCOME_ERASURE_SUBSCRIBED
                                                                     : OUTCOME_DONE;
    return OK;
}

/* --- the people --- */

struct people {
    struct row_list members;
    int64_t going; /* who have no other place */
};

static struct err goes(struct tx *tx, const struct member_row *member, bool *ret_goes) {
    struct person_row person;
    struct row_list places;
    bool is_found = false;
    TRY(person_get(tx, member->person_id, &person, &is_found));
    TRY(member_of(tx, member->person_id, 2, &places));
    *ret_goes = is_found && person.operator_role < 0 && places.count <= 1;
    return OK;
}

static struct err count_people(struct tx *tx, struct str user_id, struct people *ret_people) {
    TRY(member_list(tx, user_id, PEOPLE_MAX, &ret_people->members));
    const struct member_row *rows = ret_people->members.items;
    ret_people->going = 0;
    for (size_t i = 0; i < ret_people->members.count; i++) {
        bool is_going = false;
        TRY(goes(tx, &rows[i], &is_going));
        ret_people->going += is_going ? 1 : 0;
    }
    return OK;
}

static struct err erase_people(struct tx *tx, const struct people *people) {
    const struct member_row *rows = people->members.items;
    for (size_t i = 0; i < people->members.count; i++) {
        bool is_going = false;
        TRY(goes(tx, &rows[i], &is_going));
        if (is_going) {
            TRY(erasure_of_person(tx, rows[i].person_id));
        }
    }
    return OK;
}

/* --- the certificate --- */

struct erased {
    struct str user_id;
    struct people people;
    struct erasure_counts counts;
    struct privacy_addressee asker;
    int64_t invoices_until; /* the year at whose end they may go; 0: there are none */
};

/* The year of the newest invoice, and so many more. */
static struct err read_kept(struct tx *tx, struct erased *erased) {
    struct row_list list;
    char at[RFC3339_SIZE];
    TRY(invoice_page(tx, erased->user_id, (struct invoice_cursor){INT64_MAX, STR("")}, 1, &list));
    if (list.count > 0) {
        int64_t year = 0;
        rfc3339_format(((const struct invoice_row *)list.items)->created_at, at);
        (void)!str_to_i64(str_of(at, YEAR_DIGITS), &year); /* we have just written it */
        erased->invoices_until = year + KEPT_YEARS;
    }
    return OK;
}

struct kept {
    const char *code, *what, *basis;
};
static const struct kept kept_invoices = {
    "invoices",
    "invoices, credit notes, payments, what was agreed to "
    "before them, withdrawals, and the history of the billing",
    "GDPR 17(3)(b): the law wants them kept"};
static const struct kept kept_audit_log = {"audit_log",
                                           "the audit log, in which nothing is personal",
                                           "GDPR 17(3)(b) and (e): evidence of what was done"};
static const struct kept kept_figures = {"figures",
                                         "usage, amounts, dates and the payment provider's ids",
                                         "they tell nobody who it was"};

static void put_kept(struct json_writer *out, const struct kept *kept, int64_t until) {
    char text[40];
    json_open_object(out);
    json_member_cstr(out, "code", kept->code);
    json_member_cstr(out, "what", kept->what);
    json_member_cstr(out, "basis", kept->basis);
    (void)snprintf(text, sizeof text, "%lld-12-31", (long long)until);
    json_member_cstr(out, "until", until > 0 ? text : NULL);
    json_close_object(out);
}

static void put_certificate(const struct erased *erased, int64_t now, struct buf *into) {
    struct json_writer out;
    char at[RFC3339_SIZE];
    rfc3339_format(now, at);
    json_writer_init(&out, into);
    json_open_object(&out);
    json_member_str(&out, "userId", erased->user_id);
    json_member_cstr(&out, "erasedAt", at);
    json_name(&out, "destroyed");
    json_open_object(&out);
    json_member_i64(&out, "keyOfCustomer", 1);
    json_member_i64(&out, "keysOfPeople", erased->people.going);
    for (size_t i = 0; i < erased->counts.count; i++) {
        json_member_i64(&out, erased->counts.steps[i].what, erased->counts.rows[i]);
    }
    json_close_object(&out);
    json_member_i64(&out, "peopleWithAnotherPlace",
                    (int64_t)erased->people.members.count - erased->people.going);
    json_name(&out, "kept");
    json_open_array(&out);
    if (erased->invoices_until > 0) {
        put_kept(&out, &kept_invoices, erased->invoices_until);
    }
    put_kept(&out, &kept_audit_log, 0);
    put_kept(&out, &kept_figures, 0);
    json_close_array(&out);
    json_member_cstr(&out, "atPaymentProvider",
                     "Not erased by this program: redact the customer there.");
    json_close_object(&out);
}

/* --- forgetting --- */

/* The log says which certificate was given, so that none can be given later that says other. */
static struct err certify(struct app *app, struct tx *tx, const struct erased *erased,
                          const struct privacy_request_row *row) {
    struct str hash = sha256_text(tx->cx->arena, row->certificate);
    const struct erasure_notice notice = {
        .to = erased->asker,
        .request_id = id_str(&row->id),
        .sha256 = hash,
        .asked_at = row->created_at,
        .invoices_until = erased->invoices_until,
    };
    const struct audit_entry entry = {
        .action = STR(ERASURE_ACTION),
        .said = {.customer = row->user_id,
                 .object = id_str(&row->id),
                 .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("certificateSha256", hash))},
    };
    TRY(tx->audit == NULL ? OK : audit_append(tx, &entry));
    return erasure_tell(app, tx, &notice);
}

static struct err finish(struct tx *tx, const struct erased *erased, struct str decided_by,
                         struct privacy_request_row *row) {
    struct buf text CLEANUP(buf_finish);
    int64_t now = cx_now_ms(tx->cx);
    buf_init(&text, tx->cx->env, CERTIFICATE_MAX);
    put_certificate(erased, now, &text);
    row->status = STR("done");
    row->finished_at = now;
    row->decided_by = decided_by;
    row->certificate = arena_str(tx->cx->arena, buf_str(&text));
    row->reason = STR(""); /* why it took longer was about them */
    return text.has_failed ? ERR(ERR_NO_MEMORY) : privacy_request_set(tx, row);
}

static struct err erase_keys(struct tx *tx, const struct customer_row *customer) {
    bool was_suppressed = false;
    TRY(mail_suppression_delete(tx, mail_suppressed_as(tx->cx->arena, customer->email),
                                &was_suppressed));
    return keyring_destroy(tx, customer->user_id, KEY_PII);
}

static struct err erase(struct app *app, struct tx *tx, struct privacy_request_row *row,
                        struct str decided_by, struct gate_update *update) {
    struct erased erased = {.user_id = row->user_id};
    struct customer_row customer;
    bool is_found = false;
    TRY(customer_get(tx, row->user_id, &customer, &is_found));
    TRY(count_people(tx, row->user_id, &erased.people));
    TRY(read_kept(tx, &erased));
    TRY(privacy_addressee_of(tx, row, &erased.asker));
    TRY(erase_people(tx, &erased.people));
    TRY(erase_rows_of_subject(tx, row->user_id));
    TRY(erase_rows_of_customer(tx, row->user_id, &erased.counts));
    TRY(is_found ? erase_keys(tx, &customer) : OK);
    const struct erased_row mark = {row->user_id, id_str(&row->id), cx_now_ms(tx->cx)};
    TRY(erased_put(tx, &mark));
    touched_add(tx, row->user_id);
    TRY(finish(tx, &erased, decided_by, row));
    TRY(certify(app, tx, &erased, row));
    return gate_update_prepare(app, tx, row->user_id, true, update);
}

/* --- what a second person agrees to --- */

struct err erasure_describe(struct app *app, struct tx *tx, const struct approval_subject *subject,
                            struct approval_facts *ret_facts) {
    struct people people;
    (void)app;
    TRY(blocked_by(tx, subject->user_id, &ret_facts->outcome));
    if (ret_facts->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(count_people(tx, subject->user_id, &people));
    ret_facts->object_id = subject->user_id;
    ret_facts->before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("members", (int64_t)people.members.count),
                                    AUDIT_WHOLE("peopleWithoutAnotherPlace", people.going));
    ret_facts->after =
        AUDIT_FACTS(tx->cx, AUDIT_WHOLE("members", 0), AUDIT_WHOLE("peopleWithoutAnotherPlace", 0));
    return OK;
}

struct err erasure_execute(struct approval_execution *execution) {
    struct tx *tx = execution->tx;
    const struct approval_row *approval = execution->row;
    struct privacy_request_row row;
    bool is_open = false;
    TRY(privacy_request_open(tx, approval->user_id, STR("erasure"), &row, &is_open));
    if (!is_open) {
        execution->outcome = OUTCOME_PRIVACY_REQUEST_NOT_FOUND;
        return OK;
    }
    execution->outcome = OUTCOME_DONE;
    return erase(execution->app, tx, &row, approval->decided_by, execution->update);
}

/* --- asking --- */

static struct err ask_second(struct erasure_ask *ask, struct tx *tx, bool was_open) {
    struct approval_row approval;
    struct approval_request request = {
        .subject = {APPROVAL_ERASURE, ask->user_id,
                    AUDIT_FACTS(tx->cx, AUDIT_TEXT("userId", ask->user_id))},
        .reason = ask->reason,
        .outcome = OUTCOME_DONE,
    };
    TRY(approval_request(ask->command.app, tx, &request, &approval));
    bool is_new = request.outcome == OUTCOME_APPROVAL_REQUIRED;
    ask->command.outcome = is_new                                        ? OUTCOME_CREATED
                           : request.outcome == OUTCOME_APPROVAL_WAITING ? OUTCOME_DONE
                                                                         : request.outcome;
    bool is_asked = ask->command.outcome == OUTCOME_CREATED || ask->command.outcome == OUTCOME_DONE;
    return is_asked && !was_open ? privacy_request_insert(tx, &ask->row) : OK;
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct erasure_ask *ask = (struct erasure_ask *)command;
    bool is_open = false;
    TRY(blocked_by(tx, ask->user_id, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(privacy_request_open(tx, ask->user_id, STR("erasure"), &ask->row, &is_open));
    if (!is_open) {
        ask->row = privacy_request_new(tx->cx, STR("erasure"), ask->user_id);
        ask->row.user_id = ask->user_id;
        ask->row.person_id = ask->person_id;
    }
    if (approval_needed(command->app, tx, APPROVAL_ERASURE, (struct money){0})) {
        return ask_second(ask, tx, is_open);
    }
    TRY(is_open ? OK : privacy_request_insert(tx, &ask->row));
    return erase(command->app, tx, &ask->row, ask->person_id, &ask->gate_update);
}

static void after(struct command *command) {
    gate_update_publish(command->app, &((struct erasure_ask *)command)->gate_update);
}

void erasure_ask(struct app *app, struct erasure_ask *ask) {
    ask->gate_update.is_due = false;
    ask->command.run = run_ask;
    ask->command.after = after;
    command_submit(app, &ask->command);
}
