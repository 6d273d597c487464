/* /api/admin/experiments: drafted, registered, run, ended, decided; and what was written down. */
#include "api/experiment_resources.h"

#include "app/experiment_result.h"
#include "core/experiment_feasible.h"

enum { EXPERIMENT_NAME_MAX = 60, TITLE_MAX = 120, REASON_MAX = 1000 };

/* --- as shown --- */

struct feasibility_out {
    int64_t units_each, units_all, days, weeks, relative_ppm, mde_ppm;
    bool is_feasible, has_weeks, has_mde;
    struct str advice;
};
#define AT(member) offsetof(struct feasibility_out, member)
static const struct shape_field feasibility_fields[] = {
    {"isFeasible", "All units come within a quarter", SHAPE_BOOL, .offset = AT(is_feasible)},
    {"unitsEach", "That each arm needs", SHAPE_I64, .offset = AT(units_each)},
    {"unitsAll", "And all together, as they are weighted", SHAPE_I64, .offset = AT(units_all)},
    {"days", "Until they are there; null: nobody said how many come", SHAPE_I64, .offset = AT(days),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_weeks)},
    {"weeks", "The same in whole weeks", SHAPE_I64, .offset = AT(weeks), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_weeks)},
    {"mdeRelativePpm", "The least effect that is found, by the baseline", SHAPE_I64,
     .offset = AT(relative_ppm)},
    {"mdeFeasiblePpm", "The least effect that would be found within a quarter; null: none would",
     SHAPE_I64, .offset = AT(mde_ppm), .flags = SHAPE_NULLABLE, .is_set = AT(has_mde)},
    {"advice",
     "run; presentation: look for an effect that fits, and try packaging and the page before the "
     "price; traffic: say how many units come in a month",
     SHAPE_STR, .offset = AT(advice), .max = 16},
};
#undef AT
static const struct shape feasibility_shape =
    SHAPE("ExperimentFeasibility", "Whether the traffic is enough", struct feasibility_out,
          feasibility_fields);

struct log_out {
    struct str id, event, actor, reason;
    int64_t at;
};
#define AT(member) offsetof(struct log_out, member)
static const struct shape_field log_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"event", "register, start, pause, resume, end, decide; srm: it was paused by itself",
     SHAPE_STR, .offset = AT(event), .max = 16},
    {"actor", "Who; null: the program, or the owner of the machine", SHAPE_STR, .offset = AT(actor),
     .max = 64, .flags = SHAPE_NULLABLE},
    {"reason", "Why", SHAPE_STR, .offset = AT(reason), .max = REASON_MAX},
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
};
#undef AT
static const struct shape log_shape =
    SHAPE("ExperimentEvent", "What was done with it", struct log_out, log_fields);
static const struct shape_field log_item = {.kind = SHAPE_OBJECT, .of = &log_shape};

struct experiment_out {
    struct str id, name, title, state, layer, plan_hash, created_by, decided_arm;
    int64_t monthly_units, created_at, registered_at, started_at, paused_at, ended_at, decided_at;
    bool is_registered, is_started, is_paused, is_ended, is_decided;
    struct experiment_plan_entry plan;
    struct feasibility_out feasibility;
    struct shape_list log;
};
#define AT(member) offsetof(struct experiment_out, member)
#define COMMON_FIELDS                                                                              \
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},                           \
        {"name", "That buckets are drawn by; no other has it", SHAPE_STR, .offset = AT(name),      \
         .max = EXPERIMENT_NAME_MAX},                                                              \
        {"title", "For people", SHAPE_STR, .offset = AT(title), .max = TITLE_MAX},                 \
        {"state", "draft, registered, running, paused, ended or decided", SHAPE_STR,               \
         .offset = AT(state), .max = 16},                                                          \
        {"layer",                                                                                  \
         "That it shares with others; null: none",                                                 \
         SHAPE_STR,                                                                                \
         .offset = AT(layer),                                                                      \
         .max = EXPERIMENT_NAME_MAX,                                                               \
         .flags = SHAPE_NULLABLE},                                                                 \
        {"createdAt", "When it was drafted", SHAPE_INSTANT, .offset = AT(created_at)},             \
        {"startedAt",                                                                              \
         "Since when somebody is shown it",                                                        \
         SHAPE_INSTANT,                                                                            \
         .offset = AT(started_at),                                                                 \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = AT(is_started)},                                                                \
    {                                                                                              \
        "endedAt", "Since when nobody new is", SHAPE_INSTANT,                                      \
            .offset = AT(ended_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_ended)                \
    }
/* clang-format off */
static const struct shape_field item_fields[] = {COMMON_FIELDS};
static const struct shape_field experiment_fields[] = {
    COMMON_FIELDS,
    {"registeredAt", "Since when the plan never changes", SHAPE_INSTANT,
     .offset = AT(registered_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_registered)},
    {"pausedAt", "Since when it is paused", SHAPE_INSTANT, .offset = AT(paused_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_paused)},
    {"decidedAt", "When it was decided", SHAPE_INSTANT, .offset = AT(decided_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_decided)},
    {"decidedArm", "For which arm; null: not yet", SHAPE_STR, .offset = AT(decided_arm),
     .max = EXPERIMENT_NAME_MAX, .flags = SHAPE_NULLABLE},
    {"planHash", "SHA-256 over {monthlyUnits, name, plan} in canonical form, as in the audit log; "
     "null of a draft", SHAPE_STR, .offset = AT(plan_hash), .max = 64, .flags = SHAPE_NULLABLE},
    {"createdBy", "Who drafted it; null: the owner of the machine", SHAPE_STR,
     .offset = AT(created_by), .max = 64, .flags = SHAPE_NULLABLE},
    {"monthlyUnits", "That are expected in a month; 0: nobody knows", SHAPE_I64,
     .offset = AT(monthly_units), .min = 0, .max = EXPERIMENT_UNITS_MAX},
    {"feasibility", "Whether that is enough", SHAPE_OBJECT, .offset = AT(feasibility),
     .of = &feasibility_shape},
    {"plan", "What was written down", SHAPE_OBJECT, .offset = AT(plan),
     .of = &experiment_plan_shape},
    {"log", "What was done with it, the oldest first", SHAPE_LIST, .offset = AT(log),
     .max = EXPERIMENT_LOG_MAX, .item = &log_item, .item_size = sizeof(struct log_out)},
};
/* clang-format on */
#undef AT
static const struct shape item_shape =
    SHAPE("ExperimentItem", "An experiment in a list", struct experiment_out, item_fields);
const struct shape experiment_shape =
    SHAPE("Experiment", "A test of prices, or of the page that shows them", struct experiment_out,
          experiment_fields);
static const struct shape_field experiment_item = {.kind = SHAPE_OBJECT, .of = &item_shape};
static const struct shape_field experiments_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &experiment_item, .item_size = sizeof(struct experiment_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape experiments_shape =
    SHAPE("Experiments", "A page of experiments", struct page, experiments_fields);

static struct experiment_out out_of_row(const struct experiment_row *row) {
    return (struct experiment_out){
        .id = id_str(&row->id),
        .name = row->name,
        .title = row->title,
        .state = str_from_cstr(experiment_state_name((enum experiment_state)row->state)),
        .layer = text_or_null(row->layer),
        .plan_hash = text_or_null(row->plan_hash),
        .created_by = text_or_null(row->created_by),
        .decided_arm = text_or_null(row->decided_arm),
        .monthly_units = row->monthly_units,
        .created_at = row->created_at,
        .registered_at = row->registered_at,
        .started_at = row->started_at,
        .paused_at = row->paused_at,
        .ended_at = row->ended_at,
        .decided_at = row->decided_at,
        .is_registered = row->registered_at != ROW_NONE,
        .is_started = row->started_at != ROW_NONE,
        .is_paused = row->paused_at != ROW_NONE,
        .is_ended = row->ended_at != ROW_NONE,
        .is_decided = row->decided_at != ROW_NONE,
    };
}

static struct feasibility_out feasibility_of(const struct experiment *of) {
    struct experiment_feasibility found = experiment_feasible(&of->plan, of->row.monthly_units);
    return (struct feasibility_out){
        .units_each = found.units_each,
        .units_all = found.units_all,
        .days = found.days,
        .weeks = found.weeks,
        .relative_ppm = found.mde_relative_ppm,
        .mde_ppm = found.mde_feasible_ppm,
        .is_feasible = found.is_feasible,
        .has_weeks = found.weeks > 0,
        .has_mde = found.mde_feasible_ppm > 0,
        .advice = str_from_cstr(experiment_advice_name(found.advice)),
    };
}

static struct shape_list log_out_of(struct api_request *request, const struct row_list *list) {
    const struct experiment_log_row *rows = list->items;
    struct log_out *out = arena_array(request->arena, list->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list->count; i++) {
        out[i] = (struct log_out){id_str(&rows[i].id), rows[i].event, text_or_null(rows[i].actor),
                                  rows[i].reason, rows[i].at};
    }
    return (struct shape_list){out, out == NULL ? 0 : list->count};
}

bool find_experiment(struct api_request *request, struct experiment *ret) {
    struct tx tx = request_read(request);
    bool is_found = false;
    if (reply_if_failed(request, experiment_read(&tx, request->values[0], ret, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_EXPERIMENT_NOT_FOUND);
    }
    return is_found;
}

static void reply_experiment(struct api_request *request, int status) {
    struct experiment of;
    struct row_list log;
    struct tx tx = request_read(request);
    if (!find_experiment(request, &of) ||
        reply_if_failed(request, experiment_log_read(&tx, request->values[0], &log))) {
        return;
    }
    struct experiment_out out = out_of_row(&of.row);
    out.plan = experiment_plan_entry_of(&of.plan);
    out.feasibility = feasibility_of(&of);
    out.log = log_out_of(request, &log);
    reply_value(request, status, &experiment_shape, &out);
}

void experiments_get(struct api_request *request) {
    reply_experiment(request, 200);
}

void experiments_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str before = query == NULL ? STR("") : query->cursor;
    if (reply_if_failed(request, experiments_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct experiment_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct experiment_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = out_of_row(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &experiments_shape, &page);
}

/* --- drafting --- */

struct experiment_in {
    struct str name, title;
    int64_t monthly_units;
    struct experiment_plan_entry plan;
};
#define AT(member) offsetof(struct experiment_in, member)
static const struct shape_field in_fields[] = {
    {"name", "That buckets are drawn by; no other may have it", SHAPE_STR, .offset = AT(name),
     .min = 3, .max = EXPERIMENT_NAME_MAX, .allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-"},
    {"title", "For people", SHAPE_STR, .offset = AT(title), .min = 3, .max = TITLE_MAX},
    {"monthlyUnits", "That are expected in a month; 0 when not given: nobody knows", SHAPE_I64,
     .offset = AT(monthly_units), .min = 0, .max = EXPERIMENT_UNITS_MAX, .flags = SHAPE_OPTIONAL},
    {"plan", "What is to be written down", SHAPE_OBJECT, .offset = AT(plan),
     .of = &experiment_plan_shape},
};
#undef AT
const struct shape experiment_in_shape = SHAPE(
    "ExperimentDraft", "An experiment that may still change", struct experiment_in, in_fields);

/* What contradicts itself, each with its place below `at`. */
static void reply_invalid(struct api_request *request, const struct experiment_problems *problems,
                          const char *at) {
    struct shape_errors errors = {.count = 0};
    for (size_t i = 0; i < problems->count; i++) {
        struct str path = arena_printf(request->arena, "%s%s", at, problems->list[i].path);
        shape_error_add(&errors, request->arena, arena_cstr(request->arena, path),
                        problems->list[i].expected);
    }
    reply_field_errors(request, OUTCOME_EXPERIMENT_INVALID, &errors);
}

struct write_in_hand {
    struct experiment_write write; /* first: `done` hands it back */
    struct api_request *request;
};

static void written(struct command *command) {
    struct write_in_hand *hand = (struct write_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome == OUTCOME_EXPERIMENT_INVALID) {
        reply_invalid(request, &hand->write.problems, "/plan");
    } else if (command->outcome == OUTCOME_DONE || command->outcome == OUTCOME_CREATED) {
        request->values[0] = id_str(&hand->write.made);
        reply_experiment(request, command->outcome == OUTCOME_CREATED ? 201 : 200);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void write_draft(struct api_request *request, struct str id) {
    const struct experiment_in *in = request->body;
    struct write_in_hand *hand = ARENA_NEW(request->arena, struct write_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->write.id = id;
    hand->write.name = in->name;
    hand->write.title = in->title;
    hand->write.monthly_units = in->monthly_units;
    hand->write.plan = experiment_plan_of(&in->plan);
    hand->write.command.done = written;
    experiment_write(request->api->app, &hand->write);
}

void experiments_post(struct api_request *request) {
    write_draft(request, STR(""));
}

void experiments_put(struct api_request *request) {
    write_draft(request, request->values[0]);
}

/* --- moving on --- */

static const char *const event_words[] = {"register", "start",  "pause", "resume",
                                          "end",      "decide", NULL};
static_assert(ARRAY_LEN(event_words) == EXPERIMENT_EVENT_COUNT + 1, "in the enum's order");

struct move_in {
    int event;
    struct str reason, arm;
    bool accepts_weakness;
};
#define AT(member) offsetof(struct move_in, member)
static const struct shape_field move_fields[] = {
    {"event",
     "register: its plan never changes from then on; start; pause: nobody new is shown it; resume; "
     "end; decide for an arm",
     SHAPE_ENUM, .offset = AT(event), .names = event_words},
    {"reason", "For the log", SHAPE_STR, .offset = AT(reason), .min = 3, .max = REASON_MAX},
    {"arm", "That is decided for", SHAPE_STR, .offset = AT(arm), .min = 1,
     .max = EXPERIMENT_NAME_MAX, .flags = SHAPE_OPTIONAL},
    {"acceptsWeakness", "It is registered although too few units come", SHAPE_BOOL,
     .offset = AT(accepts_weakness), .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape experiment_move_shape =
    SHAPE("ExperimentMove", "What is to be done with an experiment", struct move_in, move_fields);

struct move_in_hand {
    struct experiment_move move; /* first: `done` hands it back */
    struct api_request *request;
};

static void moved(struct command *command) {
    struct move_in_hand *hand = (struct move_in_hand *)command;
    if (command->outcome == OUTCOME_EXPERIMENT_INVALID) {
        reply_invalid(hand->request, &hand->move.problems, "/plan");
    } else if (command->outcome == OUTCOME_DONE) {
        reply_experiment(hand->request, 200);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void experiments_move(struct api_request *request) {
    const struct move_in *in = request->body;
    struct move_in_hand *hand = ARENA_NEW(request->arena, struct move_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->move.id = request->values[0];
    hand->move.reason = in->reason;
    hand->move.event = (enum experiment_event)in->event;
    hand->move.arm = in->arm;
    hand->move.accepts_weakness = in->accepts_weakness;
    hand->move.command.done = moved;
    experiment_move(request->api->app, &hand->move);
}
