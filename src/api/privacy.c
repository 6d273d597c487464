/* /api/billing/privacy and /api/me/privacy: what somebody allows, and their data as a file. */
#include "api/privacy_resources.h"

#include "api/file.h"
#include "app/export.h"
#include "app/privacy.h"
#include "base/crypto.h"

/* --- a request --- */

#define AT(member) offsetof(struct privacy_request_out, member)
static const struct shape_field request_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind", "export or erasure", SHAPE_STR, .offset = AT(kind), .max = 16},
    {"status",
     "waiting for somebody to agree, running, ready (an export's file), expired (it is gone), "
     "done, refused, failed or cancelled",
     SHAPE_STR, .offset = AT(status), .max = 16},
    {"userId", "The customer; null when it is about a person", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"createdAt", "When it was asked", SHAPE_INSTANT, .offset = AT(created_at)},
    {"dueAt", "By when it is to be answered: a month after, or three once it was extended",
     SHAPE_INSTANT, .offset = AT(due_at)},
    {"isOverdue", "It should have been answered by now", SHAPE_BOOL, .offset = AT(is_overdue)},
    {"extendedAt", "When it was given two months more; null: it was not", SHAPE_INSTANT,
     .offset = AT(extended_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_extended)},
    {"reason", "Why it was extended or refused; null: neither", SHAPE_STR, .offset = AT(reason),
     .max = 500, .flags = SHAPE_NULLABLE},
    {"finishedAt", "When it was; null until then", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
    {"expiresAt", "Until when the file is kept; null without one", SHAPE_INSTANT,
     .offset = AT(expires_at), .flags = SHAPE_NULLABLE, .is_set = AT(expires)},
    {"size", "Of the file, in bytes", SHAPE_I64, .offset = AT(size)},
    {"sha256", "Of the file, in hexadecimal; null without one", SHAPE_STR, .offset = AT(sha256),
     .max = 64, .flags = SHAPE_NULLABLE},
    {"isYours", "It was you who asked, so you may have the file", SHAPE_BOOL,
     .offset = AT(is_yours)},
    {"decidedBy", "The person who agreed to it, or refused; null: nobody yet", SHAPE_STR,
     .offset = AT(decided_by), .max = 64, .flags = SHAPE_NULLABLE},
    {"certificate", "What was destroyed and what is kept; null until it is done", SHAPE_JSON,
     .offset = AT(certificate)},
    {"certificateSha256", "As the audit log has it (privacy.erased); null until it is done",
     SHAPE_STR, .offset = AT(certificate_sha256), .max = 64, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape privacy_request_shape =
    SHAPE("PrivacyRequest", "What somebody asked of their data", struct privacy_request_out,
          request_fields);

struct str privacy_asker(const struct api_request *request) {
    return request->has_session ? request->session.person_id : STR("");
}

struct privacy_request_out privacy_request_out_of(const struct api_request *request,
                                                  const struct privacy_request_row *row) {
    bool has_file = str_equal(row->status, STR("ready"));
    return (struct privacy_request_out){
        .id = id_str(&row->id),
        .kind = row->kind,
        .status = row->status,
        .user_id = text_or_null(row->user_id),
        .sha256 = text_or_null(row->sha256),
        .decided_by = text_or_null(row->decided_by),
        .certificate = row->certificate.len > 0 ? row->certificate : STR("null"),
        .certificate_sha256 = text_or_null(
            row->certificate.len > 0 ? sha256_text(request->arena, row->certificate) : STR("")),
        .created_at = row->created_at,
        .due_at = row->due_at,
        .extended_at = row->extended_at,
        .reason = text_or_null(row->reason),
        .is_overdue = privacy_is_waiting(row) && row->due_at <= request_now(request).ms,
        .is_extended = row->extended_at != ROW_NONE,
        .finished_at = row->finished_at,
        .expires_at = row->expires_at,
        .size = row->size,
        .has_finished = row->finished_at != ROW_NONE,
        .expires = has_file && row->expires_at != ROW_NONE,
        .is_yours = str_equal(row->person_id, privacy_asker(request)),
    };
}

/* --- all of it --- */

struct choices_out {
    bool analytics, experiments, feedback_mail, marketing, was_said, is_restricted;
    int64_t updated_at, restricted_at;
};
#define AT(member) offsetof(struct choices_out, member)
static const struct shape_field choices_fields[] = {
    {"analytics", "To be counted in analyses of how the product is used", SHAPE_BOOL,
     .offset = AT(analytics)},
    {"experiments", "To see variants that are tried out", SHAPE_BOOL, .offset = AT(experiments)},
    {"feedbackMail", "To be asked for their opinion by mail", SHAPE_BOOL,
     .offset = AT(feedback_mail)},
    {"marketing", "To be written to about offers", SHAPE_BOOL, .offset = AT(marketing)},
    {"updatedAt", "Since when; null: nothing was said, so nothing is allowed", SHAPE_INSTANT,
     .offset = AT(updated_at), .flags = SHAPE_NULLABLE, .is_set = AT(was_said)},
    {"restrictedAt", "Since when none of it is done, whatever is allowed; null: it is not so",
     SHAPE_INSTANT, .offset = AT(restricted_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_restricted)},
};
#undef AT
static const struct shape choices_out_shape =
    SHAPE("PrivacyChoices", "What is allowed", struct choices_out, choices_fields);

struct choices_in {
    bool analytics, experiments, feedback_mail, marketing;
    struct str text_version;
};
#define AT(member) offsetof(struct choices_in, member)
static const struct shape_field choices_in_fields[] = {
    {"analytics", "To be counted in analyses of how the product is used", SHAPE_BOOL,
     .offset = AT(analytics)},
    {"experiments", "To see variants that are tried out", SHAPE_BOOL, .offset = AT(experiments)},
    {"feedbackMail", "To be asked for their opinion by mail", SHAPE_BOOL,
     .offset = AT(feedback_mail)},
    {"marketing", "To be written to about offers", SHAPE_BOOL, .offset = AT(marketing)},
    {"textVersion", "Of the words that were shown; kept with what is said", SHAPE_STR,
     .offset = AT(text_version), .min = 1, .max = 64, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
};
const struct shape privacy_choices_shape =
    SHAPE("PrivacyChoicesIn", "What shall be allowed", struct choices_in, choices_in_fields);

struct consent_out {
    struct str purpose, text_version, how;
    bool is_allowed;
    int64_t at;
};
#undef AT
#define AT(member) offsetof(struct consent_out, member)
static const struct shape_field consent_fields[] = {
    {"purpose", "analytics, experiments, feedbackMail or marketing", SHAPE_STR,
     .offset = AT(purpose), .max = 32},
    {"isAllowed", "Allowed, or taken back", SHAPE_BOOL, .offset = AT(is_allowed)},
    {"textVersion", "Of the words that were shown; null: not told", SHAPE_STR,
     .offset = AT(text_version), .max = 64, .flags = SHAPE_NULLABLE},
    {"how", "page: by themselves; platform: by an API key", SHAPE_STR, .offset = AT(how),
     .max = 16},
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
};
#undef AT
static const struct shape consent_shape =
    SHAPE("PrivacyConsent", "What was said, once", struct consent_out, consent_fields);
static const struct shape_field consent_item = {.kind = SHAPE_OBJECT, .of = &consent_shape};

struct privacy_out {
    struct choices_out choices;
    struct shape_list consents, requests;
};
static const struct shape_field request_item = {.kind = SHAPE_OBJECT, .of = &privacy_request_shape};
static const struct shape_field privacy_fields[] = {
    {"choices", "Beyond what the contract needs", SHAPE_OBJECT,
     .offset = offsetof(struct privacy_out, choices), .of = &choices_out_shape},
    {"consents", "What was allowed or taken back, the newest first", SHAPE_LIST,
     .offset = offsetof(struct privacy_out, consents), .max = PRIVACY_CONSENTS_SHOWN,
     .item = &consent_item, .item_size = sizeof(struct consent_out)},
    {"requests", "The newest first", SHAPE_LIST, .offset = offsetof(struct privacy_out, requests),
     .max = PRIVACY_REQUESTS_SHOWN, .item = &request_item,
     .item_size = sizeof(struct privacy_request_out)},
};
const struct shape privacy_shape =
    SHAPE("Privacy", "What is allowed, and what was asked", struct privacy_out, privacy_fields);

static struct err read_consents(struct api_request *request, struct tx *tx, struct str subject,
                                struct shape_list *ret_list) {
    struct row_list list;
    TRY(privacy_consents_read(tx, subject, &list));
    const struct privacy_consent_row *rows = list.items;
    struct consent_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct consent_out){rows[i].purpose, text_or_null(rows[i].text_version),
                                      rows[i].how, rows[i].is_allowed, rows[i].at};
    }
    *ret_list = (struct shape_list){out, out == NULL ? 0 : list.count};
    return OK;
}

static struct err read_privacy(struct api_request *request, struct str subject,
                               struct privacy_out *ret_out) {
    struct tx tx = request_read(request);
    struct privacy_choices_row choices;
    struct row_list list;
    TRY(privacy_choices_read(&tx, subject, &choices));
    TRY(privacy_requests_of(&tx, subject, &list));
    const struct privacy_request_row *rows = list.items;
    struct privacy_request_out *requests =
        arena_array(request->arena, list.count, sizeof *requests);
    for (size_t i = 0; requests != NULL && i < list.count; i++) {
        requests[i] = privacy_request_out_of(request, &rows[i]);
    }
    *ret_out = (struct privacy_out){
        .choices = {choices.analytics, choices.experiments, choices.feedback_mail,
                    choices.marketing, choices.updated_at > 0, choices.restricted_at != ROW_NONE,
                    choices.updated_at, choices.restricted_at},
        .requests = {requests, requests == NULL ? 0 : list.count},
    };
    return read_consents(request, &tx, subject, &ret_out->consents);
}

static void reply_privacy(struct api_request *request, struct str subject) {
    struct privacy_out out;
    if (!reply_if_failed(request, read_privacy(request, subject, &out))) {
        reply_value(request, 200, &privacy_shape, &out);
    }
}

static struct str own_subject(struct api_request *request) {
    return privacy_subject(&request->cx, STR(""), request->session.person_id);
}

void privacy_show(struct api_request *request) {
    struct tx tx = request_read(request);
    enum outcome outcome = OUTCOME_DONE;
    if (reply_if_failed(request, privacy_customer_stands(&tx, request->user_id, &outcome))) {
        return;
    }
    if (outcome != OUTCOME_DONE) {
        reply_problem(request, (int)outcome);
        return;
    }
    reply_privacy(request, request->user_id);
}

void me_privacy_show(struct api_request *request) {
    reply_privacy(request, own_subject(request));
}

/* --- what is allowed --- */

struct choose_in_hand {
    struct privacy_choose choose; /* first: `done` hands it back */
    struct api_request *request;
};

static void chosen(struct command *command) {
    struct choose_in_hand *hand = (struct choose_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_privacy(hand->request, hand->choose.row.subject);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void choose(struct api_request *request, struct str user_id, struct str subject) {
    const struct choices_in *in = request->body;
    struct choose_in_hand *hand = ARENA_NEW(request->arena, struct choose_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->choose.user_id = user_id;
    hand->choose.text_version = in->text_version;
    hand->choose.is_by_person = request->has_session;
    hand->choose.row = (struct privacy_choices_row){
        .subject = subject,
        .analytics = in->analytics,
        .experiments = in->experiments,
        .feedback_mail = in->feedback_mail,
        .marketing = in->marketing,
    };
    hand->choose.command.done = chosen;
    privacy_choose(request->api->app, &hand->choose);
}

void privacy_set(struct api_request *request) {
    choose(request, request->user_id, request->user_id);
}

void me_privacy_set(struct api_request *request) {
    choose(request, STR(""), own_subject(request));
}

/* --- restriction --- */

struct restriction_in {
    struct str reason;
    bool is_restricted;
};
static const struct shape_field restriction_fields[] = {
    {"restricted", "Whether none of it is done, whatever is allowed", SHAPE_BOOL,
     .offset = offsetof(struct restriction_in, is_restricted)},
    {"reason", "Why, for who is told of it", SHAPE_STR,
     .offset = offsetof(struct restriction_in, reason), .min = 3, .max = 500,
     .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT},
};
const struct shape privacy_restriction_shape =
    SHAPE("PrivacyRestriction", "Whether somebody's data is set aside", struct restriction_in,
          restriction_fields);

struct restrict_in_hand {
    struct privacy_restrict restrict_; /* first: `done` hands it back */
    struct api_request *request;
};

static void restricted(struct command *command) {
    struct restrict_in_hand *hand = (struct restrict_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_privacy(hand->request, hand->restrict_.subject);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void restrict_for(struct api_request *request, struct str user_id, struct str subject,
                         bool is_by_operator) {
    const struct restriction_in *in = request->body;
    struct restrict_in_hand *hand = ARENA_NEW(request->arena, struct restrict_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->restrict_.user_id = user_id;
    hand->restrict_.subject = subject;
    hand->restrict_.reason = in->reason;
    hand->restrict_.is_restricted = in->is_restricted;
    hand->restrict_.is_by_operator = is_by_operator;
    hand->restrict_.command.done = restricted;
    privacy_restrict(request->api->app, &hand->restrict_);
}

void privacy_set_restriction(struct api_request *request) {
    restrict_for(request, request->user_id, request->user_id, false);
}

void me_privacy_set_restriction(struct api_request *request) {
    restrict_for(request, STR(""), own_subject(request), false);
}

void customers_set_restriction(struct api_request *request) {
    restrict_for(request, request->values[0], request->values[0], true);
}

/* --- a file --- */

void reply_privacy_request(struct api_request *request, int status, enum outcome outcome,
                           struct str id) {
    struct privacy_request_row row;
    bool is_found = false;
    if (outcome != OUTCOME_DONE && outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)outcome);
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, privacy_request_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PRIVACY_REQUEST_NOT_FOUND);
        return;
    }
    struct privacy_request_out out = privacy_request_out_of(request, &row);
    reply_value(request, status, &privacy_request_shape, &out);
}

struct export_in_hand {
    struct export_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct export_in_hand *hand = (struct export_in_hand *)command;
    reply_privacy_request(hand->request, 202, command->outcome, id_str(&hand->ask.row.id));
}

void reply_export(struct api_request *request, struct str user_id) {
    struct export_in_hand *hand = ARENA_NEW(request->arena, struct export_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ask.user_id = user_id;
    hand->ask.person_id = privacy_asker(request);
    hand->ask.command.done = asked;
    export_ask(request->api->app, &hand->ask);
}

void privacy_export(struct api_request *request) {
    reply_export(request, request->user_id);
}

void me_export(struct api_request *request) {
    reply_export(request, STR(""));
}

struct giving_up {
    struct export_cancel cancel; /* first: `done` hands it back */
    struct api_request *request;
};

static void given_up(struct command *command) {
    struct giving_up *hand = (struct giving_up *)command;
    reply_privacy_request(hand->request, 200, command->outcome, hand->cancel.id);
}

static void give_up(struct api_request *request, struct str subject) {
    struct giving_up *hand = ARENA_NEW(request->arena, struct giving_up);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->cancel.subject = subject;
    hand->cancel.person_id = privacy_asker(request);
    hand->cancel.id = request->values[0];
    hand->cancel.command.done = given_up;
    export_cancel(request->api->app, &hand->cancel);
}

void privacy_export_cancel(struct api_request *request) {
    give_up(request, request->user_id);
}

void me_export_cancel(struct api_request *request) {
    give_up(request, own_subject(request));
}

static bool is_there(const struct api_request *request, const struct privacy_request_row *row) {
    return str_equal(row->status, STR("ready")) && row->expires_at > request_now(request).ms;
}

static void reply_kept(struct api_request *request, const struct privacy_request_row *row) {
    reply_file(request, &(struct file_kept){
                            .kind = &export_parcel,
                            .id = id_str(&row->id),
                            .name = arena_printf(request->arena, "turnpike-%s.zip", row->id.text),
                            .sha256 = row->sha256,
                            .size = row->size,
                        });
}

void reply_export_file(struct api_request *request, struct str subject) {
    struct tx tx = request_read(request);
    struct privacy_request_row row;
    bool is_found = false;
    if (reply_if_failed(request, privacy_request_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found || !export_is_theirs(&row, subject, privacy_asker(request))) {
        reply_problem(request, OUTCOME_PRIVACY_REQUEST_NOT_FOUND);
    } else if (!is_there(request, &row)) {
        reply_problem(request, OUTCOME_EXPORT_NOT_READY);
    } else {
        reply_kept(request, &row);
    }
}

void privacy_file(struct api_request *request) {
    reply_export_file(request, request->user_id);
}

void me_file(struct api_request *request) {
    reply_export_file(request, own_subject(request));
}
