/* What operators do for one customer at the customer's wish: the mail of an invoice once more, and
 * a trial that ends later. Another plan is in change.c. */
#include "api/customer_resources.h"
#include "api/resources.h"

#include "app/invoice_mail.h"
#include "app/operation_start.h"

enum { REASON_MAX = 500, SUBJECT_MAX = 1000 };

struct act_query {
    bool is_preview;
};
static const struct shape_field query_fields[] = {
    {"preview", "Only say what it would come to", SHAPE_BOOL,
     .offset = offsetof(struct act_query, is_preview), .flags = SHAPE_OPTIONAL},
};
const struct shape customer_act_query_shape =
    SHAPE("CustomerActQuery", "Which step", struct act_query, query_fields);

bool customer_act_only_asks(const struct api_request *request) {
    const struct act_query *query = request->query;
    return query != NULL && query->is_preview;
}

/* --- the mail of an invoice --- */

static const char *const told_names[] = {"invoice_available", "receipt", NULL};
static const enum mail_kind told_kinds[] = {MAIL_KIND_INVOICE_AVAILABLE, MAIL_KIND_RECEIPT};

static int told_of(enum mail_kind kind) {
    return kind == told_kinds[1] ? 1 : 0;
}

struct mail_in {
    struct str reason;
    int kind;
    bool has_kind;
};
#define AT(member) offsetof(struct mail_in, member)
static const struct shape_field mail_in_fields[] = {
    {"reason", "Why, for the audit log", SHAPE_STR, .offset = AT(reason), .min = 1,
     .max = REASON_MAX, .flags = SHAPE_PERSONAL},
    {"kind", "That preview=true has shown: refused where it is another by now", SHAPE_ENUM,
     .offset = AT(kind), .names = told_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_kind)},
};
#undef AT
const struct shape invoice_mail_in_shape =
    SHAPE("InvoiceMailSend", "A mail to be sent once more", struct mail_in, mail_in_fields);

struct mail_out {
    struct str mail_id, to, subject;
    int kind;
    int64_t written_at;
};
#define AT(member) offsetof(struct mail_out, member)
static const struct shape_field mail_fields[] = {
    {"kind", "receipt: it was paid; invoice_available: it is due", SHAPE_ENUM, .offset = AT(kind),
     .names = told_names},
    {"to", "The customer's address, as it is now", SHAPE_STR, .offset = AT(to), .max = LIMIT_EMAIL},
    {"subject", "As it reads", SHAPE_STR, .offset = AT(subject), .max = SUBJECT_MAX},
    {"writtenAt", "When; of a preview: when it was written first", SHAPE_INSTANT,
     .offset = AT(written_at)},
    {"mailId", "In the outbox; null: nothing was sent yet", SHAPE_STR, .offset = AT(mail_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape invoice_mail_shape =
    SHAPE("InvoiceMail", "The mail of an invoice, once more", struct mail_out, mail_fields);

static void preview_mail(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_mail mail;
    enum outcome outcome = OUTCOME_DONE;
    if (reply_if_failed(request, invoice_mail_read(&tx, request->values[0], request->values[1],
                                                   &mail, &outcome))) {
        return;
    }
    if (outcome != OUTCOME_DONE) {
        reply_problem(request, (int)outcome);
        return;
    }
    struct mail_out out = {text_or_null(STR("")), mail.address, mail.subject, told_of(mail.kind),
                           mail.written_at.ms};
    reply_value(request, 200, &invoice_mail_shape, &out);
}

struct send_in_hand {
    struct invoice_mail_send send; /* first: `done` hands it back */
    struct api_request *request;
};

static void sent(struct command *command) {
    struct send_in_hand *hand = (struct send_in_hand *)command;
    const struct mail_row *row = &hand->send.row;
    enum mail_kind kind = told_kinds[0];
    if (command->outcome != OUTCOME_CREATED || !mail_kind_parse(row->kind, &kind)) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct mail_out out = {id_str(&row->id), row->address, row->subject, told_of(kind),
                           row->created_at};
    reply_value(hand->request, 201, &invoice_mail_shape, &out);
}

void invoice_mail_post(struct api_request *request) {
    const struct mail_in *in = request->body;
    if (customer_act_only_asks(request)) {
        preview_mail(request);
        return;
    }
    if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
        return;
    }
    struct send_in_hand *hand = COMMAND_NEW(request->arena, struct send_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->send.arena = request->arena;
    hand->send.user_id = request->values[0];
    hand->send.invoice_id = request->values[1];
    hand->send.reason = in->reason;
    hand->send.idempotency_key = request->idempotency_key;
    hand->send.shown = in->has_kind ? (int)told_kinds[in->kind] : -1;
    hand->send.command.done = sent;
    invoice_mail_send(request->api->app, &hand->send);
}

/* --- a trial --- */

struct trial_in {
    struct str reason;
    int64_t until, ends_before;
    bool has_ends_before;
};
#define AT(member) offsetof(struct trial_in, member)
static const struct shape_field trial_in_fields[] = {
    {"until", "When it ends from now on: later than it would have, within a year", SHAPE_INSTANT,
     .offset = AT(until)},
    {"reason", "Why, for the audit log", SHAPE_STR, .offset = AT(reason), .min = 1,
     .max = REASON_MAX, .flags = SHAPE_PERSONAL},
    {"endsBefore", "That preview=true has shown: refused where it is another by now", SHAPE_INSTANT,
     .offset = AT(ends_before), .flags = SHAPE_OPTIONAL, .is_set = AT(has_ends_before)},
};
#undef AT
const struct shape trial_extend_shape =
    SHAPE("TrialExtend", "A trial that ends later", struct trial_in, trial_in_fields);

struct trial_out {
    int tier, interval;
    struct money then;
    int64_t ends_before, ends_at;
};
#define AT(member) offsetof(struct trial_out, member)
static const struct shape_field trial_fields[] = {
    {"tier", "Which plan is tried", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"interval", "How often it is paid then", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"endsBefore", "When the trial would have ended", SHAPE_INSTANT, .offset = AT(ends_before)},
    {"endsAt", "When it would end then; the first period begins with it", SHAPE_INSTANT,
     .offset = AT(ends_at)},
    {"amountThen", "What is charged then, before tax and coupons; nothing before", SHAPE_OBJECT,
     .offset = AT(then), .of = &money_shape},
};
#undef AT
const struct shape trial_preview_shape =
    SHAPE("TrialPreview", "What a longer trial would come to", struct trial_out, trial_fields);

static void preview_trial(struct api_request *request, const struct operation_request *wanted) {
    struct tx tx = request_read(request);
    struct trial_shown shown;
    enum outcome outcome = OUTCOME_DONE;
    if (reply_if_failed(request, trial_preview(request->api->app, &tx, wanted, &shown, &outcome))) {
        return;
    }
    if (outcome != OUTCOME_DONE) {
        reply_problem(request, (int)outcome);
        return;
    }
    const struct trial_out out = {(int)shown.tier, (int)shown.interval, shown.then,
                                  shown.ends_before.ms, wanted->since};
    reply_value(request, 200, &trial_preview_shape, &out);
}

static void extended(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_subscription(request, 200);
}

void trial_extend(struct api_request *request) {
    const struct trial_in *in = request->body;
    request->user_id = request->values[0];
    struct operation_request wanted = {
        .kind = OPERATION_TRIAL,
        .user_id = request->user_id,
        .tier = -1,
        .interval = -1,
        .since = in->until,
        .shown = in->has_ends_before ? in->ends_before : 0,
        .reason = in->reason,
        .is_of_operator = true,
    };
    if (customer_act_only_asks(request)) {
        preview_trial(request, &wanted);
    } else if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
    } else {
        request_operation(request, &wanted, extended);
    }
}
