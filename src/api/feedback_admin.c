/* /api/admin/feedback: operators read what customers say, name what they hear, answer and close. */
#include "api/feedback_resources.h"

#include "app/feedback_answer.h"
#include "base/rfc3339.h"

enum { ACTOR_MAX = 255 };

/* --- as shown --- */

struct record_out {
    struct str id, user_id, comment, page, reply, replied_by;
    struct shape_list themes;
    int kind, cause, status, reason, tier, band;
    struct money mrr;
    int64_t score, created_at, replied_at, closed_at;
    bool has_score, has_reason, may_reply, is_replied, is_closed;
};
#define AT(member) offsetof(struct record_out, member)
static const struct shape_field record_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "Who said it", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"kind", "cancel: why a plan was cancelled; nps: a score; text: words about a page", SHAPE_ENUM,
     .offset = AT(kind), .names = feedback_kind_names},
    {"cause", "What led to it", SHAPE_ENUM, .offset = AT(cause), .names = feedback_cause_names},
    {"status", "new; replied: a mail answered it; closed", SHAPE_ENUM, .offset = AT(status),
     .names = feedback_status_names},
    {"score", "0 to 10, of nps", SHAPE_I64, .offset = AT(score), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_score)},
    {"reason", "Of a cancellation, in Stripe's word; null: none was given", SHAPE_ENUM,
     .offset = AT(reason), .names = feedback_reason_names, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_reason)},
    {"comment", "In the customer's words", SHAPE_STR, .offset = AT(comment),
     .max = FEEDBACK_TEXT_MAX + 128, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"page", "What it is about", SHAPE_STR, .offset = AT(page), .max = FEEDBACK_PAGE_MAX,
     .flags = SHAPE_NULLABLE},
    {"tier", "The plan at that moment", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"mrr", "What the customer brought in a month then", SHAPE_OBJECT, .offset = AT(mrr),
     .of = &money_shape},
    {"band", "The same in whole units of the currency, roughly", SHAPE_ENUM, .offset = AT(band),
     .names = feedback_band_names},
    {"themes", "What operators hear in it", SHAPE_LIST, .offset = AT(themes),
     .max = FEEDBACK_THEMES_MAX, .item = &feedback_theme_item, .item_size = sizeof(struct str)},
    {"mayReply", "A mail may answer it", SHAPE_BOOL, .offset = AT(may_reply)},
    {"reply", "What was answered", SHAPE_STR, .offset = AT(reply), .max = FEEDBACK_TEXT_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"repliedBy", "By whom, as the audit log names them", SHAPE_STR, .offset = AT(replied_by),
     .max = ACTOR_MAX, .flags = SHAPE_NULLABLE},
    {"repliedAt", "When", SHAPE_INSTANT, .offset = AT(replied_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_replied)},
    {"closedAt", "When it was closed", SHAPE_INSTANT, .offset = AT(closed_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_closed)},
    {"createdAt", "When it was said", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
const struct shape feedback_record_shape =
    SHAPE("FeedbackRecord", "What a customer said, to operators", struct record_out, record_fields);
static const struct shape_field record_item = {.kind = SHAPE_OBJECT, .of = &feedback_record_shape};
static const struct shape_field records_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &record_item, .item_size = sizeof(struct record_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape feedback_records_shape =
    SHAPE("FeedbackRecords", "A page of what customers said", struct page, records_fields);

static struct record_out out_of(struct arena *arena, const struct feedback_row *row) {
    return (struct record_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .comment = text_or_null(row->comment),
        .page = text_or_null(row->page),
        .reply = text_or_null(row->reply),
        .replied_by = text_or_null(row->replied_by),
        .themes = feedback_theme_list(arena, row->themes),
        .kind = row->kind,
        .cause = row->cause,
        .status = row->status,
        .reason = row->reason,
        .tier = row->tier,
        .band = row->band,
        .mrr = money_stored(row->monthly, row->currency),
        .score = row->score,
        .created_at = row->created_at,
        .replied_at = row->replied_at,
        .closed_at = row->closed_at,
        .has_score = row->score != ROW_NONE,
        .has_reason = row->reason >= 0,
        .may_reply = row->may_reply,
        .is_replied = row->replied_at != ROW_NONE,
        .is_closed = row->closed_at != ROW_NONE,
    };
}

/* --- the inbox --- */

struct record_query_in {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id, theme;
    int kind, status, tier, reason;
    bool has_kind, has_status, has_tier, has_reason;
};
#define AT(member) offsetof(struct record_query_in, member)
#define WORD_FIELD(json, words, member, list)                                                      \
    {                                                                                              \
        json, words, SHAPE_ENUM, .offset = AT(member), .names = (list), .flags = SHAPE_OPTIONAL,   \
                                 .is_set = AT(has_##member)                                        \
    }
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"theme", "In which this is heard", SHAPE_STR, .offset = AT(theme), .min = 1,
     .max = FEEDBACK_THEME_LENGTH, .allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-",
     .flags = SHAPE_OPTIONAL},
    WORD_FIELD("kind", "Of this kind only", kind, feedback_kind_names),
    WORD_FIELD("status", "That stand here only", status, feedback_status_names),
    WORD_FIELD("tier", "Who had this plan", tier, tier_names),
    WORD_FIELD("reason", "Who left for this", reason, feedback_reason_names),
};
#undef AT
const struct shape feedback_query_shape =
    SHAPE("FeedbackQuery", "Which feedback", struct record_query_in, query_fields);

void feedback_admin_list(struct api_request *request) {
    static const struct record_query_in all = {.page = {.limit = 0}};
    const struct record_query_in *in = request->query == NULL ? &all : request->query;
    size_t size = page_size(&in->page);
    const struct feedback_filter filter = {
        .kind = in->has_kind ? in->kind : -1,
        .status = in->has_status ? in->status : -1,
        .tier = in->has_tier ? in->tier : -1,
        .reason = in->has_reason ? in->reason : -1,
        .user_id = in->user_id,
        .theme = in->theme,
        .before = in->page.cursor,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, feedback_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct feedback_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct record_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(request->arena, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &feedback_records_shape, &page);
}

/* --- what is done with it --- */

static void reply_record(struct api_request *request, enum outcome outcome,
                         const struct feedback_row *row) {
    if (outcome == OUTCOME_DONE) {
        struct record_out out = out_of(request->arena, row);
        reply_value(request, 200, &feedback_record_shape, &out);
    } else {
        reply_problem(request, (int)outcome);
    }
}

static const struct shape_field tag_fields[] = {
    {"themes", "What is heard in it, from now on; none: nothing", SHAPE_LIST, .offset = 0,
     .max = FEEDBACK_THEMES_MAX, .item = &feedback_theme_item, .item_size = sizeof(struct str)},
};
const struct shape feedback_tag_shape =
    SHAPE("FeedbackThemes", "What is heard in a piece of feedback", struct shape_list, tag_fields);

struct tag_in_hand {
    struct feedback_tag tag; /* first: `done` hands it back */
    struct api_request *request;
};

static void tagged(struct command *command) {
    struct tag_in_hand *hand = (struct tag_in_hand *)command;
    reply_record(hand->request, command->outcome, &hand->tag.row);
}

void feedback_admin_tag(struct api_request *request) {
    struct tag_in_hand *hand = ARENA_NEW(request->arena, struct tag_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->tag.id = request->values[0];
    hand->tag.themes = *(const struct shape_list *)request->body;
    hand->tag.arena = request->arena;
    hand->tag.command.done = tagged;
    feedback_tag(request->api->app, &hand->tag);
}

static const struct shape_field reply_fields[] = {
    {"text", "What the mail says", SHAPE_STR, .offset = 0, .min = 1, .max = FEEDBACK_TEXT_MAX,
     .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
const struct shape feedback_reply_shape =
    SHAPE("FeedbackReply", "An answer by mail", struct str, reply_fields);

struct reply_in_hand {
    struct feedback_reply reply; /* first: `done` hands it back */
    struct api_request *request;
};

static void replied(struct command *command) {
    struct reply_in_hand *hand = (struct reply_in_hand *)command;
    reply_record(hand->request, command->outcome, &hand->reply.row);
}

void feedback_admin_reply(struct api_request *request) {
    struct reply_in_hand *hand = ARENA_NEW(request->arena, struct reply_in_hand);
    struct str text = feedback_trimmed(*(const struct str *)request->body);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (text.len == 0) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/text", "words");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->reply.id = request->values[0];
    hand->reply.text = text;
    hand->reply.arena = request->arena;
    hand->reply.command.done = replied;
    feedback_reply(request->api->app, &hand->reply);
}

struct close_in_hand {
    struct feedback_close close; /* first: `done` hands it back */
    struct api_request *request;
};

static void closed(struct command *command) {
    struct close_in_hand *hand = (struct close_in_hand *)command;
    reply_record(hand->request, command->outcome, &hand->close.row);
}

void feedback_admin_close(struct api_request *request) {
    struct close_in_hand *hand = ARENA_NEW(request->arena, struct close_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->close.id = request->values[0];
    hand->close.arena = request->arena;
    hand->close.command.done = closed;
    feedback_close(request->api->app, &hand->close);
}

/* --- asking --- */

static const struct shape_field demand_fields[] = {
    {"userId", "Who is asked", SHAPE_STR, .offset = 0, .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
};
const struct shape feedback_demand_shape =
    SHAPE("FeedbackDemand", "A customer to be asked", struct str, demand_fields);

struct asked_out {
    struct str id;
    int64_t asked_at;
};
static const struct shape_field asked_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = offsetof(struct asked_out, id), .max = LIMIT_RECORD_ID},
    {"askedAt", "When", SHAPE_INSTANT, .offset = offsetof(struct asked_out, asked_at)},
};
const struct shape feedback_asked_shape =
    SHAPE("FeedbackAsked", "That a customer was asked", struct asked_out, asked_fields);

struct demand_in_hand {
    struct feedback_demand demand; /* first: `done` hands it back */
    struct api_request *request;
};

static void demanded(struct command *command) {
    struct demand_in_hand *hand = (struct demand_in_hand *)command;
    struct api_request *request = hand->request;
    enum outcome outcome = command->outcome;
    if (outcome == OUTCOME_CREATED) {
        struct asked_out out = {id_str(&hand->demand.row.id), hand->demand.row.asked_at};
        reply_value(request, 201, &feedback_asked_shape, &out);
    } else if (outcome == OUTCOME_FEEDBACK_ASKED_LATELY) {
        char text[RFC3339_SIZE];
        rfc3339_format(hand->demand.not_before.ms, text);
        reply_problem_detail(request, (int)outcome,
                             arena_printf(request->arena,
                                          "%s The next question may be put from %s on.",
                                          outcome_text(outcome), text));
    } else {
        reply_problem(request, (int)outcome);
    }
}

void feedback_admin_ask(struct api_request *request) {
    struct demand_in_hand *hand = ARENA_NEW(request->arena, struct demand_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->demand.row.user_id = *(const struct str *)request->body;
    hand->demand.command.done = demanded;
    feedback_demand(request->api->app, &hand->demand);
}
