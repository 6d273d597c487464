/* What accounts do, as the requests that a platform and its users make. Sign-ups of a slot go out
 * together; whatever else is done, one after the other. */
#include <inttypes.h>

#include "core/population.h"
#include "main/simulate.h"

static const char *const first_names[] = {
    "Amber",  "Birch",   "Cedar",   "Delta",  "Ember", "Fjord",  "Granite", "Harbor",
    "Indigo", "Juniper", "Kestrel", "Larch",  "Maple", "Nimbus", "Orchid",  "Pebble",
    "Quartz", "Raven",   "Saffron", "Tundra", "Umbra", "Velvet", "Willow",  "Zephyr",
};
static const char *const last_names[] = {
    "Labs",     "Works",    "Systems", "Cloud",     "Studio",   "Data",   "Robotics", "Media",
    "Software", "Networks", "Games",   "Analytics", "Mobility", "Health", "Energy",   "Foods",
};

/* Spread, so that neighbours have other names. */
static size_t mixed(int32_t account, unsigned part) {
    struct prng prng = prng_split((uint64_t)account, part);
    return (size_t)prng_next(&prng);
}

static const char *first_name(int32_t account) {
    return first_names[mixed(account, 1) % ARRAY_LEN(first_names)];
}

struct str simulate_user_id(struct simulation *simulation, int32_t account) {
    const char *name = first_name(account);
    return arena_printf(&simulation->arena, "%c%s-%05" PRId32, name[0] + ('a' - 'A'), name + 1,
                        account + 1);
}

/* --- signing up --- */

static void sign_up(struct simulation *simulation, int32_t account) {
    const struct population_place *place = population_place(&simulation->run.accounts[account]);
    struct str user_id = simulate_user_id(simulation, account);
    const char *last = last_names[mixed(account, 2) % ARRAY_LEN(last_names)];
    struct simulate_request *request = ARENA_NEW(&simulation->arena, struct simulate_request);
    if (request == NULL) {
        simulation->failure = ERR(ERR_NO_MEMORY);
        return;
    }
    *request = (struct simulate_request){
        .method = "POST",
        .target = STR("/api/customers"),
        .body = arena_printf(&simulation->arena,
                             "{\"userId\":\"" STR_FMT "\",\"email\":\"billing@" STR_FMT
                             ".example\",\"name\":\"%s %s\",\"country\":\"%s\","
                             "\"language\":\"%s\",\"timeZone\":\"%s\"}",
                             STR_ARG(user_id), STR_ARG(user_id), first_name(account), last,
                             place->country, place->language, place->time_zone),
    };
    simulate_send(simulation, request, NULL);
}

/* --- paying --- */

static struct err post(struct simulation *simulation, int32_t account, const char *method,
                       const char *target, struct str body) {
    return simulate_do(simulation, &(struct simulate_request){
                                       .method = method,
                                       .target = str_from_cstr(target),
                                       .user_id = simulate_user_id(simulation, account),
                                       .body = body,
                                   });
}

struct err simulate_card(struct simulation *simulation, int32_t account, const char *card) {
    struct str user_id = simulate_user_id(simulation, account);
    struct simulate_answer answer;
    struct err err = simulate_call(
        simulation,
        &(struct simulate_request){
            .method = "POST",
            .target = STR("/api/billing/payment-methods"),
            .user_id = user_id,
            .body = arena_printf(&simulation->arena, "{\"paymentMethodId\":\"%s\"}", card),
        },
        &answer);
    struct str id = arena_str(&simulation->arena, json_text(answer.json, "id"));
    bool is_default = json_flag(answer.json, "isDefault", false);
    simulate_answer_finish(&answer);
    if (err_failed(err) || is_default) {
        return err;
    }
    return simulate_do(
        simulation,
        &(struct simulate_request){
            .method = "PUT",
            .target = arena_printf(&simulation->arena,
                                   "/api/billing/payment-methods/" STR_FMT "/default", STR_ARG(id)),
            .user_id = user_id,
        });
}

const char *simulate_good_card(int card) {
    static const char *const cards[] = {"pm_card_visa",       "pm_card_mastercard", "pm_card_amex",
                                        "pm_card_visa_debit", "pm_card_discover",   "pm_card_jcb"};
    static_assert(ARRAY_LEN(cards) == POPULATION_CARDS, "one of each sort");
    return cards[card];
}

static struct str tier_body(struct simulation *simulation, enum tier tier, const char *more) {
    return arena_printf(&simulation->arena, "{\"tier\":\"%s\"%s}", tier_name(tier), more);
}

static struct err subscribe(struct simulation *simulation, const struct population_act *act) {
    TRY(simulate_card(simulation, act->account, simulate_good_card(act->card)));
    return post(simulation, act->account, "POST", "/api/billing/subscribe",
                tier_body(simulation, act->tier, ",\"interval\":\"month\""));
}

/* --- ending --- */

/* The words of the page on which customers cancel, and what some say beside them. */
static struct err cancel(struct simulation *simulation, const struct population_act *act) {
    static const char *const comments[] = {"The price went up with our traffic",
                                           "We need single sign-on for our team",
                                           "We moved to a provider near to our customers",
                                           "The project ended",
                                           "Too many settings",
                                           "Our company was bought"};
    static const char *const reasons[] = {"too_expensive", "missing_features", "switched_service",
                                          "unused",        "too_complex",      "other"};
    static_assert(ARRAY_LEN(reasons) == POPULATION_REASONS, "one of each");
    return post(simulation, act->account, "POST", "/api/billing/cancel",
                arena_printf(&simulation->arena,
                             "{\"when\":\"period_end\",\"reason\":\"%s\",\"comment\":\"%s\"}",
                             reasons[act->reason],
                             act->account % 3 == 0 ? comments[act->reason] : ""));
}

/* --- saying what one thinks --- */

static struct err say_score(struct simulation *simulation, const struct population_act *act) {
    static const char *const words[] = {
        "It cost us a weekend", "Hard to see what we pay for",     /* 0 to 3, 4 to 6 */
        "Does what it says", "Set up in an hour, never in the way" /* 7 and 8, 9 and 10 */
    };
    int band = act->score < 4 ? 0 : act->score < 7 ? 1 : act->score < 9 ? 2 : 3;
    return post(simulation, act->account, "POST", "/api/billing/feedback",
                arena_printf(&simulation->arena,
                             "{\"score\":%d,\"comment\":\"%s\",\"page\":\"/billing\","
                             "\"consent\":true,\"mayReply\":%s}",
                             act->score, act->account % 2 == 0 ? words[band] : "",
                             act->account % 4 == 0 ? "true" : "false"));
}

/* --- a slot's --- */

static struct err perform(struct simulation *simulation, const struct population_act *act) {
    switch (act->kind) {
    case ACT_SIGN_UP:
        sign_up(simulation, act->account);
        return OK;
    case ACT_SUBSCRIBE:
        return subscribe(simulation, act);
    case ACT_UPGRADE:
    case ACT_DOWNGRADE:
        return post(simulation, act->account, "PUT", "/api/billing/subscription",
                    tier_body(simulation, act->tier, ""));
    case ACT_CONTRACT:
        TRY(simulate_card(simulation, act->account, simulate_good_card(act->card)));
        return simulate_contract(simulation, act->account);
    case ACT_CANCEL:
        return cancel(simulation, act);
    case ACT_CARD_FAILS: /* is attached, and declined whenever it is charged */
        return simulate_card(simulation, act->account, "pm_card_chargeCustomerFail");
    case ACT_CARD_MENDED:
        return simulate_card(simulation, act->account, simulate_good_card(act->card));
    case ACT_SCORE:
        return say_score(simulation, act);
    }
    return OK;
}

/* Whoever buys now has signed up by now. */
static void on_act(void *context, const struct population_act *act) {
    struct simulation *simulation = context;
    if (act->kind != ACT_SIGN_UP && simulation->pending > 0 &&
        err_failed(simulate_wait(simulation))) {
        return; /* simulation->failure says why */
    }
    if (!err_failed(simulation->failure)) {
        simulation->failure = perform(simulation, act);
    }
}

/* What has become of those that wait for an end, or owe. */
static struct err observe(struct simulation *simulation, int32_t account) {
    struct simulate_answer answer;
    enum tier tier = TIER_FREE;
    struct err err = simulate_call(simulation,
                                   &(struct simulate_request){
                                       .method = "GET",
                                       .target = STR("/api/billing/subscription"),
                                       .user_id = simulate_user_id(simulation, account),
                                   },
                                   &answer);
    bool is_known = !err_failed(err) && tier_parse(json_text(answer.json, "tier"), &tier);
    if (is_known) {
        bool owes = str_equal(json_text(answer.json, "status"), STR("past_due"));
        population_observe(&simulation->run, account, simulation->slot, tier, owes);
    } else if (!err_failed(err)) {
        err = cx_fail(simulation->cx, ERR(ERR_FORMAT), "The plan of an account could not be read.");
    }
    simulate_answer_finish(&answer);
    return err;
}

struct err simulate_acts(struct simulation *simulation) {
    struct population_run *run = &simulation->run;
    for (int32_t i = 0; i < run->count; i++) {
        if (run->accounts[i].state != ACCOUNT_STEADY) {
            TRY(observe(simulation, i));
        }
    }
    population_step(run, simulation->slot, on_act, simulation);
    TRY(simulation->failure);
    return simulate_wait(simulation);
}
