/* /api/admin/feedback/themes/:theme/roadmap: to what of the roadmap a theme leads. */
#include "api/feedback_resources.h"

#include "app/feedback_roadmap.h"

const char *const roadmap_status_names[] = {"planned", "building", "shipped", "dropped", NULL};
static_assert(ROADMAP_COUNT == 4, "in the order of the enum");

#define AT(member) offsetof(struct roadmap_link_row, member)
#define LINK_FIELDS                                                                                \
    {"title",  "What is built, or is not", SHAPE_STR, .offset = AT(title),                         \
     .min = 1, .max = ROADMAP_TITLE_MAX},                                                          \
        {"url",                                                                                    \
         "Where more is said of it: https://…",                                                    \
         SHAPE_STR,                                                                                \
         .offset = AT(url),                                                                        \
         .min = 9,                                                                                 \
         .max = ROADMAP_URL_MAX,                                                                   \
         .allowed = TEXT_TOKEN},                                                                   \
    {                                                                                              \
        "status", "planned, building, shipped; dropped: it will not be", SHAPE_ENUM,               \
            .offset = AT(status), .names = roadmap_status_names                                    \
    }
static const struct shape_field in_fields[] = {LINK_FIELDS};
static const struct shape_field fields[] = {
    {"theme", "What is heard", SHAPE_STR, .offset = AT(theme), .max = FEEDBACK_THEME_LENGTH},
    LINK_FIELDS,
    {"linkedAt", "When", SHAPE_INSTANT, .offset = AT(linked_at)},
};
#undef AT
const struct shape feedback_roadmap_in_shape =
    SHAPE("FeedbackRoadmapLink", "To what a theme leads", struct roadmap_link_row, in_fields);
const struct shape feedback_roadmap_shape = SHAPE(
    "FeedbackRoadmap", "To what a theme leads, and since when", struct roadmap_link_row, fields);

struct set_in_hand {
    struct roadmap_set set; /* first: `done` hands it back */
    struct api_request *request;
};

static void is_set(struct command *command) {
    struct set_in_hand *hand = (struct set_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_value(hand->request, 200, &feedback_roadmap_shape, &hand->set.row);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void feedback_roadmap_put(struct api_request *request) {
    const struct roadmap_link_row *in = request->body;
    struct set_in_hand *hand = COMMAND_NEW(request->arena, struct set_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!str_starts_with(in->url, STR("https://"))) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/url", "an address that begins with https://");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->set.row = *in;
    hand->set.row.theme = request->values[0];
    hand->set.command.done = is_set;
    roadmap_set(request->api->app, &hand->set);
}

struct unset_in_hand {
    struct roadmap_unset unset; /* first: the same */
    struct api_request *request;
};

static void is_unset(struct command *command) {
    struct unset_in_hand *hand = (struct unset_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(hand->request, 204);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void feedback_roadmap_delete(struct api_request *request) {
    struct unset_in_hand *hand = COMMAND_NEW(request->arena, struct unset_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->unset.theme = request->values[0];
    hand->unset.command.done = is_unset;
    roadmap_unset(request->api->app, &hand->unset);
}
