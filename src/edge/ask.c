/* The calls that go to the server when the lease cannot tell. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "edge/library.h"

enum { ID_SIZE = 40, REPLY_MAX = 64 * 1024 };

/* What is repeated bears the same id, so that it counts once. */
static void make_id(struct turnpike *gate, char ret_id[ID_SIZE]) {
    uint8_t random[16];
    gate->env.random(&gate->env, random, sizeof random);
    str_hex(random, sizeof random, ret_id);
    ret_id[2 * sizeof random] = 0;
}

struct asking {
    struct turnpike_customer *customer;
    enum turnpike_metric metric;
    int64_t amount;
    const char *id_name; /* the member that holds it */
    char id[ID_SIZE];
};

static void write_body(struct turnpike *gate, const struct asking *asking, struct buf *out) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_member_str(&writer, "userId", edge_node_user_id(gate->node, asking->customer));
    json_member_cstr(&writer, "metric", metric_name((enum metric)asking->metric));
    json_member_i64(&writer, "amount", asking->amount);
    json_member_cstr(&writer, asking->id_name, asking->id);
    json_close_object(&writer);
}

/* The status; the answer is in `reply`. */
static int call(struct turnpike *gate, const char *target, const struct asking *asking,
                int timeout_ms, struct buf *reply) {
    struct buf body CLEANUP(buf_finish);
    buf_init(&body, &gate->env, REPLY_MAX);
    pthread_mutex_lock(&gate->lock); /* the table of names may be growing */
    write_body(gate, asking, &body);
    pthread_mutex_unlock(&gate->lock);
    atomic_fetch_add(&gate->asked, 1);
    struct edge_letter letter = {target, "application/json"};
    return body.has_failed ? 0
                           : edge_call(&gate->server, letter, buf_str(&body), timeout_ms, reply);
}

/* Until there is an answer, and as long as the rest of the limit is leased: the denial has called
 * it back, and the next look at our own counter gives back what we hold. A denied take is asked
 * again under another id, or it would be answered as the first time. */
static struct turnpike_verdict ask(struct turnpike *gate, struct asking *asking, int timeout_ms) {
    make_id(gate, asking->id);
    uint64_t until = edge_now_ms(gate) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    struct turnpike_verdict verdict = {false, TURNPIKE_UNREACHABLE};
    struct buf reply CLEANUP(buf_finish);
    buf_init(&reply, &gate->env, REPLY_MAX);
    for (uint64_t now = edge_now_ms(gate); now < until; now = edge_now_ms(gate)) {
        buf_clear(&reply);
        int status = call(gate, "/api/usage/take", asking, (int)(until - now), &reply);
        if (status == 200 && edge_take_read(buf_str(&reply), asking->amount, &verdict)) {
            if (verdict.reason != TURNPIKE_LEASE_SPENT) {
                return verdict;
            }
            edge_counter_mark(&asking->customer->counters[asking->metric]);
            make_id(gate, asking->id);
        }
        if (status == 404) {
            return (struct turnpike_verdict){false, TURNPIKE_NO_CUSTOMER};
        }
        if (status >= 400 && status < 500) {
            edge_log(gate, "take_refused status=%d", status);
            return verdict;
        }
        edge_pause(gate, until);
    }
    return verdict;
}

/* What was denied a moment ago stays denied, but for gauges: their level may have gone down. */
static bool can_be_asked(enum turnpike_metric metric, enum turnpike_reason reason) {
    bool is_denied = reason == TURNPIKE_HARD_LIMIT || reason == TURNPIKE_GRACE_ENDED;
    return reason == TURNPIKE_NOT_LEARNT || reason == TURNPIKE_LEASE_SPENT ||
           reason == TURNPIKE_ASK || reason == TURNPIKE_NO_CUSTOMER ||
           (is_denied && metric_kind((enum metric)metric) == METRIC_GAUGE);
}

struct turnpike_verdict turnpike_take_wait(struct turnpike_customer *customer,
                                           enum turnpike_metric metric, int64_t amount,
                                           int timeout_ms) {
    struct turnpike_verdict verdict = turnpike_take(customer, metric, amount);
    if (verdict.is_allowed || !can_be_asked(metric, verdict.reason) ||
        edge_is_child(customer->gate)) {
        return verdict;
    }
    struct asking asking = {customer, metric, amount, "id", ""};
    return ask(customer->gate, &asking, timeout_ms);
}

/* Until there is an answer. */
static bool give_back(struct turnpike *gate, struct asking *asking, int timeout_ms) {
    make_id(gate, asking->id);
    uint64_t until = edge_now_ms(gate) + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
    struct buf reply CLEANUP(buf_finish);
    buf_init(&reply, &gate->env, REPLY_MAX);
    for (uint64_t now = edge_now_ms(gate); now < until; now = edge_now_ms(gate)) {
        buf_clear(&reply);
        int status = call(gate, "/api/usage/release", asking, (int)(until - now), &reply);
        if (status == 200) {
            return true;
        }
        if (status >= 400 && status < 500) {
            edge_log(gate, "release_refused status=%d", status);
            return false;
        }
        edge_pause(gate, until);
    }
    return false;
}

int64_t turnpike_release_wait(struct turnpike_customer *customer, enum turnpike_metric metric,
                              int64_t amount, int timeout_ms) {
    int64_t given = turnpike_release(customer, metric, amount);
    if (amount <= given || amount > TURNPIKE_AMOUNT_MAX || (unsigned)metric >= TURNPIKE_METRICS ||
        customer->gate == NULL || edge_is_child(customer->gate)) {
        return given;
    }
    struct asking asking = {customer, metric, amount - given, "releaseId", ""};
    return give_back(customer->gate, &asking, timeout_ms) ? amount : given;
}

void turnpike_verdict_details(struct turnpike_customer *customer, enum turnpike_metric metric,
                              struct turnpike_details *ret_details) {
    struct turnpike *gate = customer->gate;
    *ret_details = (struct turnpike_details){0};
    if (gate == NULL || (unsigned)metric >= TURNPIKE_METRICS || edge_is_child(gate)) {
        return;
    }
    pthread_mutex_lock(&gate->lock);
    edge_node_details(gate->node, customer, (enum metric)metric, ret_details);
    pthread_mutex_unlock(&gate->lock);
}
