/* Requests of the simulation, and the waiting for them: the driven program is turned until the
 * answer is there. */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "main/simulate.h"

enum {
    TURN_NS = 1000,               /* what a turn takes, by the monotonic clock */
    REST_NS = 1000 * 1000 * 1000, /* passes where nothing moves but somebody waits */
    RESTS_MAX = 60,
    TIMEOUT_MS = 60 * 1000,
    REFUSED = 400,
    HEADERS_MAX = 8,
};

static void fail(struct simulation *simulation, const struct simulate_request *request, int status,
                 const json_t *problem) {
    if (err_failed(simulation->failure)) {
        return;
    }
    struct str detail = json_text(problem, "detail");
    simulation->failure =
        cx_fail(simulation->cx, ERR(ERR_CONFLICT),
                "On day %" PRId32 " %s " STR_FMT " of " STR_FMT " was answered with %d " STR_FMT
                ": " STR_FMT,
                simulation->slot / POPULATION_SLOTS + 1, request->method,
                STR_ARG(str_first(request->target, 80)), STR_ARG(request->user_id), status,
                STR_ARG(json_text(problem, "code")), STR_ARG(str_first(detail, 300)));
}

/* --- sending --- */

static struct str header(struct simulation *simulation, const char *name, struct str value) {
    return arena_printf(&simulation->arena, "%s: " STR_FMT, name, STR_ARG(value));
}

static size_t add_headers(struct simulation *simulation, const struct simulate_request *request,
                          struct str headers[HEADERS_MAX]) {
    size_t count = 0;
    headers[count++] = STR("Accept: application/json");
    if (request->body.len > 0) {
        headers[count++] = header(simulation, "Content-Type",
                                  request->type.len > 0 ? request->type : STR("application/json"));
    }
    if (request->user_id.len > 0) {
        headers[count++] = header(simulation, "Turnpike-User", request->user_id);
    }
    if (request->is_person) {
        headers[count++] = STR("Origin: " DRIVEN_URL);
        headers[count++] = STR("Sec-Fetch-Site: same-origin");
    }
    if (request->cookie.len > 0) {
        headers[count++] = header(simulation, "Cookie", request->cookie);
    }
    if (request->csrf.len > 0) {
        headers[count++] = header(simulation, "X-CSRF-Token", request->csrf);
    }
    return count;
}

static void send_http(struct simulation *simulation, const struct simulate_request *request,
                      env_http_done *done, void *context) {
    struct env *env = simulation->program.env;
    struct str headers[HEADERS_MAX];
    const char *origin = request->is_person ? DRIVEN_URL : DRIVEN_LOCAL_URL;
    struct env_http_request http = {
        .method = str_from_cstr(request->method),
        .url = arena_printf(&simulation->arena, "%s" STR_FMT, origin, STR_ARG(request->target)),
        .headers = headers,
        .header_count = add_headers(simulation, request, headers),
        .body = request->body,
        .timeout_ms = TIMEOUT_MS,
    };
    simulation->pending++;
    env->http_send(env, &http, done, context);
}

/* --- without waiting --- */

struct sent {
    struct simulation *simulation;
    struct simulate_request request;
    void (*done)(struct simulation *simulation, const json_t *answer);
};

static void on_sent(void *context, const struct env_http_answer *answer) {
    struct sent *sent = context;
    struct json_problem problem = {0};
    bool is_refused = answer->status == 0 || answer->status >= REFUSED;
    json_t *json = is_refused || sent->done != NULL ? json_read(answer->body, &problem) : NULL;
    sent->simulation->pending--;
    if (is_refused) {
        fail(sent->simulation, &sent->request, answer->status, json);
    } else if (sent->done != NULL) {
        sent->done(sent->simulation, json);
    }
    json_decref(json);
}

void simulate_send(struct simulation *simulation, const struct simulate_request *request,
                   void (*done)(struct simulation *simulation, const json_t *answer)) {
    struct sent *sent = ARENA_NEW(&simulation->arena, struct sent);
    if (sent == NULL) {
        simulation->failure = ERR(ERR_NO_MEMORY);
        return;
    }
    *sent = (struct sent){simulation, *request, done};
    send_http(simulation, request, on_sent, sent);
}

/* --- waiting --- */

/* What cannot be written is tried again, by jobs for as long as there are any. */
static struct err look_at_disk(const struct simulation *simulation) {
    enum { LEAST = 256 * 1024 };
    struct statvfs disk;
    bool is_full = statvfs(simulation->serve.data_dir, &disk) == 0 &&
                   (uint64_t)disk.f_bavail * disk.f_frsize < LEAST;
    return is_full
               ? cx_fail(simulation->cx, ERR(ERR_DISK_FULL), "On day %" PRId32 " the disk is full.",
                         simulation->slot / POPULATION_SLOTS + 1)
               : OK;
}

/* Until nothing is to be done at this instant, or `is_over`. What rests after a failure goes on
 * when a second has passed, by the monotonic clock. */
static struct err turn_until(struct simulation *simulation,
                             bool (*is_over)(const struct simulation *simulation)) {
    int rests = 0;
    const struct program *program = &simulation->program;
    while (!is_over(simulation) && rests < RESTS_MAX && !err_failed(program->failure)) {
        env_seeded_pass(&simulation->seeded, TURN_NS);
        if (program_turn(&simulation->program)) {
            rests = 0;
        } else if (!is_over(simulation)) {
            TRY(look_at_disk(simulation));
            env_seeded_pass(&simulation->seeded, REST_NS);
            jobs_poke(simulation->program.jobs);
            rests++;
        }
    }
    if (err_failed(program->failure)) {
        return cx_fail(simulation->cx, program->failure, "%s", program->cx.detail);
    }
    if (rests == RESTS_MAX) {
        return cx_fail(simulation->cx, ERR(ERR_TIMEOUT),
                       "On day %" PRId32 " the program came to no end.",
                       simulation->slot / POPULATION_SLOTS + 1);
    }
    return simulation->failure;
}

static bool is_answered(const struct simulation *simulation) {
    return simulation->pending == 0;
}

struct err simulate_wait(struct simulation *simulation) {
    return turn_until(simulation, is_answered);
}

/* Of one answer, whose texts go with the callback. */
struct call {
    struct simulation *simulation;
    struct simulate_answer *answer;
};

static struct str header_of(struct arena *arena, const struct env_http_answer *answer,
                            struct str name) {
    for (size_t i = 0; i < answer->header_count; i++) {
        struct str value = answer->headers[i];
        if (str_equal_ignoring_case(str_cut(&value, ':'), name)) {
            return arena_str(arena, str_trim(value));
        }
    }
    return STR("");
}

static void on_called(void *context, const struct env_http_answer *http) {
    struct call *call = context;
    struct simulate_answer *answer = call->answer;
    struct arena *arena = &call->simulation->arena;
    struct json_problem problem = {0};
    struct str cookie = header_of(arena, http, STR("Set-Cookie"));
    answer->status = http->status;
    answer->json = http->body.len > 0 ? json_read(http->body, &problem) : NULL;
    answer->cookie = str_cut(&cookie, ';');
    call->simulation->pending--;
}

struct err simulate_call(struct simulation *simulation, const struct simulate_request *request,
                         struct simulate_answer *ret_answer) {
    struct call call = {simulation, ret_answer};
    *ret_answer = (struct simulate_answer){0};
    send_http(simulation, request, on_called, &call);
    TRY(simulate_wait(simulation));
    if (ret_answer->status == 0 || ret_answer->status >= REFUSED) {
        fail(simulation, request, ret_answer->status, ret_answer->json);
    }
    return simulation->failure;
}

void simulate_answer_finish(struct simulate_answer *answer) {
    json_decref(answer->json);
    *answer = (struct simulate_answer){0};
}

struct err simulate_do(struct simulation *simulation, const struct simulate_request *request) {
    struct simulate_answer answer;
    struct err err = simulate_call(simulation, request, &answer);
    simulate_answer_finish(&answer);
    return err;
}

/* --- the clock --- */

static bool has_arrived(const struct simulation *simulation) {
    return simulation->has_arrived;
}

static void arrived(void *context, int outcome) {
    struct simulation *simulation = context;
    simulation->has_arrived = true;
    if (outcome != OUTCOME_DONE && !err_failed(simulation->failure)) {
        simulation->failure =
            cx_fail(simulation->cx, ERR(ERR_IO), "The clock could not be moved: %s.",
                    outcome_code((enum outcome)outcome));
    }
}

struct err simulate_advance(struct simulation *simulation, struct instant to) {
    simulation->has_arrived = false;
    jobs_advance(simulation->program.jobs, to, arrived, simulation);
    return turn_until(simulation, has_arrived);
}
