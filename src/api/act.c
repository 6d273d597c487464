#include "api/act.h"

#include "api/asked.h"
#include "api/card_numbers.h"
#include "app/audit.h"
#include "base/check.h"
#include "base/log.h"

/* --- who --- */

static enum actor_kind kind_of(const struct api_request *request) {
    if (request->has_key) {
        return ACTOR_KEY;
    }
    bool is_owner = request->http->is_local && request->route->auth != ROUTE_PUBLIC;
    return is_owner ? ACTOR_LOCAL : ACTOR_NOBODY;
}

/* Of an impersonation the operator stands beside the customer whom they look at. */
static void read_session(const struct signed_in *session, struct actor *actor) {
    actor->session = session->id;
    actor->id = session->person_id;
    switch (session->kind) {
    case SESSION_PORTAL:
        actor->kind = ACTOR_PORTAL;
        return;
    case SESSION_MEMBER:
        actor->kind = ACTOR_MEMBER;
        return;
    case SESSION_OPERATOR:
        actor->kind = ACTOR_OPERATOR;
        return;
    case SESSION_IMPERSONATION:
        actor->kind = ACTOR_OPERATOR;
        actor->impersonator = session->person_id;
        actor->id = session->user_id;
        return;
    case SESSION_KIND_COUNT:
        break;
    }
    check(false);
}

static struct actor actor_of(struct api_request *request) {
    struct actor actor = {
        .kind = kind_of(request),
        .address = request->origin.address,
        .user_agent = request_user_agent(request),
        .request_id = str_from_cstr(request->cx.request_id),
    };
    if (request->has_session) {
        read_session(&request->session, &actor);
    } else if (actor.kind == ACTOR_KEY) {
        actor.id = key_id_lately(request->api->app, request->arena, request_bearer(request));
    }
    return actor;
}

/* --- on what --- */

/* The path's parameters by their names: whose it is, what it is, or what must not be written. */
static void read_path(struct api_request *request, struct act *act) {
    struct str path = str_from_cstr(request->route->path);
    size_t next = 0;
    while (path.bytes != NULL && next < ROUTE_PARAMETERS_MAX) {
        struct str segment = str_cut(&path, '/');
        if (!str_starts_with(segment, STR(":"))) {
            continue;
        }
        struct str value = request->values[next++];
        if (str_equal(segment, STR(":userId"))) {
            act->customer = value;
        } else if (str_equal(segment, STR(":id"))) {
            act->object = value;
        } else if (!str_equal(segment, STR(":token")) && act->object.len == 0) {
            act->object = asked_veiled(request, value);
        }
    }
}

static struct act act_of(struct api_request *request) {
    struct act act = {
        .actor = actor_of(request),
        .action = str_from_cstr(request->route->action),
        .customer = request->user_id,
    };
    read_path(request, &act);
    return act;
}

/* --- the handler --- */

struct first_in_hand {
    struct audit_only only; /* first: `done` hands it back */
    struct api_request *request;
};

static void written(struct command *command) {
    struct api_request *request = ((struct first_in_hand *)command)->request;
    if (err_failed(command->write.err)) {
        reply_problem(request, (int)command->outcome); /* what cannot be told is not done */
    } else {
        request->route->handle(request);
    }
}

static void write_first(struct api_request *request, const struct act *act) {
    struct app *app = request->api->app;
    struct first_in_hand *hand = ARENA_NEW(request->arena, struct first_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->only.outcome = STR("begun");
    hand->only.command.done = written;
    app->acting = act;
    audit_write_only(app, &hand->only);
    app->acting = NULL;
}

/* Reads are told when it is people of the operator's who look: the platform's backend, which has a
 * key for its own customers, looks all the time. */
static bool is_told(const struct api_request *request, const struct act *act) {
    bool is_read = !route_is_mutation(request->route);
    return !is_read || (request->route->flags & ROUTE_AUDIT_FIRST) == 0 ||
           act->actor.kind != ACTOR_KEY || request->route->scopes == SCOPE_ADMIN;
}

static struct act whole_act_of(struct api_request *request) {
    struct act act = act_of(request);
    struct asked asked = asked_of(request);
    act.asked = asked.facts;
    act.reason = asked.reason;
    act.customer = act.customer.len > 0 ? act.customer : asked.user_id;
    return act;
}

void act_resume(struct api_request *request) {
    struct act *act = ARENA_NEW(request->arena, struct act);
    if (act != NULL) {
        *act = whole_act_of(request);
    }
    request->api->app->acting = act;
}

void act_rest(struct app *app) {
    app->acting = NULL;
}

void act_handle(struct api_request *request) {
    struct app *app = request->api->app;
    struct act act = whole_act_of(request);
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
    } else if (!is_told(request, &act)) {
        request->route->handle(request);
    } else if ((request->route->flags & ROUTE_AUDIT_FIRST) != 0) {
        write_first(request, &act);
    } else {
        app->acting = &act; /* the request may be gone when the handler returns: not this */
        request->route->handle(request);
        app->acting = NULL;
    }
}

/* --- refusals --- */

enum { REFUSALS_A_MINUTE = 100 };
#define MINUTE_NS (UINT64_C(60) * 1000 * 1000 * 1000)

/* How many were not written in the minute before, in *ret_untold; false when this one is not
 * either. */
static bool may_tell(struct api *api, uint64_t *ret_untold) {
    uint64_t now = api->env->mono_ns(api->env);
    *ret_untold = 0;
    if (api->refusals.count == 0 || now - api->refusals.since_ns >= MINUTE_NS) {
        uint64_t count = api->refusals.count;
        *ret_untold = count > REFUSALS_A_MINUTE ? count - REFUSALS_A_MINUTE : 0;
        api->refusals.since_ns = now;
        api->refusals.count = 0;
    }
    return ++api->refusals.count <= REFUSALS_A_MINUTE;
}

struct refused {
    struct audit_only only; /* first: `done` hands it back */
    struct env *env;
};

static void told(struct command *command) {
    struct refused *refused = (struct refused *)command;
    env_free(refused->env, refused);
}

void act_refused(struct api_request *request, const struct problem_document *document) {
    struct api *api = request->api;
    uint64_t untold = 0;
    if (request->route == NULL || !may_tell(api, &untold)) {
        return;
    }
    struct refused *refused = env_alloc(api->env, sizeof *refused);
    struct act act = act_of(request);
    act.action = STR("request.refused");
    act.object =
        arena_printf(request->arena, "%s %s", request->route->method, request->route->path);
    act.asked =
        untold == 0 ? STR("") : AUDIT_FACTS(&request->cx, AUDIT_WHOLE("untold", (int64_t)untold));
    if (refused == NULL || arena_failed(request->arena)) {
        env_free(api->env, refused);
        log_event(api->env, LOG_ERROR, "audit.refusal_untold", "request=%s",
                  request->cx.request_id);
        return;
    }
    *refused = (struct refused){.env = api->env};
    refused->only.outcome = document->code;
    refused->only.command.done = told;
    api->app->acting = &act;
    audit_write_only(api->app, &refused->only);
    api->app->acting = NULL;
}
