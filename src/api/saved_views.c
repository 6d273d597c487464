/* /api/admin/saved-views: what operators call choices of lists, to find them again. */
#include "api/customer_resources.h"

#include "app/saved_view.h"

static const char *const lists[] = {"customers", NULL};

struct view_io {
    struct str id, name, query;
    int list;
    bool is_shared, is_own;
    int64_t created_at, updated_at;
};
#define AT(member) offsetof(struct view_io, member)
#define VIEW_IN_FIELDS                                                                             \
    {"list", "Of which list", SHAPE_ENUM, .offset = AT(list), .names = lists},                     \
        {"name",                                                                                   \
         "What it is called; one of a name per person and list",                                   \
         SHAPE_STR,                                                                                \
         .offset = AT(name),                                                                       \
         .min = 1,                                                                                 \
         .max = SAVED_VIEW_NAME_MAX,                                                               \
         .flags = SHAPE_OPEN_TEXT},                                                                \
        {"query",                                                                                  \
         "Filters as the list's address has them: tier, status, country, owner; empty: all",       \
         SHAPE_STR, .offset = AT(query), .max = SAVED_VIEW_QUERY_MAX},                             \
    {                                                                                              \
        "shared", "Seen by all who operate", SHAPE_BOOL, .offset = AT(is_shared)                   \
    }
static const struct shape_field view_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    VIEW_IN_FIELDS,
    {"own", "Of who asks", SHAPE_BOOL, .offset = AT(is_own)},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"updatedAt", "When it was changed last", SHAPE_INSTANT, .offset = AT(updated_at)},
};
static const struct shape_field view_in_fields[] = {VIEW_IN_FIELDS};
#undef AT
const struct shape saved_view_shape =
    SHAPE("SavedView", "A choice of a list, under a name", struct view_io, view_fields);
const struct shape saved_view_in_shape =
    SHAPE("SavedViewIn", "What is kept", struct view_io, view_in_fields);
static const struct shape_field view_item = {.kind = SHAPE_OBJECT, .of = &saved_view_shape};
static const struct shape_field views_fields[] = {
    {"data", "The oldest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &view_item, .item_size = sizeof(struct view_io)},
    PAGE_CURSOR_FIELD,
};
const struct shape saved_views_shape =
    SHAPE("SavedViews", "A page of saved views", struct page, views_fields);

static struct str person_of(const struct api_request *request) {
    return request->has_session ? request->session.person_id : STR("");
}

static struct view_io out_of(const struct saved_view_row *row, bool is_own) {
    return (struct view_io){
        .id = id_str(&row->id),
        .name = row->name,
        .query = row->query,
        .list = 0,
        .is_shared = row->is_shared,
        .is_own = is_own,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
}

void saved_views_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str after = query == NULL ? STR("") : query->cursor;
    const struct saved_view_of of = {person_of(request), STR("customers")};
    if (reply_if_failed(request, saved_view_seen(&tx, &of, after, size + 1, &list))) {
        return;
    }
    const struct saved_view_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct view_io *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of(&rows[i], str_equal(rows[i].person_id, person_of(request)));
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &saved_views_shape, &page);
}

struct keep_in_hand {
    struct saved_view_keep keep; /* first: `done` hands it back */
    struct api_request *request;
};

static void kept(struct command *command) {
    struct keep_in_hand *hand = (struct keep_in_hand *)command;
    bool is_created = command->outcome == OUTCOME_CREATED;
    if (!is_created && command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
    } else if (hand->keep.act == SAVED_VIEW_DROP) {
        reply_empty(hand->request, 204);
    } else {
        struct view_io out = out_of(&hand->keep.row, hand->keep.is_own);
        reply_value(hand->request, is_created ? 201 : 200, &saved_view_shape, &out);
    }
}

static void keep(struct api_request *request, enum saved_view_act act, struct str id) {
    const struct view_io *in = request->body;
    struct keep_in_hand *hand = COMMAND_NEW(request->arena, struct keep_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->keep.act = act;
    hand->keep.id = id;
    hand->keep.person_id = person_of(request);
    hand->keep.is_admin = !request->has_session || request->session.role == ROLE_ADMIN;
    if (act != SAVED_VIEW_DROP) {
        hand->keep.row = (struct saved_view_row){.list = STR("customers"),
                                                 .name = in->name,
                                                 .query = in->query,
                                                 .is_shared = in->is_shared};
    }
    hand->keep.command.done = kept;
    saved_view_keep(request->api->app, &hand->keep);
}

void saved_views_create(struct api_request *request) {
    const struct view_io *in = request->body;
    if (is_query_of(request, &customer_filter_shape, "query", in->query)) {
        keep(request, SAVED_VIEW_CREATE, STR(""));
    }
}

void saved_views_change(struct api_request *request) {
    const struct view_io *in = request->body;
    if (is_query_of(request, &customer_filter_shape, "query", in->query)) {
        keep(request, SAVED_VIEW_CHANGE, request->values[0]);
    }
}

void saved_views_drop(struct api_request *request) {
    keep(request, SAVED_VIEW_DROP, request->values[0]);
}
