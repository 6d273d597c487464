/* /api/admin/leases: what becomes of leases that are not renewed, by rule or by an operator. */
#include "api/admin_resources.h"

#include "app/lease.h"

enum { REASON_MAX = 500 };

/* --- the policy --- */

struct policy {
    int policy;
    struct str reason;
};
#define POLICY_FIELD                                                                               \
    {                                                                                              \
        "policy",                                                                                  \
            "hold: counts until the node returns or the period ends. reclaim: is free again, and " \
            "what the node had spent counts on top",                                               \
            SHAPE_ENUM, .offset = offsetof(struct policy, policy), .names = lease_policy_names     \
    }
static const struct shape_field policy_fields[] = {POLICY_FIELD};
const struct shape lease_policy_shape =
    SHAPE("LeasePolicy", "What becomes of a lease that is not renewed in time", struct policy,
          policy_fields);
static const struct shape_field policy_in_fields[] = {
    POLICY_FIELD,
    {"reason", "For the history", SHAPE_STR, .offset = offsetof(struct policy, reason), .min = 3,
     .max = REASON_MAX},
};
const struct shape lease_policy_in_shape =
    SHAPE("LeasePolicyChange", "Another rule, and why", struct policy, policy_in_fields);

void leases_policy_get(struct api_request *request) {
    struct tx tx = request_read(request);
    enum lease_policy policy = LEASE_POLICY_HOLD;
    if (reply_if_failed(request, lease_policy_read(&tx, &policy))) {
        return;
    }
    struct policy out = {.policy = (int)policy};
    reply_value(request, 200, &lease_policy_shape, &out);
}

struct policy_in_hand {
    struct lease_policy_change change; /* first: `done` hands it back */
    struct api_request *request;
};

static void changed(struct command *command) {
    struct api_request *request = ((struct policy_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        leases_policy_get(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void leases_policy_put(struct api_request *request) {
    const struct policy *in = request->body;
    struct policy_in_hand *hand = ARENA_NEW(request->arena, struct policy_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->change.policy = (enum lease_policy)in->policy;
    hand->change.reason = in->reason;
    hand->change.command.done = changed;
    lease_policy_change(request->api->app, &hand->change);
}

/* --- reclaiming --- */

struct reclaim_in {
    struct str node, user_id, reason;
    int metric;
    bool has_metric;
};
#define AT(member) offsetof(struct reclaim_in, member)
static const struct shape_field reclaim_fields[] = {
    {"node", "Whose leases", SHAPE_STR, .offset = AT(node), .min = 1, .max = LEASE_NODE_MAX,
     .allowed = TEXT_TOKEN},
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"metric", "Of this metric only", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_metric)},
    {"reason", "For the history", SHAPE_STR, .offset = AT(reason), .min = 3, .max = REASON_MAX},
};
#undef AT
const struct shape lease_reclaim_shape = SHAPE(
    "LeaseReclaim", "Leases whose node is not coming back", struct reclaim_in, reclaim_fields);

struct reclaimed_out {
    int64_t count, amount;
    bool has_more;
};
#define AT(member) offsetof(struct reclaimed_out, member)
static const struct shape_field reclaimed_fields[] = {
    {"reclaimed", "How many leases", SHAPE_I64, .offset = AT(count)},
    {"amount", "What they held, all together", SHAPE_I64, .offset = AT(amount)},
    {"more", "There are more than are reclaimed at once: repeat", SHAPE_BOOL,
     .offset = AT(has_more)},
};
#undef AT
const struct shape lease_reclaimed_shape =
    SHAPE("LeasesReclaimed", "What is free again", struct reclaimed_out, reclaimed_fields);

struct reclaiming_in_hand {
    struct lease_reclaiming reclaiming; /* first: `done` hands it back */
    struct api_request *request;
};

static void reclaimed(struct command *command) {
    const struct reclaiming_in_hand *hand = (const struct reclaiming_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct reclaimed_out out = {hand->reclaiming.count, hand->reclaiming.amount.amount,
                                hand->reclaiming.has_more};
    reply_value(hand->request, 200, &lease_reclaimed_shape, &out);
}

void leases_reclaim(struct api_request *request) {
    const struct reclaim_in *in = request->body;
    struct reclaiming_in_hand *hand = ARENA_NEW(request->arena, struct reclaiming_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->reclaiming.node = in->node;
    hand->reclaiming.user_id = in->user_id.bytes == NULL ? STR("") : in->user_id;
    hand->reclaiming.has_metric = in->has_metric;
    hand->reclaiming.metric = (enum metric)in->metric;
    hand->reclaiming.reason = in->reason;
    hand->reclaiming.command.done = reclaimed;
    lease_reclaim_of_node(request->api->app, &hand->reclaiming);
}
