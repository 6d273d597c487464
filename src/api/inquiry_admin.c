/* /api/admin/contract-requests: operators read who asks for a contract, and answer. */
#include "api/inquiry_resources.h"

#include "api/people.h"
#include "app/inquiry.h"

enum { REASON_MAX = 500, ACTOR_MAX = 255, USAGE_MAX = 1000 };

/* --- as shown --- */

static const char *const statuses[] = {"open", "attached", "closed", NULL};
static_assert(ARRAY_LEN(statuses) == INQUIRY_STATUS_COUNT + 1, "in the order of the enum");

struct inquiry_out {
    struct str id, company, name, email, country, language, message, usage;
    struct str user_id, contract_id, answered_by, reason;
    int64_t created_at, answered_at;
    int status;
    bool is_answered;
};
#define AT(member) offsetof(struct inquiry_out, member)
static const struct shape_field inquiry_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = INQUIRY_ID_MAX},
    {"status", "open: nobody has answered; attached: a customer's, with a contract; closed",
     SHAPE_ENUM, .offset = AT(status), .names = statuses},
    {"company", "Who would be the customer", SHAPE_STR, .offset = AT(company), .max = LIMIT_NAME},
    {"name", "Of who asks", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME},
    {"email", "Where to answer; nobody has proved to read it", SHAPE_STR, .offset = AT(email),
     .max = LIMIT_EMAIL},
    {"country", "ISO 3166", SHAPE_STR, .offset = AT(country), .max = 2},
    {"language", "Of the answer", SHAPE_STR, .offset = AT(language), .max = 2},
    {"message", "What is needed", SHAPE_STR, .offset = AT(message), .max = INQUIRY_TEXT_MAX,
     .flags = SHAPE_OPEN_TEXT},
    {"usage", "What is expected, by metric", SHAPE_JSON, .offset = AT(usage), .max = USAGE_MAX},
    {"userId", "The customer that it became", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"contractId", "The contract that it became", SHAPE_STR, .offset = AT(contract_id),
     .max = INQUIRY_ID_MAX, .flags = SHAPE_NULLABLE},
    {"reason", "Why it was closed", SHAPE_STR, .offset = AT(reason), .max = REASON_MAX,
     .flags = SHAPE_NULLABLE},
    {"answeredBy", "Who answered", SHAPE_STR, .offset = AT(answered_by), .max = ACTOR_MAX,
     .flags = SHAPE_NULLABLE},
    {"answeredAt", "When; 30 days later it is forgotten", SHAPE_INSTANT, .offset = AT(answered_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_answered)},
    {"createdAt", "When it was asked", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
const struct shape inquiry_shape = SHAPE("InquiryRecord", "Who asks for a contract, to operators",
                                         struct inquiry_out, inquiry_fields);
static const struct shape_field inquiry_item = {.kind = SHAPE_OBJECT, .of = &inquiry_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &inquiry_item, .item_size = sizeof(struct inquiry_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape inquiry_page_shape = SHAPE("InquiryRecords", "A page", struct page, page_fields);

static struct inquiry_out out_of(const struct inquiry_row *row) {
    return (struct inquiry_out){
        .id = id_str(&row->id),
        .company = row->company,
        .name = row->name,
        .email = row->email,
        .country = row->country,
        .language = row->language,
        .message = row->message,
        .usage = row->usage,
        .user_id = text_or_null(row->user_id),
        .contract_id = text_or_null(row->contract_id),
        .answered_by = text_or_null(row->answered_by),
        .reason = text_or_null(row->reason),
        .created_at = row->created_at,
        .answered_at = row->answered_at,
        .status = row->status,
        .is_answered = row->answered_at != ROW_NONE,
    };
}

/* --- reading --- */

struct inquiry_query {
    struct page_query page; /* first: page_size() reads it */
    int status;
    bool has_status;
};
#define AT(member) offsetof(struct inquiry_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "That stand here only", SHAPE_ENUM, .offset = AT(status), .names = statuses,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
};
#undef AT
const struct shape inquiry_query_shape =
    SHAPE("InquiriesQuery", "Which requests", struct inquiry_query, query_fields);

void inquiry_admin_list(struct api_request *request) {
    const struct inquiry_query *in = request->query;
    size_t size = page_size(in == NULL ? NULL : &in->page);
    int status = in != NULL && in->has_status ? in->status : -1;
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, inquiries_read(&tx, status, in == NULL ? STR("") : in->page.cursor,
                                                size + 1, &list))) {
        return;
    }
    const struct inquiry_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct inquiry_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &inquiry_page_shape, &page);
}

static void reply_inquiry(struct api_request *request, struct str id) {
    struct tx tx = request_read(request);
    struct inquiry_row row;
    bool is_found = false;
    if (reply_if_failed(request, inquiry_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_INQUIRY_NOT_FOUND);
        return;
    }
    struct inquiry_out out = out_of(&row);
    reply_value(request, 200, &inquiry_shape, &out);
}

void inquiry_admin_get(struct api_request *request) {
    reply_inquiry(request, request->values[0]);
}

/* --- answering --- */

static void reply_answered(struct api_request *request, enum outcome outcome) {
    if (outcome == OUTCOME_DONE) {
        reply_inquiry(request, request->values[0]);
    } else {
        reply_problem(request, (int)outcome);
    }
}

struct attach_in {
    struct str user_id;
    bool is_new;
    int role;
    bool has_role;
};
static const char *const role_words[] = {"owner", "billing_admin", "viewer", NULL};
static_assert(ROLE_VIEWER == ROLE_OWNER + 2, "a word of the list is a role");

#define AT(member) offsetof(struct attach_in, member)
static const struct shape_field attach_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"isNew", "The customer is made, of company, address and country as they were asked for",
     SHAPE_BOOL, .offset = AT(is_new), .flags = SHAPE_OPTIONAL},
    {"inviteAs",
     "The role that who asked is invited to; nobody is when it is not given. They are not known to "
     "be of this customer until they have proved it to you",
     SHAPE_ENUM, .offset = AT(role), .names = role_words, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_role)},
};
#undef AT
const struct shape inquiry_attach_shape =
    SHAPE("InquiryAttach", "Whose request it is", struct attach_in, attach_fields);

struct attach_in_hand {
    struct inquiry_attach attach; /* first: `done` hands it back */
    struct api_request *request;
};

static void attached(struct command *command) {
    reply_answered(((struct attach_in_hand *)command)->request, command->outcome);
}

void inquiry_admin_attach(struct api_request *request) {
    const struct attach_in *in = request->body;
    struct attach_in_hand *hand = ARENA_NEW(request->arena, struct attach_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (reply_if_failed(request, inviter_name(request, &hand->attach.invited_by))) {
        return;
    }
    hand->request = request;
    hand->attach.id = request->values[0];
    hand->attach.user_id = in->user_id;
    hand->attach.makes_customer = in->is_new;
    hand->attach.role = in->has_role ? (enum role)((int)ROLE_OWNER + in->role) : ROLE_NONE;
    hand->attach.command.done = attached;
    inquiry_attach(request->api->app, &hand->attach);
}

struct close_in {
    struct str reason;
};
static const struct shape_field close_fields[] = {
    {"reason", "Why nothing comes of it; kept with it", SHAPE_STR,
     .offset = offsetof(struct close_in, reason), .min = 1, .max = REASON_MAX,
     .flags = SHAPE_PERSONAL},
};
const struct shape inquiry_close_shape =
    SHAPE("InquiryClose", "Why", struct close_in, close_fields);

struct close_in_hand {
    struct inquiry_close close; /* first: `done` hands it back */
    struct api_request *request;
};

static void closed(struct command *command) {
    reply_answered(((struct close_in_hand *)command)->request, command->outcome);
}

void inquiry_admin_close(struct api_request *request) {
    const struct close_in *in = request->body;
    struct close_in_hand *hand = ARENA_NEW(request->arena, struct close_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->close.id = request->values[0];
    hand->close.reason = in->reason;
    hand->close.command.done = closed;
    inquiry_close(request->api->app, &hand->close);
}
