/* Who was shown what, by hand and from elsewhere: the evidence of prices that were shown. */
#include "api/experiment_resources.h"

enum { ID_MAX = 128, ARM_MAX = 40, VERSIONS_MAX = 64 };

/* --- who was shown what --- */

struct unit_out {
    struct str unit_id, user_id, arm, source, excluded, versions, page, country, device;
    int64_t exposed_at;
};
#define AT(member) offsetof(struct unit_out, member)
static const struct shape_field unit_fields[] = {
    {"unitId", "A visitor's random id, or the account's", SHAPE_STR, .offset = AT(unit_id),
     .max = ID_MAX},
    {"userId", "The account; null: none yet", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"arm", "What they are shown", SHAPE_STR, .offset = AT(arm), .max = ARM_MAX},
    {"source", "rendered, override or imported", SHAPE_STR, .offset = AT(source), .max = 16},
    {"excluded",
     "Why it is in no figure: override, crossed (its account saw two arms), duplicate (its account "
     "is counted already), imported_twice, matched (given the lower price of another arm); null: "
     "it "
     "counts",
     SHAPE_STR, .offset = AT(excluded), .max = 16, .flags = SHAPE_NULLABLE},
    {"versions", "Of the plans that were shown; 0: the one that is sold", SHAPE_STR,
     .offset = AT(versions), .max = VERSIONS_MAX},
    {"page", "Where: pricing, plans, elsewhere", SHAPE_STR, .offset = AT(page), .max = 16},
    {"country", "Of the account; null: nobody knows", SHAPE_STR, .offset = AT(country), .max = 2,
     .flags = SHAPE_NULLABLE},
    {"device", "desktop, phone or tablet; null: nobody knows", SHAPE_STR, .offset = AT(device),
     .max = 16, .flags = SHAPE_NULLABLE},
    {"exposedAt", "When first", SHAPE_INSTANT, .offset = AT(exposed_at)},
};
#undef AT
static const struct shape unit_shape =
    SHAPE("ExperimentUnit", "What a unit was shown", struct unit_out, unit_fields);
static const struct shape_field unit_item = {.kind = SHAPE_OBJECT, .of = &unit_shape};
static const struct shape_field units_fields[] = {
    {"data", "In order of the units", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &unit_item, .item_size = sizeof(struct unit_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape experiment_units_shape =
    SHAPE("ExperimentUnits", "A page of who was shown what", struct page, units_fields);

static const char *const which_words[] = {"counted", "excluded", NULL};
struct units_query {
    struct page_query page; /* first: page_size() reads it */
    int which;
    bool has_which;
    struct str user_id;
};
#define AT(member) offsetof(struct units_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = ID_MAX, .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
    {"status", "counted, or excluded; all when not given", SHAPE_ENUM, .offset = AT(which),
     .names = which_words, .flags = SHAPE_OPTIONAL, .is_set = AT(has_which)},
    {"userId", "What this account was shown", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape experiment_units_query_shape =
    SHAPE("ExperimentUnitsQuery", "Which units", struct units_query, query_fields);

static struct unit_out unit_out_of(const struct experiment *of,
                                   const struct experiment_unit_row *row) {
    bool is_known = row->arm < (int64_t)of->plan.arm_count;
    return (struct unit_out){
        .unit_id = row->unit_id,
        .user_id = text_or_null(row->user_id),
        .arm = is_known ? of->plan.arms[row->arm].name : STR(""),
        .source = row->source,
        .excluded = text_or_null(row->excluded),
        .versions = row->versions,
        .page = row->page,
        .country = text_or_null(row->country),
        .device = text_or_null(row->device),
        .exposed_at = row->exposed_at,
    };
}

void experiment_units_list(struct api_request *request) {
    static const struct units_query nothing = {.which = 0};
    const struct units_query *query = request->query == NULL ? &nothing : request->query;
    size_t size = page_size(&query->page);
    struct experiment of;
    struct row_list list;
    struct tx tx = request_read(request);
    const struct experiment_unit_filter filter = {
        .experiment_id = request->values[0],
        .after = query->page.cursor,
        .which = query->has_which ? str_from_cstr(which_words[query->which]) : STR(""),
        .user_id = query->user_id,
    };
    if (!find_experiment(request, &of) ||
        reply_if_failed(request, experiment_units_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct experiment_unit_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct unit_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = unit_out_of(&of, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].unit_id;
    }
    reply_value(request, 200, &experiment_units_shape, &page);
}

/* --- from elsewhere --- */

struct import_in {
    struct shape_list units; /* of struct experiment_import_item */
};
#define AT(member) offsetof(struct experiment_import_item, member)
static const struct shape_field import_item_fields[] = {
    {"unitId", "A visitor's id, or the account's", SHAPE_STR, .offset = AT(unit_id), .min = 1,
     .max = ID_MAX, .allowed = TEXT_TOKEN, .flags = SHAPE_IDENTIFIER},
    {"userId", "The account", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"arm", "What they were shown", SHAPE_STR, .offset = AT(arm), .min = 1, .max = ARM_MAX},
    {"exposedAt", "When first", SHAPE_INSTANT, .offset = AT(exposed_at)},
};
#undef AT
static const struct shape import_item_shape =
    SHAPE("ExperimentImportItem", "What a unit was shown elsewhere", struct experiment_import_item,
          import_item_fields);
static const struct shape_field import_item = {.kind = SHAPE_OBJECT, .of = &import_item_shape};
static const struct shape_field import_fields[] = {
    {"units", "At most 1000 at once", SHAPE_LIST, .offset = offsetof(struct import_in, units),
     .min = 1, .max = EXPERIMENT_IMPORT_MAX, .item = &import_item,
     .item_size = sizeof(struct experiment_import_item)},
};
const struct shape experiment_import_shape =
    SHAPE("ExperimentImport", "What was shown elsewhere", struct import_in, import_fields);

struct imported_out {
    int64_t imported, excluded;
};
static const struct shape_field imported_fields[] = {
    {"imported", "Units that were not there before", SHAPE_I64,
     .offset = offsetof(struct imported_out, imported)},
    {"excluded", "Units that are there in another arm, and are in no figure from now on", SHAPE_I64,
     .offset = offsetof(struct imported_out, excluded)},
};
const struct shape experiment_imported_shape =
    SHAPE("ExperimentImported", "What became of it", struct imported_out, imported_fields);

struct import_in_hand {
    struct experiment_import import; /* first: `done` hands it back */
    struct api_request *request;
};

static void imported(struct command *command) {
    struct import_in_hand *hand = (struct import_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        struct imported_out out = {hand->import.imported, hand->import.excluded};
        reply_value(hand->request, 200, &experiment_imported_shape, &out);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void experiment_units_import(struct api_request *request) {
    const struct import_in *in = request->body;
    struct import_in_hand *hand = ARENA_NEW(request->arena, struct import_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->import.id = request->values[0];
    hand->import.items = in->units.items;
    hand->import.count = in->units.count;
    hand->import.command.done = imported;
    experiment_import(request->api->app, &hand->import);
}

/* --- by hand --- */

struct override_in {
    struct str unit_id, arm;
};
static const struct shape_field override_fields[] = {
    {"unitId", "A visitor's id, or the account's", SHAPE_STR,
     .offset = offsetof(struct override_in, unit_id), .min = 1, .max = ID_MAX,
     .allowed = TEXT_TOKEN, .flags = SHAPE_IDENTIFIER},
    {"arm", "What they are to be shown", SHAPE_STR, .offset = offsetof(struct override_in, arm),
     .min = 1, .max = ARM_MAX},
};
const struct shape experiment_override_shape = SHAPE(
    "ExperimentOverride", "A unit that tries an arm out", struct override_in, override_fields);

struct override_in_hand {
    struct experiment_override override; /* first: `done` hands it back */
    struct api_request *request;
};

static void overridden(struct command *command) {
    struct override_in_hand *hand = (struct override_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(hand->request, 204);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void experiment_overrides_put(struct api_request *request) {
    const struct override_in *in = request->body;
    struct override_in_hand *hand = ARENA_NEW(request->arena, struct override_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->override.id = request->values[0];
    hand->override.unit_id = in->unit_id;
    hand->override.arm = in->arm;
    hand->override.command.done = overridden;
    experiment_override(request->api->app, &hand->override);
}
