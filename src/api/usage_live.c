/* GET /api/billing/usage/live: usage as it happens, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Nobody tells this file that something was counted: four times a second it looks at the gate's
 * counters of every customer who is watched, and sends the metrics that changed. So a stream gets
 * at most four messages a second whatever happens, and counting costs nothing. A message's id is a
 * digest of all the figures: whoever comes back with the id of the present ones has missed nothing
 * and is sent nothing, everybody else first gets all seven metrics.
 *
 * The gate counts before the store's rows do, and a message speaks of both. So what was seen in the
 * gate waits for the group that counted it; and what was counted meanwhile does not pass for shown,
 * although the message may know it: it comes once again, with all that belongs to it.
 *
 * Once a second it is asked again whether the key or the session still holds. A reader that leaves
 * 64 KiB unread is disconnected (net/http_server.h). */
#include "api/usage_live.h"

#include <string.h>

#include "api/resources.h"
#include "app/usage_totals.h"
#include "base/crypto.h"

enum {
    NS_PER_MS = 1000 * 1000,
    HEARTBEAT_MS = 15 * 1000, /* below what proxies close as idle */
    RECHECK_MS = 1000,
    MESSAGES_A_TICK = 250, /* what one turn of the loop may spend; the rest comes with the next */
    ALL_METRICS = (1 << METRIC_COUNT) - 1,
    ID_BYTES = 8,
};

/* What a change of is worth a message. */
struct figure {
    int64_t used, limit, hard_limit, grace_ends_at, period_start;
    int64_t state;   /* enum limit_state */
    int64_t notices; /* enum limit_notice bits that were given */
};

struct figures {
    struct figure of[METRIC_COUNT];
};

struct live_stream {
    struct live_stream *next;
    struct api_request *request; /* in the exchange's memory, as this is */
    struct figures shown;
    uint64_t sent_ns, checked_ns;
    bool is_awaited; /* what the store knows is brought up to date first */
};

/* Waits for the totals of a customer; all who watch them are told next. */
struct live_wait {
    struct usage_wait wait; /* first: `then` hands it back */
    struct api *api;
    struct figures figures; /* as they were seen before the wait */
    char user_id[LIMIT_USER_ID];
    size_t user_id_len;
};

static uint64_t now_ns(const struct api *api) {
    return api->env->mono_ns(api->env);
}

static bool has_passed(uint64_t since_ns, uint64_t now, uint64_t ms) {
    return now - since_ns >= ms * NS_PER_MS;
}

/* --- what there is to tell --- */

static struct figures figures_of(struct gate_handle handle, struct instant now) {
    struct gate_verdict verdicts[METRIC_COUNT];
    struct figures figures;
    memset(&figures, 0, sizeof figures); /* digested byte by byte */
    gate_snapshot(handle, now, verdicts);
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct gate_verdict *verdict = &verdicts[i];
        figures.of[i] = (struct figure){
            .used = verdict->used.amount,
            .limit = verdict->is_bounded ? verdict->limit.amount.amount : -1,
            .hard_limit = verdict->is_bounded ? verdict->hard_limit.amount : -1,
            .grace_ends_at = verdict->has_grace ? verdict->grace_ends_at.ms : -1,
            .period_start = verdict->period.start.ms,
            .state = (int64_t)verdict->state,
            .notices = verdict->watch.sent,
        };
    }
    return figures;
}

/* After the wait: all that is shown now, but of a metric that was counted meanwhile what was seen
 * before, since its rows may lag. */
static void settle(struct figures *figures, const struct figures *now) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (figures->of[i].used == now->of[i].used) {
            figures->of[i] = now->of[i];
        }
    }
}

static unsigned difference(const struct figures *a, const struct figures *b) {
    unsigned changed = 0;
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        changed |= memcmp(&a->of[i], &b->of[i], sizeof a->of[i]) != 0 ? 1U << i : 0;
    }
    return changed;
}

struct message_id {
    char text[2 * ID_BYTES + 1];
};

static struct message_id id_of(const struct figures *figures) {
    uint8_t hash[SHA256_SIZE];
    struct message_id id;
    sha256(str_of((const char *)figures, sizeof *figures), hash);
    str_hex(hash, ID_BYTES, id.text);
    return id;
}

/* The event, or empty when the customer is gone or memory ended. Reads the store for what the gate
 * does not know. */
static struct str message_of(struct api *api, struct cx *cx, struct str user_id, unsigned changed,
                             const struct figures *figures) {
    struct tx tx = app_read(api->app, cx);
    struct usage_view view;
    struct message_id id = id_of(figures);
    bool is_found = false;
    struct err err = usage_view_read(api->app, &tx, user_id, &view, &is_found);
    if (err_failed(err) || !is_found) {
        return STR("");
    }
    struct buf json CLEANUP(buf_finish);
    struct json_writer writer;
    buf_init(&json, api->env, LIMIT_BODY);
    json_writer_init(&writer, &json);
    usage_encode(&view, changed, &writer);
    struct str text = arena_printf(cx->arena, "id: %s\nevent: usage\ndata: " STR_FMT "\n\n",
                                   id.text, STR_ARG(buf_str(&json)));
    return json.has_failed || arena_failed(cx->arena) ? STR("") : text;
}

/* --- the streams --- */

static void leave(struct live_stream *stream) {
    struct live *live = &stream->request->api->live;
    struct live_stream *before = NULL;
    for (struct live_stream *at = live->first; at != stream; at = at->next) {
        before = at;
    }
    *(before == NULL ? &live->first : &before->next) = stream->next;
    live->last = live->last == stream ? before : live->last;
    live->count--;
}

static void on_closed(void *context) {
    leave(context);
}

/* At the end of the line, where whoever was served goes, too. */
static void join(struct live_stream *stream) {
    struct live *live = &stream->request->api->live;
    stream->next = NULL;
    *(live->last == NULL ? &live->first : &live->last->next) = stream;
    live->last = stream;
    live->count++;
}

static size_t streams_of(const struct live *live, struct str user_id) {
    size_t count = 0;
    for (const struct live_stream *at = live->first; at != NULL; at = at->next) {
        count += str_equal(at->request->user_id, user_id);
    }
    return count;
}

static bool still_may(struct live_stream *stream, uint64_t now) {
    if (!has_passed(stream->checked_ns, now, RECHECK_MS)) {
        return true;
    }
    stream->checked_ns = now;
    return authorize_again(stream->request);
}

static void say(struct live_stream *stream, struct str text, uint64_t now) {
    stream->sent_ns = now;
    http_stream_send(stream->request->exchange, text);
}

static void set_awaited(struct api *api, struct str user_id, bool is_awaited) {
    for (struct live_stream *at = api->live.first; at != NULL; at = at->next) {
        if (str_equal(at->request->user_id, user_id)) {
            at->is_awaited = is_awaited;
        }
    }
}

static void tell(struct live_stream *stream, const struct figures *figures, unsigned changed) {
    struct api *api = stream->request->api;
    struct arena arena;
    struct cx cx;
    arena_init(&arena, api->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, api->env, &arena);
    struct str text = message_of(api, &cx, stream->request->user_id, changed, figures);
    if (text.len > 0) { /* else the next turn tries again */
        say(stream, text, now_ns(api));
        stream->shown = *figures;
    }
    arena_finish(&arena);
}

static struct figures figures_now(const struct api *api, struct str user_id) {
    return figures_of(gate_customer(api->app->gate, user_id), app_now(api->app));
}

/* The gate's figures are exact whether the rows could be written or not. */
static void totals_are_there(struct usage_wait *wait) {
    struct live_wait *waited = (struct live_wait *)wait;
    struct api *api = waited->api;
    struct str user_id = str_of(waited->user_id, waited->user_id_len);
    struct figures now = figures_now(api, user_id);
    settle(&waited->figures, &now);
    set_awaited(api, user_id, false);
    for (struct live_stream *at = api->live.first; at != NULL; at = at->next) {
        unsigned changed = difference(&at->shown, &waited->figures);
        if (changed != 0 && str_equal(at->request->user_id, user_id)) {
            tell(at, &waited->figures, changed);
        }
    }
    env_free(api->env, waited);
}

static void await_totals(struct api *api, struct str user_id, const struct figures *figures) {
    struct live_wait *waited = env_alloc(api->env, sizeof *waited);
    if (waited == NULL) {
        return; /* the next turn tries again */
    }
    *waited =
        (struct live_wait){.wait = {.then = totals_are_there}, .api = api, .figures = *figures};
    memcpy(waited->user_id, user_id.bytes, user_id.len);
    waited->user_id_len = user_id.len;
    set_awaited(api, user_id, true);
    usage_wait_start_gate(api->app, &waited->wait, str_of(waited->user_id, waited->user_id_len));
}

/* True when there was something to send. */
static bool send_changes(struct live_stream *stream) {
    struct api *api = stream->request->api;
    struct figures figures = figures_now(api, stream->request->user_id);
    unsigned changed = difference(&stream->shown, &figures);
    if (changed != 0 && !stream->is_awaited) {
        await_totals(api, stream->request->user_id, &figures);
    }
    return changed != 0;
}

void live_tick(struct api *api) {
    uint64_t now = now_ns(api);
    int left = MESSAGES_A_TICK;
    size_t streams = api->live.count;
    for (size_t i = 0; i < streams && left > 0; i++) {
        struct live_stream *stream = api->live.first;
        leave(stream);
        if (!still_may(stream, now)) {
            http_stream_end(stream->request->exchange); /* its memory is gone */
            continue;
        }
        join(stream);
        if (send_changes(stream)) {
            left--;
        } else if (has_passed(stream->sent_ns, now, HEARTBEAT_MS)) {
            say(stream, STR(": still here\n\n"), now);
        }
    }
}

/* --- beginning --- */

static void begin(struct api_request *request, struct live_stream *stream, struct str message) {
    struct http_stream options = {on_closed, stream};
    struct http_response response = {.status = 200, .stream = &options};
    response.body = arena_printf(request->arena, "retry: 2000\n\n" STR_FMT, STR_ARG(message));
    http_add_header(&response, STR("Content-Type"), STR("text/event-stream"));
    http_add_header(&response, STR("X-Accel-Buffering"), STR("no")); /* nginx passes each on */
    join(stream);
    reply_as(request, HEADERS_STREAM, &response);
}

static bool is_full(const struct live *live, struct str user_id) {
    return live->count >= LIVE_STREAMS_MAX || streams_of(live, user_id) >= LIVE_STREAMS_CUSTOMER;
}

/* Waits for the totals of the customer, before the first message. */
struct newcomer {
    struct usage_wait wait; /* first: `then` hands it back */
    struct api_request *request;
    struct figures figures; /* as they were seen before the wait */
};

static void watch(struct usage_wait *wait) {
    struct newcomer *newcomer = (struct newcomer *)wait;
    struct api_request *request = newcomer->request;
    struct api *api = request->api;
    struct figures present = figures_now(api, request->user_id);
    settle(&newcomer->figures, &present);
    if (is_full(&api->live, request->user_id)) {
        reply_problem(request, PROBLEM_TOO_MANY_STREAMS);
        return;
    }
    struct message_id id = id_of(&newcomer->figures);
    struct str seen = http_header(request->http, STR("Last-Event-ID"));
    struct str message = STR("");
    if (!str_equal(seen, str_from_cstr(id.text))) {
        message = message_of(api, &request->cx, request->user_id, ALL_METRICS, &newcomer->figures);
    }
    struct live_stream *stream = ARENA_NEW(request->arena, struct live_stream);
    if (stream == NULL || arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_OVERLOADED);
        return;
    }
    uint64_t now = now_ns(api);
    *stream = (struct live_stream){
        .request = request, .shown = newcomer->figures, .sent_ns = now, .checked_ns = now};
    begin(request, stream, message);
}

void usage_live(struct api_request *request) {
    struct app *app = request->api->app;
    if (!gate_is_known(gate_customer(app->gate, request->user_id))) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    struct newcomer *newcomer = ARENA_NEW(request->arena, struct newcomer);
    if (newcomer == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    newcomer->wait.then = watch;
    newcomer->request = request;
    newcomer->figures = figures_now(request->api, request->user_id);
    usage_wait_start_gate(app, &newcomer->wait, request->user_id);
}
