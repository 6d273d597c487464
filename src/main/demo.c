/* `turnpike demo`: a server with something to look at.
 *
 * Once it is ready, two customers are made through the same API that everybody uses: one who pays
 * for a plan and has used some of it, one on `free` who stands before the limit. A second start on
 * the same data finds them and only makes new sign-in links. In a folder that `turnpike simulate`
 * has left nobody is made: the links are those of some who are there, and the clock stands where
 * the simulation ended. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"
#include "client/client.h"
#include "main/demo_simulation.h"
#include "main/program.h"
#include "main/serve.h"
#include "main/simulate.h"

struct demo {
    bool has_thread;
    struct env *env;
    struct demo_simulation simulation;
    uv_thread_t thread;
    char socket_path[256];
    char base_url[256];
};

struct person {
    const char *user_id, *name, *email;
    const char *tier; /* NULL: stays on `free` */
    int64_t requests, bandwidth, build_seconds, modules;
    const char *shows;
};

static const struct person people[] = {
    {"acme", "Acme Edge GmbH", "billing@acme.example", "starter", 61450, INT64_C(6120000000), 9240,
     14, "a paying customer with usage and an invoice"},
    {"nova", "Nova Labs", "hello@nova.example", NULL, 9120, INT64_C(1040000000), 3300, 3,
     "a customer on free whose bandwidth is over its limit"},
};

/* One call as JSON; prints what went wrong, and gives the status. */
static int call(struct cx *cx, const struct client *client, const struct client_request *request) {
    struct client_answer answer = {0};
    struct err err = client_call(cx, client, request, &answer);
    if (err_failed(err)) {
        fprintf(stderr, "turnpike: demo: %s\n", cx->detail);
        return 0;
    }
    int status = answer.status;
    if (answer.status >= 400) {
        fprintf(stderr, "turnpike: demo: " STR_FMT "\n", STR_ARG(answer.problem));
    }
    client_answer_finish(&answer);
    return status;
}

/* A request to /api/billing on behalf of one customer. */
static struct client_request billing(const struct person *person, const char *target,
                                     struct str body) {
    return (struct client_request){
        .method = STR("POST"),
        .target = str_from_cstr(target),
        .user_id = str_from_cstr(person->user_id),
        .body = body,
    };
}

static void subscribe(struct cx *cx, const struct client *client, const struct person *person) {
    struct client_request card = billing(person, "/api/billing/payment-methods",
                                         STR("{\"paymentMethodId\":\"pm_card_visa\"}"));
    struct client_request plan =
        billing(person, "/api/billing/subscribe",
                arena_printf(cx->arena, "{\"tier\":\"%s\",\"interval\":\"month\"}", person->tier));
    if (call(cx, client, &card) == 201) {
        (void)call(cx, client, &plan);
    }
}

static struct str event(struct cx *cx, const struct person *person, const char *metric,
                        int64_t value) {
    char now[RFC3339_SIZE];
    rfc3339_format(cx_now_ms(cx), now);
    return arena_printf(
        cx->arena,
        "{\"specversion\":\"1.0\",\"id\":\"demo-%s\",\"source\":\"demo\","
        "\"type\":\"%s\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":{\"value\":%" PRId64
        ",\"region\":\"eu-central\"}}",
        metric, metric, person->user_id, now, value);
}

static void use(struct cx *cx, const struct client *client, const struct person *person) {
    struct str events[] = {
        event(cx, person, "api_requests", person->requests),
        event(cx, person, "bandwidth", person->bandwidth),
        event(cx, person, "build_minutes", person->build_seconds),
        event(cx, person, "modules", person->modules),
    };
    struct str body = STR("[");
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        body = arena_printf(cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(body), i > 0 ? "," : "",
                            STR_ARG(events[i]));
    }
    struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/usage/events"),
        .body = arena_printf(cx->arena, STR_FMT "]", STR_ARG(body)),
        .content_type = STR("application/cloudevents-batch+json"),
    };
    (void)call(cx, client, &request);
}

static void make(struct cx *cx, const struct client *client, const struct person *person) {
    struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/customers"),
        .body = arena_printf(cx->arena, "{\"userId\":\"%s\",\"email\":\"%s\",\"name\":\"%s\"}",
                             person->user_id, person->email, person->name),
    };
    if (call(cx, client, &request) != 201) {
        return; /* there since an earlier start */
    }
    if (person->tier != NULL) {
        subscribe(cx, client, person);
    }
    use(cx, client, person);
}

static void print_link(struct cx *cx, const struct client *client, struct str user_id,
                       struct str shows) {
    char now[RFC3339_SIZE];
    rfc3339_format(cx_now_ms(cx), now);
    struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/portal-sessions"),
        /* Whoever reads this terminal may do everything anyway: the demo vouches for them. */
        .body = arena_printf(cx->arena,
                             "{\"userId\":\"" STR_FMT "\",\"returnPath\":\"/billing\","
                             "\"authentication\":{\"at\":\"%s\",\"methods\":[\"mfa\"]}}",
                             STR_ARG(user_id), now),
    };
    struct client_answer answer = {0};
    struct err err = client_call(cx, client, &request, &answer);
    if (!err_failed(err) && answer.status < 400) {
        printf("  %-6.*s " STR_FMT "\n         " STR_FMT "\n", STR_ARG(user_id),
               STR_ARG(json_text(answer.json, "url")), STR_ARG(shows));
    }
    client_answer_finish(&answer);
}

/* Until somebody operates: a link that makes the first operator. */
static void print_setup_link(struct cx *cx, const struct client *client) {
    struct client_request request = {
        .method = STR("POST"), .target = STR("/api/setup/link"), .body = STR("{}")};
    struct client_answer answer = {0};
    struct err err = client_call(cx, client, &request, &answer);
    if (!err_failed(err) && answer.status == 201) {
        printf("\nOperate it, from the first sign-in on:\n\n  " STR_FMT "\n",
               STR_ARG(json_text(answer.json, "url")));
    }
    client_answer_finish(&answer);
}

static void print_heading(const struct demo *demo) {
    printf("turnpike: listening on %s\n\n  Prices  %s/pricing\n\nSign in with one click (each link "
           "works once, for 15 minutes):\n\n",
           demo->base_url, demo->base_url);
}

static void show_people(struct cx *cx, const struct client *client, const struct demo *demo) {
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        make(cx, client, &people[i]);
    }
    print_heading(demo);
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        print_link(cx, client, str_from_cstr(people[i].user_id), str_from_cstr(people[i].shows));
    }
    print_setup_link(cx, client);
}

/* "starter" of a customer, as the program has it. */
static struct str plan_of(struct cx *cx, const struct client *client, struct str user_id) {
    struct client_request request = {
        .method = STR("GET"), .target = STR("/api/billing/subscription"), .user_id = user_id};
    struct client_answer answer = {0};
    struct str plan = STR("?");
    if (!err_failed(client_call(cx, client, &request, &answer)) && answer.status < 400) {
        plan = arena_str(cx->arena, json_text(answer.json, "tier"));
    }
    client_answer_finish(&answer);
    return plan;
}

static void show_simulation(struct cx *cx, const struct client *client, const struct demo *demo) {
    const struct demo_simulation *simulation = &demo->simulation;
    print_heading(demo);
    for (size_t i = 0; i < simulation->shown_count; i++) {
        struct str plan = plan_of(cx, client, simulation->shown[i]);
        struct str shows = arena_printf(cx->arena, "a customer on " STR_FMT, STR_ARG(plan));
        print_link(cx, client, simulation->shown[i], shows);
    }
    demo_simulation_print_operator(cx, client);
    printf("\nSimulated from the seed " STR_FMT " until " STR_FMT
           ". The clock stands, and is moved by "
           "POST\n/api/test/clock.\n",
           STR_ARG(simulation->seed), STR_ARG(simulation->ended_at));
}

static void seed(void *argument) {
    struct demo *demo = argument;
    struct arena arena;
    struct cx cx;
    struct client client = {.unix_socket = demo->socket_path};
    arena_init(&arena, demo->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, demo->env, &arena);
    if (demo->simulation.is_there) {
        show_simulation(&cx, &client, demo);
    } else {
        show_people(&cx, &client, demo);
    }
    printf(
        "\nCards for the hosted page: 4242 4242 4242 4242 pays, 4000 0000 0000 0341 is declined.\n"
        "Stop with Ctrl-C; the data stays.\n");
    fflush(stdout);
    arena_finish(&arena);
}

static void start_seeding(struct program *program) {
    struct demo *demo = program->context;
    demo->env = program->env;
    (void)snprintf(demo->socket_path, sizeof demo->socket_path, "%s", program_socket_path(program));
    (void)snprintf(demo->base_url, sizeof demo->base_url, STR_FMT,
                   STR_ARG(program_base_url(program)));
    if (uv_thread_create(&demo->thread, seed, demo) != 0) {
        program->failure =
            cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "The demo could not be set up.");
        program_stop(program);
        return;
    }
    demo->has_thread = true;
}

/* What an earlier run has left. */
static void throw_away(struct cx *cx, const char *data_dir) {
    static const char *const names[] = {"turnpike.db",  "turnpike.db-wal", "turnpike.db-shm",
                                        "sandbox.db",   "sandbox.db-wal",  "sandbox.db-shm",
                                        SIMULATION_FILE};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *path = arena_printf(cx->arena, "%s/%s", data_dir, names[i]).bytes;
        (void)cx->env->files.remove(cx->env, path).code; /* not there is as good */
    }
}

struct err demo_run(struct cx *cx, const struct serve_options *options) {
    struct demo demo = {0};
    struct program program = {.ready = start_seeding, .context = &demo, .listens_on_network = true};
    if (options->is_fresh) {
        throw_away(cx, options->data_dir);
    }
    struct serve_options own = *options;
    struct err err = demo_simulation_read(cx, options->data_dir, &demo.simulation);
    own.has_test_clock = options->has_test_clock || demo.simulation.is_there;
    if (err_failed(err)) {
        return err;
    }
    err = program_open(&program, cx->env, &own);
    err = err_failed(err) ? err : program_start(&program);
    err = err_failed(err) ? err : program_run(&program);
    memcpy(cx->detail, program.cx.detail, sizeof cx->detail);
    if (demo.has_thread) {
        (void)uv_thread_join(&demo.thread);
    }
    program_close(&program);
    return err;
}
