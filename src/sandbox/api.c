/* The transport of the API: keys, versions, parameters, idempotency, errors, headers.
 *
 * A request with a key is one transaction: what it changed, its events, their deliveries and its
 * answer under the idempotency key are committed together, then it is answered. Refusals that
 * changed nothing (400, 404) are not kept: the same key may be used again, as with Stripe.
 *
 * Trouble that a test has planned (trouble.h) comes between: before a request is executed, or
 * between its commit and its answer. */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "sandbox/form.h"
#include "sandbox/render.h"
#include "sandbox/turn.h"
#include "sandbox/v2.h"
#include "sandbox/version.h"

/* --- answering --- */

static void answer_text(struct turn *turn, int status, struct str body, bool should_retry) {
    struct request_note *note = request_log_find(&turn->sandbox->log, turn->log_id);
    if (note != NULL) {
        note->status = status;
    }
    struct http_response response = {.status = status, .body = body};
    http_add_header(&response, STR("Content-Type"),
                    turn->is_file ? STR("application/pdf") : STR("application/json"));
    http_add_header(&response, STR("Request-Id"), str_from_cstr(turn->request_id));
    http_add_header(&response, STR("Stripe-Version"), STR(SANDBOX_API_VERSION));
    http_add_header(&response, STR("Cache-Control"), STR("no-store"));
    if (turn->key.len > 0) {
        http_add_header(&response, STR("Idempotency-Key"), turn->key);
        http_add_header(&response, STR("Original-Request"), str_from_cstr(turn->request_id));
    }
    if (turn->is_replay) {
        http_add_header(&response, STR("Idempotent-Replayed"), STR("true"));
    }
    if (should_retry || status == 402) {
        http_add_header(&response, STR("Stripe-Should-Retry"),
                        should_retry ? STR("true") : STR("false"));
    }
    http_respond(turn->exchange, &response);
}

/* The text of an answer, empty when memory ended; takes `body`. */
static struct str text_of(struct turn *turn, json_t *body) {
    struct buf out;
    buf_init(&out, turn->sandbox->env, RENDER_MAX);
    render_shown(&out, body, 2);
    json_decref(body);
    return buf_finish_in(&out, turn->arena);
}

static struct str fault_text(struct turn *turn, const struct fault *fault) {
    json_t *body = fault_body(fault);
    struct request_note *note = request_log_find(&turn->sandbox->log, turn->log_id);
    if (note != NULL) {
        (void)snprintf(note->said, sizeof note->said, "%s", fault->message);
    }
    json_object_set_new(
        json_object_get(body, "error"), "request_log_url",
        json_sprintf("%s/requests/%s", turn->sandbox->public_url, turn->request_id));
    return text_of(turn, body);
}

static void answer_fault(struct turn *turn, const struct fault *fault) {
    bool should_retry = turn->trouble != NULL && turn->trouble->should_retry;
    answer_text(turn, fault->status, fault_text(turn, fault), should_retry);
}

/* What was executed is answered, unless the answer is to get lost. */
static void answer_executed(struct turn *turn, int status, struct str body) {
    if (turn->trouble != NULL && turn->trouble->when == TROUBLE_AFTER &&
        turn->trouble->status == 0) {
        http_drop(turn->exchange);
    } else {
        answer_text(turn, status, body, false);
    }
}

/* --- what was asked --- */

/* A form read as JSON is one long key, which would be refused as an unknown parameter. */
static bool is_form(const struct turn *turn, struct fault *fault) {
    struct str type = http_header(turn->request, STR("Content-Type"));
    bool is_json = str_starts_with(type, STR("application/json"));
    return turn->request->body.len == 0 || !is_json ||
           fault_invalid(fault, NULL, NULL,
                         "Invalid request (check that your POST content type is "
                         "application/x-www-form-urlencoded). If you have questions, we can help "
                         "at https://support.stripe.com/.");
}

/* Parameters of the query and, for POST and DELETE, the body; false with a fault. */
static bool read_tree(struct turn *turn, struct fault *fault) {
    const char *problem = NULL;
    turn->tree = json_object();
    if (!form_decode(turn->arena, turn->request->query, turn->tree, &problem)) {
        return fault_invalid(fault, NULL, NULL, "%s", problem);
    }
    if (v2_is_path(turn->request->path)) {
        return v2_read_body(turn->request->body, turn->tree, fault);
    }
    if (!is_form(turn, fault)) {
        return false;
    }
    return form_decode(turn->arena, turn->request->body, turn->tree, &problem) ||
           fault_invalid(fault, NULL, NULL, "%s", problem);
}

static void set_digest(struct turn *turn) {
    struct buf out;
    buf_init(&out, turn->sandbox->env, RENDER_MAX);
    render_sorted(&out, turn->tree);
    struct str text = buf_finish_in(&out, turn->arena);
    struct str whole =
        arena_printf(turn->arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(turn->request->method),
                     STR_ARG(turn->request->path), STR_ARG(text));
    uint8_t hash[SHA256_SIZE];
    char *hex = arena_alloc(turn->arena, SHA256_HEX);
    sha256(whole, hash);
    if (hex != NULL) {
        str_hex(hash, sizeof hash, hex);
        turn->digest = str_of(hex, SHA256_HEX);
    }
}

/* The secret that a browser shows stands for its right to call, not for a parameter. */
static void take_client_secret(struct turn *turn) {
    json_t *secret = json_object_get(turn->tree, "client_secret");
    if (turn->access == ACCESS_PUBLISHABLE && json_is_string(secret)) {
        turn->client_secret =
            arena_str(turn->arena, str_of(json_string_value(secret), json_string_length(secret)));
        json_object_del(turn->tree, "client_secret");
    }
}

/* --- idempotency --- */

static bool read_key(struct turn *turn, struct fault *fault) {
    bool is_v2_delete =
        v2_is_path(turn->request->path) && str_equal(turn->request->method, STR("DELETE"));
    struct str key = http_header(turn->request, STR("Idempotency-Key"));
    if (!str_equal(turn->request->method, STR("POST")) && !is_v2_delete) {
        return true;
    }
    if (key.len > LIMIT_IDEMPOTENCY_KEY) {
        return fault_invalid(fault, NULL, NULL, "An idempotency key has at most %d characters.",
                             LIMIT_IDEMPOTENCY_KEY);
    }
    turn->key = key;
    return true;
}

/* Answers from the kept one, or refuses a key used for something else; true when answered. */
static bool answer_again(struct turn *turn, struct fault *fault) {
    struct store_answer kept;
    bool is_kept = false;
    if (turn->key.len == 0) {
        return false;
    }
    if (err_failed(
            store_answer_get(turn->sandbox->store, turn->arena, turn->key, &kept, &is_kept))) {
        fault_internal(fault);
        return false;
    }
    if (!is_kept) {
        return false;
    }
    if (!str_equal(kept.digest, turn->digest)) {
        fault_invalid(fault, NULL, NULL,
                      "Keys for idempotent requests can only be used with the same parameters "
                      "they were first used with. Try using a key other than '%.60s' if you meant "
                      "to execute a different request.",
                      arena_cstr(turn->arena, turn->key));
        fault->type = "idempotency_error";
        return false;
    }
    turn->is_replay = true;
    (void)snprintf(turn->request_id, sizeof turn->request_id, STR_FMT, STR_ARG(kept.request_id));
    answer_executed(turn, kept.status, kept.body);
    return true;
}

/* Keeps the answer in the open transaction. */
static void keep(struct turn *turn, struct world *world, int status, struct str body) {
    const struct store_answer answer = {
        .key = turn->key,
        .digest = turn->digest,
        .body = body,
        .request_id = str_from_cstr(turn->request_id),
        .status = status,
        .at_ms = world->env->wall_ms(world->env),
    };
    if (turn->key.len == 0) {
        return;
    }
    struct err err = store_answer_put(world->store, &answer);
    if (err_failed(err)) {
        world->err = err;
    }
}

/* --- executing --- */

/* Ends a turn that failed: a decline is kept, with or without what it changed. */
static void end_failed(struct turn *turn, struct world *world) {
    struct fault *fault = &world->fault;
    struct str body = fault_text(turn, fault);
    bool is_decline = fault->status == 402 || fault->keeps_changes;
    if (!fault->keeps_changes) {
        world_abandon(world);
    }
    bool is_kept = !is_decline || fault->keeps_changes || world_begin(world);
    if (is_decline && is_kept) {
        keep(turn, world, fault->status, body);
        is_kept = world_commit(world);
    }
    if (!is_kept) {
        answer_fault(turn, fault);
        return;
    }
    answer_executed(turn, fault->status, body);
}

/* Executed, and yet answered with an error: Stripe keeps that answer too. */
static int spoil(struct turn *turn, struct str *body) {
    struct fault fault = {0};
    trouble_fault(turn->trouble, &fault);
    *body = fault_text(turn, &fault);
    return fault.status;
}

/* What is answered in place of a result, which it takes: objects in the place of ids go into a
 * copy, not into the document. NULL with a fault. */
static json_t *expanded(struct call *call, json_t *result) {
    json_t *paths = json_object_get(call->params, "expand");
    if (json_array_size(paths) == 0) {
        return result;
    }
    json_t *answer = event_render(result);
    json_decref(result);
    if (!expand_paths(call->world, answer, paths)) {
        json_decref(answer);
        return NULL;
    }
    return answer;
}

/* A file was read, and nothing changed. */
static void end_with_file(struct turn *turn, struct call *call) {
    world_abandon(call->world);
    turn->is_file = true;
    answer_executed(turn, 200, arena_str(turn->arena, buf_str(call->file)));
}

static void end_well(struct turn *turn, struct call *call, json_t *result) {
    struct world *world = call->world;
    if (buf_str(call->file).len > 0) {
        json_decref(result);
        end_with_file(turn, call);
        return;
    }
    json_t *answer = expanded(call, result);
    if (answer == NULL) {
        end_failed(turn, world);
        return;
    }
    int status = 200;
    struct str body = text_of(turn, answer);
    if (turn->trouble != NULL && turn->trouble->when == TROUBLE_AFTER &&
        turn->trouble->status != 0) {
        status = spoil(turn, &body);
    }
    if (call->is_dry) {
        world_abandon(world);
        answer_executed(turn, status, body);
        return;
    }
    keep(turn, world, status, body);
    if (!world_commit(world)) {
        fault_internal(&world->fault);
        answer_fault(turn, &world->fault);
        return;
    }
    answer_executed(turn, status, body);
}

static bool is_proven(struct turn *turn, struct world *world) {
    if (turn->access == ACCESS_STREAM) {
        return access_streams(world, turn->request, turn->arena);
    }
    const char *secret =
        turn->client_secret.len == 0 ? NULL : arena_cstr(turn->arena, turn->client_secret);
    return turn->access != ACCESS_PUBLISHABLE ||
           access_proves(turn->access, secret, world_get(world, turn->ids.id), &world->fault);
}

static void execute(struct turn *turn, json_t *params) {
    struct world world;
    world_init(&world, turn->sandbox->store, turn->sandbox->env);
    world.public_url = turn->sandbox->public_url;
    world.path = arena_cstr(turn->arena, turn->request->path);
    world.request_id = turn->request_id;
    world.request_key = turn->key.len == 0 ? NULL : arena_cstr(turn->arena, turn->key);
    struct buf file;
    buf_init(&file, turn->sandbox->env, RENDER_MAX);
    struct call call = {
        .world = &world,
        .params = params,
        .file = &file,
        .id = turn->ids.id,
        .parent = turn->ids.parent,
        .is_older = turn->is_older,
    };
    bool may = world_begin(&world) && is_proven(turn, &world);
    json_t *result = may ? turn->route->handle(&call) : NULL;
    bool is_well = result != NULL && !err_failed(world.err);
    if (is_well) {
        end_well(turn, &call, result);
    } else {
        json_decref(result);
        end_failed(turn, &world);
    }
    buf_finish(&file);
    world_finish(&world);
}

/* Answers, for the first time or again; with the answer goes the turn. */
static void proceed(struct turn *turn) {
    json_t *tree = turn->tree;
    struct fault fault = {0};
    json_t *params = NULL;
    if (!answer_again(turn, &fault) && fault.status == 0) {
        take_client_secret(turn);
        if (turn->is_older) {
            version_translate(turn->request->method, turn->request->path, tree);
        }
        bool may = turn->is_older || version_holds(turn->request->path, tree, &fault);
        params = may ? param_read(tree, turn->route->params, &fault) : NULL;
    }
    json_decref(tree);
    if (params != NULL) {
        execute(turn, params);
        json_decref(params);
    } else if (fault.status != 0) {
        answer_fault(turn, &fault);
    }
    fault_finish(&fault);
}

/* --- before executing --- */

static bool find_route(struct turn *turn, struct fault *fault) {
    const struct http_request *request = turn->request;
    turn->route = sandbox_route_find(request->method, request->path, &turn->ids);
    if (turn->route == NULL) {
        fault_invalid(fault, NULL, NULL,
                      "Unrecognized request URL (" STR_FMT ": %.100s). This sandbox has a part of "
                      "Stripe's API.",
                      STR_ARG(request->method), arena_cstr(turn->arena, request->path));
        fault->status = 404;
        return false;
    }
    return access_permits(turn->access, request->method, request->path, fault);
}

static bool prepare(struct turn *turn, struct fault *fault) {
    const struct http_request *request = turn->request;
    bool is_ready =
        access_read(request, turn->arena, &turn->access, fault) &&
        version_read(http_header(request, STR("Stripe-Version")), &turn->is_older, fault) &&
        read_key(turn, fault) && find_route(turn, fault) && read_tree(turn, fault);
    if (is_ready) {
        set_digest(turn);
    }
    return is_ready;
}

static struct err is_planned(void *context, const char *id, struct str text, bool *goes_on) {
    (void)id;
    (void)text;
    *(bool *)context = true;
    *goes_on = false;
    return OK;
}

/* Finds what this request meets; a sandbox without plans is asked once, without a transaction. */
static bool meet(struct turn *turn, struct trouble_met *ret_met, struct fault *fault) {
    bool has_plans = false;
    const struct store_scan scan = {
        .type = "sandbox.fault", .before = INT64_MAX, .visit = is_planned, .context = &has_plans};
    *ret_met = (struct trouble_met){.trouble = NULL};
    if (err_failed(store_scan(turn->sandbox->store, &scan))) {
        return fault_internal(fault);
    }
    if (!has_plans && http_header(turn->request, STR("Sandbox-Fault")).len == 0) {
        return true;
    }
    struct world world;
    world_init(&world, turn->sandbox->store, turn->sandbox->env);
    bool is_well =
        world_begin(&world) && trouble_meet(&world, turn->request, ret_met) && world_commit(&world);
    if (!is_well) {
        world_abandon(&world);
        *fault = world.fault;
    }
    world_finish(&world);
    return is_well;
}

/* Everything up to execution; false with a fault when there is to be none. */
static bool begin(struct turn *turn, struct fault *fault) {
    struct trouble_met met;
    if (!prepare(turn, fault)) {
        return false;
    }
    if (turn_key_waits(turn->sandbox, turn->key)) {
        turn->trouble = trouble_named(STR("key_in_use"));
        trouble_fault(turn->trouble, fault);
        return false;
    }
    if (!meet(turn, &met, fault)) {
        return false;
    }
    turn->trouble = met.trouble;
    enum trouble_when when = turn->trouble == NULL ? TROUBLE_NEVER : turn->trouble->when;
    if (when == TROUBLE_WAIT) {
        return turn_wait(turn, met.plan, met.delay_ms, proceed) || fault_internal(fault);
    }
    if (when == TROUBLE_INSTEAD && turn->trouble->status != 0) {
        trouble_fault(turn->trouble, fault);
        return false;
    }
    if (when == TROUBLE_INSTEAD) {
        json_decref(turn->tree);
        http_drop(turn->exchange);
        return true;
    }
    proceed(turn);
    return true;
}

void sandbox_api_handle(struct sandbox *sandbox, struct http_exchange *exchange) {
    struct fault fault = {0};
    struct world maker = {.env = sandbox->env};
    char random[15];
    struct turn *turn = arena_alloc(http_exchange_arena(exchange), sizeof *turn);
    if (turn == NULL) {
        http_drop(exchange);
        return;
    }
    *turn = (struct turn){
        .sandbox = sandbox,
        .exchange = exchange,
        .request = http_exchange_request(exchange),
        .arena = http_exchange_arena(exchange),
    };
    world_random(&maker, random, 14);
    (void)snprintf(turn->request_id, sizeof turn->request_id, "req_%s", random);
    (void)snprintf(turn->log_id, sizeof turn->log_id, "%s", turn->request_id);
    request_log_add(&sandbox->log, turn->request_id, turn->request->method, turn->request->path)
        ->at_ms = sandbox->env->wall_ms(sandbox->env);
    if (!begin(turn, &fault)) {
        json_decref(turn->tree);
        answer_fault(turn, &fault);
    }
    fault_finish(&fault);
    turns_release(sandbox);
}
