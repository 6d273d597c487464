/* The transport of the API: keys, parameters, idempotency, errors, headers.
 *
 * A request with a key is one transaction: what it changed, its events, their deliveries and its
 * answer under the idempotency key are committed together, then it is answered. Refusals that
 * changed nothing (400, 404) are not kept: the same key may be used again, as with Stripe. */
#include "sandbox/inside.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "sandbox/form.h"
#include "sandbox/render.h"

enum { ANSWER_MAX = 8 * 1024 * 1024 };

/* One request on its way through. */
struct turn {
    struct sandbox *sandbox;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct str key; /* idempotency key, or empty */
    struct str digest;
    char request_id[20];
    bool is_replay;
};

static void answer_text(struct turn *turn, int status, struct str body) {
    struct http_response response = {.status = status, .body = body};
    http_add_header(&response, STR("Content-Type"), STR("application/json"));
    http_add_header(&response, STR("Request-Id"), str_from_cstr(turn->request_id));
    http_add_header(&response, STR("Stripe-Version"), STR(SANDBOX_API_VERSION));
    http_add_header(&response, STR("Cache-Control"), STR("no-store"));
    if (turn->key.len > 0) {
        http_add_header(&response, STR("Idempotency-Key"), turn->key);
    }
    if (turn->is_replay) {
        http_add_header(&response, STR("Idempotent-Replayed"), STR("true"));
    }
    http_respond(turn->exchange, &response);
}

/* A value's text in the arena; empty when memory ended. */
static struct str arena_json(struct turn *turn, const json_t *value, size_t flags) {
    struct buf out;
    buf_init(&out, turn->sandbox->env, ANSWER_MAX);
    render_json(&out, value, flags);
    struct str copy = out.has_failed ? STR("") : arena_str(turn->arena, buf_str(&out));
    buf_finish(&out);
    return copy;
}

/* The text of an answer; takes `body`. */
static struct str text_of(struct turn *turn, json_t *body) {
    struct str text = arena_json(turn, body, JSON_INDENT(2));
    json_decref(body);
    return text;
}

static void answer_fault(struct turn *turn, struct fault *fault) {
    answer_text(turn, fault->status, text_of(turn, fault_body(fault)));
}

/* The secret key in either notation; empty when there is none. */
static struct str key_of(struct turn *turn) {
    struct str header = http_header(turn->request, STR("Authorization"));
    struct str value = header;
    struct str scheme = str_cut(&value, ' ');
    if (str_equal_ignoring_case(scheme, STR("Bearer"))) {
        return str_trim(value);
    }
    if (!str_equal_ignoring_case(scheme, STR("Basic"))) {
        return STR("");
    }
    char *plain = arena_alloc(turn->arena, value.len + 1);
    size_t len = 0;
    bool is_base64 = plain != NULL &&
                     sodium_base642bin((unsigned char *)plain, value.len, value.bytes, value.len,
                                       " ", &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
    struct str user = is_base64 ? str_of(plain, len) : STR("");
    return str_first(user, str_find(user, ':'));
}

static bool is_authentic(struct turn *turn, struct fault *fault) {
    struct str key = key_of(turn);
    if (str_starts_with(key, STR("sk_test_")) && key.len > 8) {
        return true;
    }
    if (key.len == 0) {
        fault_invalid(fault, NULL, NULL,
                      "You did not provide an API key. You need to provide your API key in the "
                      "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                      "YOUR_SECRET_KEY').");
    } else {
        fault_invalid(fault, NULL, NULL,
                      "Invalid API Key provided. This sandbox takes keys that begin with "
                      "sk_test_.");
    }
    fault->status = 401;
    return false;
}

/* Parameters of the query and, for POST and DELETE, the body; NULL with a fault. */
static json_t *read_tree(struct turn *turn, struct fault *fault) {
    json_t *tree = json_object();
    const char *problem = NULL;
    bool is_read = form_decode(turn->arena, turn->request->query, tree, &problem) &&
                   form_decode(turn->arena, turn->request->body, tree, &problem);
    if (!is_read) {
        fault_invalid(fault, NULL, NULL, "%s", problem);
        json_decref(tree);
        return NULL;
    }
    return tree;
}

static void set_digest(struct turn *turn, json_t *tree) {
    struct str text = arena_json(turn, tree, JSON_COMPACT | JSON_SORT_KEYS);
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
    answer_text(turn, kept.status, kept.body);
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

/* Ends a turn that failed: a decline is kept, with or without what it changed. */
static void end_failed(struct turn *turn, struct world *world) {
    struct fault *fault = &world->fault;
    struct str body = text_of(turn, fault_body(fault));
    bool is_decline = fault->status == 402;
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
    answer_text(turn, fault->status, body);
}

static void end_well(struct turn *turn, struct call *call, json_t *result) {
    struct world *world = call->world;
    json_t *answer = event_render(result);
    json_decref(result);
    if (!expand_paths(world, answer, json_object_get(call->params, "expand"))) {
        json_decref(answer);
        end_failed(turn, world);
        return;
    }
    struct str body = text_of(turn, answer);
    if (call->is_dry) {
        world_abandon(world);
        answer_text(turn, 200, body);
        return;
    }
    keep(turn, world, 200, body);
    if (!world_commit(world)) {
        fault_internal(&world->fault);
        answer_fault(turn, &world->fault);
        return;
    }
    answer_text(turn, 200, body);
}

static void execute(struct turn *turn, const struct route *route, const char *id, json_t *params) {
    struct world world;
    world_init(&world, turn->sandbox->store, turn->sandbox->env);
    world.public_url = turn->sandbox->public_url;
    world.path = arena_cstr(turn->arena, turn->request->path);
    world.request_id = turn->request_id;
    world.request_key = turn->key.len == 0 ? NULL : arena_cstr(turn->arena, turn->key);
    struct call call = {.world = &world, .params = params, .id = id};
    json_t *result = world_begin(&world) ? route->handle(&call) : NULL;
    bool is_well = result != NULL && !err_failed(world.err);
    if (is_well) {
        end_well(turn, &call, result);
    } else {
        json_decref(result);
        end_failed(turn, &world);
    }
    world_finish(&world);
}

/* Everything before execution; false with a fault. */
static bool run(struct turn *turn, struct fault *fault) {
    char id[STORE_ID];
    const struct http_request *request = turn->request;
    if (!is_authentic(turn, fault)) {
        return false;
    }
    const struct route *route = sandbox_route_find(request->method, request->path, id);
    if (route == NULL) {
        fault_invalid(fault, NULL, NULL,
                      "Unrecognized request URL (" STR_FMT ": %.100s). This sandbox has a part of "
                      "Stripe's API.",
                      STR_ARG(request->method), arena_cstr(turn->arena, request->path));
        fault->status = 404;
        return false;
    }
    json_t *tree = read_tree(turn, fault);
    if (tree == NULL) {
        return false;
    }
    set_digest(turn, tree);
    bool is_answered = answer_again(turn, fault);
    json_t *params =
        is_answered || fault->status != 0 ? NULL : param_read(tree, route->params, fault);
    json_decref(tree);
    if (params != NULL) {
        execute(turn, route, id, params);
        json_decref(params);
    }
    return params != NULL || is_answered;
}

void sandbox_api_handle(struct sandbox *sandbox, struct http_exchange *exchange) {
    struct turn turn = {
        .sandbox = sandbox,
        .exchange = exchange,
        .request = http_exchange_request(exchange),
        .arena = http_exchange_arena(exchange),
    };
    struct fault fault = {0};
    struct world maker = {.env = sandbox->env};
    char random[15];
    world_random(&maker, random, 14);
    (void)snprintf(turn.request_id, sizeof turn.request_id, "req_%s", random);
    bool is_post = str_equal(turn.request->method, STR("POST"));
    struct str key = http_header(turn.request, STR("Idempotency-Key"));
    if (is_post && key.len > LIMIT_IDEMPOTENCY_KEY) {
        fault_invalid(&fault, NULL, NULL, "An idempotency key has at most %d characters.",
                      LIMIT_IDEMPOTENCY_KEY);
    } else if (is_post) {
        turn.key = key;
    }
    if (fault.status != 0 || !run(&turn, &fault)) {
        answer_fault(&turn, &fault);
    }
    fault_finish(&fault);
}
