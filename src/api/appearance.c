/* /api/me/appearance, and /appearance.css, by which each page is drawn so from the first moment: a
 * style sheet holds the first drawing back, and needs no script. */
#include "api/appearance.h"

#include "api/auth_session.h"
#include "app/appearance.h"

enum scheme { SCHEME_SYSTEM, SCHEME_LIGHT, SCHEME_DARK, SCHEME_COUNT };

static const char *const names[] = {"system", "light", "dark", NULL};
/* Twice the root, so that it is stronger than the pages' own; paper stays light. The build writes
 * light-dark() out for older browsers, as one of two properties of which one is initial and the
 * other empty (https://lightningcss.dev/transpilation.html#light-dark-color-function). */
#define STYLE(schemes) "@media screen{:root:root{color-scheme:" schemes "}}\n"
#define LIGHT "light;--lightningcss-light:initial;--lightningcss-dark: "
#define DARK "dark;--lightningcss-light: ;--lightningcss-dark:initial"
static const char *const styles[SCHEME_COUNT] = {STYLE("light dark"), STYLE(LIGHT), STYLE(DARK)};

struct appearance_out {
    struct str scheme;
};
static const struct shape_field out_fields[] = {
    {"scheme", "system, light or dark", SHAPE_STR,
     .offset = offsetof(struct appearance_out, scheme), .max = 16},
};
const struct shape appearance_shape =
    SHAPE("Appearance", "How pages look to somebody", struct appearance_out, out_fields);

struct appearance_in {
    int scheme;
};
static const struct shape_field in_fields[] = {
    {"scheme", "As the system says, or always the one", SHAPE_ENUM,
     .offset = offsetof(struct appearance_in, scheme), .names = names},
};
const struct shape appearance_in_shape =
    SHAPE("AppearanceIn", "How pages shall look", struct appearance_in, in_fields);

void appearance_show(struct api_request *request) {
    struct tx tx = request_read(request);
    struct appearance_out out;
    if (!reply_if_failed(request, appearance_read(&tx, request->session.person_id, &out.scheme))) {
        reply_value(request, 200, &appearance_shape, &out);
    }
}

struct choose_in_hand {
    struct appearance_choose choose; /* first: `done` hands it back */
    struct api_request *request;
};

static void chosen(struct command *command) {
    struct api_request *request = ((struct choose_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        appearance_show(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void appearance_set(struct api_request *request) {
    const struct appearance_in *in = request->body;
    struct choose_in_hand *hand = ARENA_NEW(request->arena, struct choose_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->choose.person_id = request->session.person_id;
    hand->choose.scheme = str_from_cstr(names[in->scheme]);
    hand->choose.command.done = chosen;
    appearance_choose(request->api->app, &hand->choose);
}

/* Of whoever looks; nobody is turned away. */
void appearance_style(struct api_request *request) {
    struct tx tx = request_read(request);
    struct str scheme = STR("system");
    const char *style = styles[SCHEME_SYSTEM];
    if (!find_session(request) ||
        (request->has_session &&
         reply_if_failed(request, appearance_read(&tx, request->session.person_id, &scheme)))) {
        return;
    }
    for (int i = 0; i < SCHEME_COUNT; i++) {
        style = str_equal(scheme, str_from_cstr(names[i])) ? styles[i] : style;
    }
    struct http_response response = {.status = 200, .body = str_from_cstr(style)};
    http_add_header(&response, STR("Content-Type"), STR("text/css; charset=utf-8"));
    reply_as(request, HEADERS_API, &response);
}
