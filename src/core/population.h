/* A declared population and what it does: sign-ups, usage, upgrades, cards that fail, ends. Pure:
 * of one seed it is always the same.
 *
 * Time goes in slots of six hours. In each, population_step() says what accounts do; whoever runs
 * the simulation does it to the program and says with population_observe() what the program has
 * made of it. What is aimed at comes out exactly: in every slot as many accounts buy as are missing
 * to the curve that leads to the declared numbers, so that whatever ends is made up for by ordinary
 * purchases, the last ones in the last slot. Accounts whose usage comes near a limit buy first. */
#ifndef CORE_POPULATION_H
#define CORE_POPULATION_H

#include "base/prng.h"
#include "core/calendar.h"
#include "core/catalogue.h"
#include "core/metric.h"

enum {
    POPULATION_SLOTS = 4, /* a day */
    POPULATION_HOURS = 6, /* a slot */
    POPULATION_CARDS = 6, /* sorts of cards that pay */
    POPULATION_REASONS = 6,
    POPULATION_USES = 24, /* of one account in one slot, at most */
    POPULATION_DAYS_MIN = 1,
    POPULATION_DAYS_MAX = 366,
    POPULATION_YEARS_MAX = 10,
    POPULATION_ACCOUNTS_MAX = 1000 * 1000, /* of one plan, in one year */
};

struct population {
    int64_t days;  /* of a year; the numbers below are those at its end */
    int64_t years; /* after the n-th, n times as many */
    int64_t accounts[TIER_COUNT];
    int64_t cancelled_permille;  /* of paying accounts in thirty days: end with their period */
    int64_t downgraded_permille; /* of professional ones: go on as starter */
    int64_t failing_permille;    /* get a card that is declined */
    int64_t mended_percent;      /* of those who then owe: give another one */
    int64_t returning_percent;   /* of purchases: by somebody who had bought before, if there is */
    int64_t scoring_permille;    /* of paying accounts in thirty days, at most once in ninety */
    int64_t active_percent;      /* of free accounts, in the busy hours of a working day */
    struct instant start;        /* midnight, UTC */
};
/* The first year of the business plan: 10,000 free, 500 starter, 200 professional, 20 enterprise.
 */
struct population population_default(void);

struct population_place {
    const char *country, *time_zone, *language;
    int utc_hours; /* of what the clock on the wall shows in winter */
};

enum population_state {
    ACCOUNT_STEADY,
    ACCOUNT_ENDING,  /* its plan, or its paying, ends with the period */
    ACCOUNT_FAILING, /* its card is declined when it is charged next */
};

struct population_account {
    int32_t since;  /* the slot in which it signed up */
    int32_t mends;  /* the slot in which it gives another card; 0: none is planned */
    int32_t scored; /* the last slot in which it said a score; 0: none */
    int32_t month;  /* the month of which `requests` are, since 0 */
    int64_t requests;
    int64_t unanswered; /* requests whose answers' bytes were not told yet */
    int64_t usual;      /* requests in a month, on the free plan */
    uint8_t tier, state, place;
    bool has_card, has_bought, owes;
};

enum population_act_kind {
    ACT_SIGN_UP,
    ACT_SUBSCRIBE, /* to `tier`, with a card */
    ACT_UPGRADE,   /* to `tier`, at once */
    ACT_CONTRACT,  /* enterprise, by contract; with a card */
    ACT_DOWNGRADE, /* to `tier`, when the period ends */
    ACT_CANCEL,    /* when the period ends */
    ACT_CARD_FAILS,
    ACT_CARD_MENDED,
    ACT_SCORE, /* says how likely it is to recommend the service */
};
enum { POPULATION_ACT_COUNT = ACT_SCORE + 1 };

struct population_act {
    enum population_act_kind kind;
    int32_t account;
    enum tier tier;
    int card, reason;  /* which */
    int score;         /* of ACT_SCORE: 0 to 10 */
    bool is_for_limit; /* its usage has come near what its plan allows */
    bool is_return;    /* it had bought before */
};

struct population_use {
    enum metric metric;
    int hour;       /* of the slot, 0 to 5 */
    int64_t amount; /* of a gauge: its level */
};

struct population_run {
    const struct population *model;
    uint64_t seed;
    struct prng prng;
    int64_t limits[TIER_COUNT]; /* requests a month; INT64_MAX: none */
    struct population_account *accounts;
    int32_t count;
    int64_t standing[TIER_COUNT]; /* accounts of each plan */
    int64_t weight_of_year, weight_passed;
    int64_t acts[POPULATION_ACT_COUNT]; /* so far */
    int64_t for_limits, returns;
};

/* Accounts when it is over, for which the caller has memory. */
int64_t population_accounts(const struct population *model);
int32_t population_slots(const struct population *model);
const struct population_place *population_place(const struct population_account *account);
/* `limits` of requests by plan, copied; `accounts` of population_accounts(), zeroed. */
void population_start(struct population_run *run, const struct population *model, uint64_t seed,
                      const int64_t limits[TIER_COUNT], struct population_account *accounts);
/* Calls `act` for everything that is done at the end of the slot, in order; each counts as done. */
void population_step(struct population_run *run, int32_t slot,
                     void (*act)(void *context, const struct population_act *act), void *context);
/* What the program says: the plan it has, and whether it owes. Of those in no steady state this is
 * to be asked before each step. */
void population_observe(struct population_run *run, int32_t account, int32_t slot, enum tier tier,
                        bool owes);
/* What it used in the slot; how many. Is to be asked once for each account and slot, in order. */
size_t population_use(struct population_run *run, int32_t account, int32_t slot,
                      struct population_use ret_uses[POPULATION_USES]);

#endif
